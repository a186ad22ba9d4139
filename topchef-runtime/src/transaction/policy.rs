//! The API's own policy: who may do what with resources that have none of their own.
//!
//! It does not know which resources those are.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::Context;
use crate::descriptor::Method;
use crate::error::Report;

type Deciding<'a> = Pin<Box<dyn Future<Output = Result<(), Report>> + Send + 'a>>;

/// Says who may do what with resources that have no policy of their own.
///
/// Every `async fn(&Context, Method) -> Result<(), Report>` is one, those of [`policies`] among them.
/// A struct is one by this trait, which is written as `async fn decide(&self, cx: &Context, method: Method) -> Result<(), Report>`.
#[diagnostic::on_unimplemented(
    message = "this is no policy of an API",
    label = "a policy is an `async fn(&Context, Method) -> Result<(), Report>`",
    note = "`Context`, `Method` and `Report` are in `topchef_runtime`; `ApiError` may stand in place of `Report`",
    note = "`topchef_runtime::policies` has some; a struct implements `topchef_runtime::Policy`"
)]
pub trait Policy: Send + Sync + 'static {
    /// Whether the request may use the method.
    ///
    /// # Errors
    /// A [`Report`] that refuses: 403, or 401 when nobody has said who sends the request.
    fn decide(
        &self,
        cx: &Context,
        method: Method,
    ) -> impl Future<Output = Result<(), Report>> + Send;

    /// The same in a box: a function's is in one already.
    #[doc(hidden)]
    fn boxed<'a>(&'a self, cx: &'a Context, method: Method) -> Deciding<'a> {
        Box::pin(self.decide(cx, method))
    }
}

/// An `async fn` that decides.
#[doc(hidden)]
pub trait PolicyFunction<'a> {
    fn call(&'a self, cx: &'a Context, method: Method) -> Deciding<'a>;
}

#[diagnostic::do_not_recommend]
impl<'a, F, Fut, E> PolicyFunction<'a> for F
where
    F: Fn(&'a Context, Method) -> Fut,
    Fut: Future<Output = Result<(), E>> + Send + 'a,
    E: Into<Report>,
{
    fn call(&'a self, cx: &'a Context, method: Method) -> Deciding<'a> {
        let deciding = self(cx, method);
        Box::pin(async move { deciding.await.map_err(Into::into) })
    }
}

#[diagnostic::do_not_recommend]
impl<F> Policy for F
where
    F: for<'a> PolicyFunction<'a> + Send + Sync + 'static,
{
    async fn decide(&self, cx: &Context, method: Method) -> Result<(), Report> {
        self.call(cx, method).await
    }

    fn boxed<'a>(&'a self, cx: &'a Context, method: Method) -> Deciding<'a> {
        self.call(cx, method)
    }
}

/// A policy whose type is forgotten.
trait AnyPolicy: Send + Sync {
    fn decide<'a>(&'a self, cx: &'a Context, method: Method) -> Deciding<'a>;
}

impl<P: Policy> AnyPolicy for P {
    fn decide<'a>(&'a self, cx: &'a Context, method: Method) -> Deciding<'a> {
        self.boxed(cx, method)
    }
}

/// The policy of an API.
#[derive(Clone)]
pub(crate) struct DefaultPolicy(Arc<dyn AnyPolicy>);

impl DefaultPolicy {
    pub(crate) fn new(policy: impl Policy) -> Self {
        Self(Arc::new(policy))
    }

    pub(super) async fn decide(&self, cx: &Context, method: Method) -> Result<(), Report> {
        self.0.decide(cx, method).await
    }
}

impl fmt::Debug for DefaultPolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DefaultPolicy")
    }
}

/// Policies that an API can have.
pub mod policies {
    use std::future::{Ready, ready};

    use super::super::Context;
    use crate::descriptor::Method;
    use crate::error::{ApiError, Report};

    /// Anybody may do everything.
    pub fn anybody(_: &Context, _: Method) -> Ready<Result<(), Report>> {
        ready(Ok(()))
    }

    /// Who has said who they are may do everything; 401 for all others.
    pub fn signed_in(cx: &Context, _: Method) -> Ready<Result<(), Report>> {
        ready(match cx.principal() {
            Some(_) => Ok(()),
            None => Err(ApiError::unauthorized().into()),
        })
    }

    /// Anybody may read; who has said who they are may do everything.
    pub fn read_only_for_strangers(cx: &Context, method: Method) -> Ready<Result<(), Report>> {
        if method.is_safe() {
            ready(Ok(()))
        } else {
            signed_in(cx, method)
        }
    }

    /// Nobody may do anything: only resources with a policy of their own are served.
    pub fn nobody(cx: &Context, method: Method) -> Ready<Result<(), Report>> {
        ready(Err(match cx.principal() {
            Some(_) => {
                let detail = format!("nobody may {method} this resource");
                ApiError::forbidden(detail).into()
            }
            None => ApiError::unauthorized().into(),
        }))
    }
}

//! Tables from descriptors, and where tables and descriptors have drifted apart.
//!
//! Pure: it makes statements and runs none.

mod compare;
mod create;
pub mod json;
mod shared;
mod stored;

use crate::descriptor::Descriptor;
use crate::resource::ModelResource;

pub use compare::Drift;
pub(crate) use compare::compare;
pub(crate) use create::{create_references, create_tables};
pub(crate) use shared::misfit;
pub(crate) use stored::{Introspection, StoredTable, introspect, is_missing};

/// One resource, or a tuple of up to twelve: `create_tables::<(Author, Book)>()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource, nor a tuple of resources",
    label = "holds something that is not a resource",
    note = "write `#[derive(ModelResource)]` above each of the structs"
)]
pub trait Resources {
    /// Their descriptors.
    fn descriptors() -> Vec<&'static Descriptor>;
}

#[diagnostic::do_not_recommend]
impl<M: ModelResource> Resources for M {
    fn descriptors() -> Vec<&'static Descriptor> {
        vec![M::descriptor()]
    }
}

macro_rules! tuples {
    ($(($($member:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($member: ModelResource),+> Resources for ($($member,)+) {
            fn descriptors() -> Vec<&'static Descriptor> {
                vec![$($member::descriptor()),+]
            }
        }
    )+};
}
tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K) (A, B, C, D, E, F, G, H, I, J, K, L)
}

//! `impl Hooked`: the hooks, by phase and method.
//!
//! It does not know what a hook may do.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::words::{at, method, quietly, runtime, without_self};
use crate::model::{Hook, Method, Phase, Resource};

pub(super) fn expand(resource: &Resource) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let name = &resource.name;
    let select = hooks(resource, &quote!(select_hook), |hook| {
        hook.phase == Phase::ProcessInput && !takes_a_body(hook.method)
    });
    let input = hooks(resource, &quote!(input_hook), |hook| {
        hook.phase == Phase::ProcessInput && takes_a_body(hook.method)
    });
    let before_commit = hooks(resource, &quote!(before_commit_hook), |hook| {
        hook.phase == Phase::BeforeCommit
    });
    let after_commit = hooks(resource, &quote!(after_commit_hook), |hook| {
        hook.phase == Phase::AfterCommit
    });
    quote! {
        #quietly
        impl #runtime::Hooked for #name {
            fn hooks() -> &'static #runtime::__private::Hooks {
                static __TOPCHEF_HOOKS: #runtime::__private::Hooks = #runtime::__private::Hooks {
                    select: #select,
                    input: #input,
                    before_commit: #before_commit,
                    after_commit: #after_commit,
                };
                &__TOPCHEF_HOOKS
            }
        }
    }
}

/// Whether a request of the method brings a record.
fn takes_a_body(method: Method) -> bool {
    matches!(method, Method::Post | Method::Put | Method::Patch)
}

/// The hooks for which `belongs` holds; what the compiler says about one lands on its path.
fn hooks(resource: &Resource, wrap: &TokenStream, belongs: impl Fn(&Hook) -> bool) -> TokenStream {
    let name = &resource.name;
    let hooks = resource
        .hooks
        .iter()
        .filter(|hook| belongs(hook))
        .map(|hook| {
            let span = at(&hook.path);
            let runtime = runtime(span);
            let method = method(hook.method);
            let path = without_self(&hook.path, name);
            quote_spanned!(span=> (#method, &#runtime::__private::#wrap::<#name, _>(#path)))
        });
    quote!(&[#(#hooks),*])
}

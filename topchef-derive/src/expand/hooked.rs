//! `impl Hooked`: the hooks, by phase and method.
//!
//! It does not know what a hook may do.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::words::{ask, at, method, quietly, runtime, without_self};
use crate::model::{Hook, Method, Phase};

pub(super) fn expand(name: &Ident, hooks: &[&Hook]) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let of = |phase: Phase, hook: &str, given: &[&str], belongs: fn(Method) -> bool| {
        let hooks = hooks
            .iter()
            .filter(|hook| hook.phase == phase && belongs(hook.method));
        let given: Vec<_> = given
            .iter()
            .map(|given| Ident::new(&format!("__topchef_{given}"), Span::call_site()))
            .collect();
        let runs = hooks.map(|it| run(name, it, hook, &given));
        quote!(&[#(#runs),*])
    };
    let select = of(
        Phase::ProcessInput,
        "SelectHook",
        &["cx", "conditions"],
        |method| !takes_a_body(method),
    );
    let input = of(
        Phase::ProcessInput,
        "InputHook",
        &["cx", "draft"],
        takes_a_body,
    );
    let before_commit = of(
        Phase::BeforeCommit,
        "BeforeCommitHook",
        &["cx", "tx", "staged"],
        |_| true,
    );
    let after_commit = of(
        Phase::AfterCommit,
        "AfterCommitHook",
        &["cx", "tx", "values"],
        |_| true,
    );
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

/// A function that runs a hook when its resource's type is forgotten, through the trait of its phase.
fn run(name: &Ident, hook: &Hook, of_phase: &str, given: &[Ident]) -> TokenStream {
    let span = at(&hook.path);
    let method = method(hook.method);
    let path = without_self(&hook.path, name);
    // By a variable, because clippy takes an `async fn` for called that stands where a call does.
    let segments = &hook.path.path.segments;
    let place = segments.last().map_or(span, |last| last.ident.span());
    let it = Ident::new("__topchef_hook", place);
    let generics = quote_spanned!(place=> ::<#name, _>);
    let call = ask(&it, (of_phase, &generics, "run"), &quote!(#it, #(#given),*));
    quote_spanned!(span=> (#method, |#(#given),*| { let #it = #path; #call }))
}

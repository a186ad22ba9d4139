//! `impl Hooked`: the hooks, by phase and method.
//!
//! It does not know what a hook may do.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::words::{at, method, quietly, runtime, without_self};
use crate::model::{Hook, Method, Phase};

pub(super) fn expand(name: &Ident, hooks: &[&Hook]) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let quietly = quietly();
    let of = |phase: Phase, run: &Run, belongs: fn(Method) -> bool| {
        let hooks = hooks
            .iter()
            .filter(|hook| hook.phase == phase && belongs(hook.method));
        let wrapped = hooks.map(|hook| wrapped(name, hook, run));
        quote!(&[#(#wrapped),*])
    };
    let select = Run::new("SelectHook", &["cx", "conditions"]);
    let input = Run::new("InputHook", &["cx", "draft"]);
    let before_commit = Run::new("BeforeCommitHook", &["cx", "tx", "staged"]);
    let after_commit = Run::new("AfterCommitHook", &["cx", "tx", "values"]);
    let select = of(Phase::ProcessInput, &select, |method| !takes_a_body(method));
    let input = of(Phase::ProcessInput, &input, takes_a_body);
    let before_commit = of(Phase::BeforeCommit, &before_commit, |_| true);
    let after_commit = of(Phase::AfterCommit, &after_commit, |_| true);
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

/// The trait through which the hooks of a phase run, and what it is given.
struct Run {
    hook: Ident,
    given: Vec<Ident>,
}

impl Run {
    fn new(hook: &str, given: &[&str]) -> Self {
        let word = |word: &str| Ident::new(word, Span::call_site());
        Self {
            hook: word(hook),
            given: given
                .iter()
                .map(|given| word(&format!("__topchef_{given}")))
                .collect(),
        }
    }
}

/// A hook without its type; what the compiler says about it lands on its path.
fn wrapped(name: &Ident, hook: &Hook, Run { hook: run, given }: &Run) -> TokenStream {
    let span = at(&hook.path);
    let runtime = runtime(span);
    let method = method(hook.method);
    let path = without_self(&hook.path, name);
    quote_spanned! {span=>
        (#method, |#(#given),*| #runtime::__private::#run::<#name, _>::run(#path, #(#given),*))
    }
}

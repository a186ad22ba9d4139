//! `impl Hooked`: the hooks, by phase and method.
//!
//! It does not know what a hook may do.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ExprPath;

use super::words::{ask, at, method, rest, runtime, unless_empty, without_self};
use crate::model::{Delivery, Hook, Method, Phase, Resource};

/// The hooks and the policy of a resource, and its related resources; only what there is is written.
pub(super) fn expand(resource: &Resource, hooks: &[&Hook], related: &[TokenStream]) -> TokenStream {
    let name = &resource.name;
    let runtime = runtime(Span::call_site());
    let of = |list: &str, phase: Phase, hook: &str, given: &[&str], belongs: fn(Method) -> bool| {
        let hooks = hooks
            .iter()
            .filter(|hook| hook.phase == phase && belongs(hook.method));
        let runs = hooks.map(|it| {
            let span = at(&it.path);
            let method = method(it.method);
            let run = run(name, &it.path, hook, given);
            let delivery = (phase == Phase::AfterCommit).then(|| delivery(it.delivery));
            quote_spanned!(span=> (#method, #delivery #run))
        });
        unless_empty(list, &runs.collect::<Vec<_>>())
    };
    let select = of(
        "select",
        Phase::ProcessInput,
        "SelectHook",
        &["cx", "conditions"],
        |method| !takes_a_body(method),
    );
    let input = of(
        "input",
        Phase::ProcessInput,
        "InputHook",
        &["cx", "draft"],
        takes_a_body,
    );
    let before_commit = of(
        "before_commit",
        Phase::BeforeCommit,
        "BeforeCommitHook",
        &["cx", "tx", "staged"],
        |_| true,
    );
    let after_commit = of(
        "after_commit",
        Phase::AfterCommit,
        "AfterCommitHook",
        &["cx", "tx", "values"],
        |_| true,
    );
    let authorize = resource.authorize.as_ref().map(|path| {
        let run = run(name, path, "AuthorizeHook", &["cx", "method"]);
        quote!(authorize: ::core::option::Option::Some(#run),)
    });
    let related = unless_empty("related", related);
    let optional = [
        &select,
        &input,
        &before_commit,
        &after_commit,
        &authorize,
        &related,
    ];
    let rest = rest(&optional, &quote!(#runtime::Hooks::NONE));
    let lists = quote!(#select #input #before_commit #after_commit #authorize #related);
    let hooks = (!lists.is_empty()).then(|| {
        quote! {
            fn hooks() -> &'static #runtime::Hooks {
                static __TOPCHEF_HOOKS: #runtime::Hooks = #runtime::Hooks {
                    #lists
                    #rest
                };
                &__TOPCHEF_HOOKS
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #runtime::Hooked for #name {
            #hooks
        }
    }
}

/// Whether a request of the method brings a record.
fn takes_a_body(method: Method) -> bool {
    matches!(method, Method::Post | Method::Put | Method::Patch)
}

/// The delivery of the runtime, as it stands before the function.
fn delivery(delivery: Delivery) -> TokenStream {
    let runtime = runtime(Span::call_site());
    let variant = match delivery {
        Delivery::Durable => quote!(Durable),
        Delivery::BestEffort => quote!(BestEffort),
    };
    quote!(#runtime::Delivery::#variant,)
}

/// A function that runs a hook when its resource's type is forgotten, through the trait of its phase.
fn run(name: &Ident, hook: &ExprPath, of_phase: &str, given: &[&str]) -> TokenStream {
    let given: Vec<_> = given
        .iter()
        .map(|given| Ident::new(&format!("__topchef_{given}"), Span::call_site()))
        .collect();
    let span = at(hook);
    let path = without_self(hook, name);
    // By a variable, because clippy takes an `async fn` for called that stands where a call does.
    let segments = &hook.path.segments;
    let place = segments.last().map_or(span, |last| last.ident.span());
    let it = Ident::new("__topchef_hook", place);
    let generics = quote_spanned!(place=> ::<#name, _>);
    let call = ask(&it, (of_phase, &generics, "run"), &quote!(#it, #(#given),*));
    quote_spanned!(span=> |#(#given),*| { let #it = #path; #call })
}

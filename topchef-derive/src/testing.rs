//! What the tests share: a derive as a list of problems, or as formatted code.
//!
//! It knows no rule; each rule's tests stand beside the rule.

use syn::DeriveInput;

use crate::diag::Problems;
use crate::pipeline::Stages;
use crate::reader::Reader;

/// What is wrong with a `ModelResource`, each as "word: message".
macro_rules! problems {
    ($($item:tt)*) => {
        $crate::testing::problems_of(stringify!($($item)*), $crate::pipeline::resource_stages)
    };
}

/// What is wrong with a `ResourceEnum`, each as "word: message".
macro_rules! enum_problems {
    ($($item:tt)*) => {
        $crate::testing::problems_of(stringify!($($item)*), $crate::pipeline::enumeration_stages)
    };
}

/// What a `ModelResource` becomes, formatted.
macro_rules! expansion {
    ($($item:tt)*) => {
        $crate::testing::formatted($crate::pipeline::resource(
            quote::quote!($($item)*),
            $crate::reader::Reader::Compiler,
        ))
    };
}

/// What a `ResourceEnum` becomes, formatted.
macro_rules! enum_expansion {
    ($($item:tt)*) => {
        $crate::testing::formatted($crate::pipeline::enumeration(
            quote::quote!($($item)*),
            $crate::reader::Reader::Compiler,
        ))
    };
}

/// Compares a `ModelResource` and what it becomes with a file.
macro_rules! assert_expansion {
    ($($item:tt)*) => {
        let item = $crate::testing::formatted(quote::quote!(#[derive(ModelResource)] $($item)*));
        let expansion = $crate::testing::expansion!($($item)*);
        let both = format!("{item}\n{expansion}");
        insta::assert_snapshot!(both);
    };
}

/// Compares a `ModelResource` and what an editor reads of it with a file.
macro_rules! assert_expansion_in_editor {
    ($($item:tt)*) => {
        let item = $crate::testing::formatted(quote::quote!(#[derive(ModelResource)] $($item)*));
        let expansion = $crate::testing::formatted($crate::pipeline::resource(
            quote::quote!($($item)*),
            $crate::reader::Reader::Editor,
        ));
        let both = format!("{item}\n{expansion}");
        insta::assert_snapshot!(both);
    };
}

/// Compares a `ResourceEnum` and what it becomes with a file.
macro_rules! assert_enum_expansion {
    ($($item:tt)*) => {
        let item = $crate::testing::formatted(quote::quote!(#[derive(ResourceEnum)] $($item)*));
        let expansion = $crate::testing::enum_expansion!($($item)*);
        let both = format!("{item}\n{expansion}");
        insta::assert_snapshot!(both);
    };
}

pub(crate) use {
    assert_enum_expansion, assert_expansion, assert_expansion_in_editor, enum_expansion,
    enum_problems, expansion, problems,
};

pub(crate) fn problems_of(item: &str, stages: Stages) -> Vec<String> {
    // Parsed from text, and not quoted, so that every span knows its words.
    let input: DeriveInput = parsed(syn::parse_str(item));
    let mut problems = Problems::default();
    stages(&input, Reader::Compiler, &mut problems);
    problems
        .iter()
        .map(|error| {
            format!(
                "{}: {error}",
                error.span().source_text().unwrap_or_default()
            )
        })
        .collect()
}

pub(crate) fn formatted(tokens: proc_macro2::TokenStream) -> String {
    prettyplease::unparse(&parsed(syn::parse2(tokens)))
}

/// The model of a struct, for tests that look at what was settled.
pub(crate) fn settled(input: &DeriveInput) -> Option<crate::model::Resource> {
    let written = crate::read::resource(input, &mut Problems::default());
    written.ok().map(crate::settle::resource)
}

pub(crate) fn parsed<T>(result: syn::Result<T>) -> T {
    result.unwrap_or_else(|error| unreachable!("the test is not Rust: {error}"))
}

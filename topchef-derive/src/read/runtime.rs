//! `crate = ::path`: where the runtime is.
//!
//! It does not know what is taken from there.

use syn::token::PathSep;
use syn::{Expr, ExprLit, ExprPath, Lit, PathArguments};

use super::key::{Form, Given, Key, Value, once};
use crate::diag::Problems;
use crate::model::RuntimePath;

/// The path of the runtime.
pub(super) struct Runtime(RuntimePath);

/// Where the runtime is, by the one key among all.
pub(super) fn path(keys: Vec<Key<Runtime>>, problems: &mut Problems) -> RuntimePath {
    let written = once(keys, problems).and_then(|key| key.value);
    written.map_or(RuntimePath::Usual, |Runtime(path)| path)
}

impl Value for Runtime {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        if let Form::Value(Expr::Path(path)) = given.form
            && is_absolute(path)
        {
            return Some(Self(RuntimePath::At(Box::new(path.clone()))));
        }
        given.is_wrong(
            "`crate` takes a path that is the same everywhere: write `crate = ::facade::topchef` or `crate = crate::topchef`",
            problems,
        );
        Some(Self(meant(given.form)))
    }
}

/// Where the runtime is when that was written wrongly, so that nothing else is wrong because of it.
fn meant(form: Form<'_>) -> RuntimePath {
    let path = match form {
        Form::Value(Expr::Path(path)) => Some(path.clone()),
        Form::Value(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => text.parse().ok(),
        _ => None,
    };
    let Some(mut path) = path else {
        return RuntimePath::Usual;
    };
    for segment in &mut path.path.segments {
        segment.arguments = PathArguments::None;
    }
    let is_relative = path.path.segments.first().is_some_and(|first| {
        ["crate", "self", "super", "$crate"]
            .iter()
            .any(|word| first.ident == word)
    });
    if !is_relative && path.path.leading_colon.is_none() {
        path.path.leading_colon = Some(PathSep::default());
    }
    RuntimePath::At(Box::new(path))
}

/// Whether the path begins at a crate, and holds nothing but names.
fn is_absolute(path: &ExprPath) -> bool {
    let begins_at_a_crate = path.path.leading_colon.is_some()
        || path
            .path
            .segments
            .first()
            .is_some_and(|first| first.ident == "crate" || first.ident == "$crate");
    let plain = |segment: &syn::PathSegment| segment.arguments.is_empty();
    begins_at_a_crate && path.qself.is_none() && path.path.segments.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn the_path_of_the_runtime_is_absolute() {
        for right in ["::topchef", "::facade::topchef", "crate", "crate::topchef"] {
            let item = format!("#[resource(crate = {right})] struct Book {{ id: Uuid }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert!(problems.is_empty(), "{problems:?}");
        }
        let wanted = "`crate` takes a path that is the same everywhere: write `crate = ::facade::topchef` or `crate = crate::topchef`";
        for (wrong, word) in [
            ("crate = topchef", "topchef"),
            ("crate = super::topchef", "super::topchef"),
            ("crate = \"topchef\"", "\"topchef\""),
            ("crate", "crate"),
            ("crate = ::a::<u8>", "::a::<u8>"),
        ] {
            let item = format!("#[resource({wrong})] struct Book {{ id: Uuid }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert_eq!(problems, [format!("{word}: {wanted}")]);
        }
        assert_eq!(
            problems! {
                #[resource(crate = ::a, crate = ::a)]
                struct Book { id: Uuid }
            },
            ["crate: `crate` is given twice; keep one"],
        );
    }
}

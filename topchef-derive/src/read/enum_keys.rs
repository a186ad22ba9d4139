//! The keys of an enum and of its variants.
//!
//! It does not know the variants.

use darling::FromMeta;
use syn::{Attribute, Ident, LitStr};

use super::attribute;
use super::key::{Key, UnknownKeys, value_of};
use super::key_names::{ENUM_KEYS, VARIANT_KEYS};
use super::runtime::{self, Runtime};
use crate::diag::Problems;
use crate::model::{Case, RuntimePath};

#[derive(Default, FromMeta)]
struct EnumReceiver {
    #[darling(multiple)]
    rename_all: Vec<Key<Case>>,
    #[darling(multiple, rename = "crate")]
    runtime: Vec<Key<Runtime>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

#[derive(Default, FromMeta)]
struct VariantReceiver {
    #[darling(multiple)]
    rename: Vec<Key<LitStr>>,
    #[darling(flatten)]
    unknown: UnknownKeys,
}

/// What was written above an enum.
pub(crate) struct EnumKeys {
    pub(crate) rename_all: Option<Case>,
    pub(crate) runtime: RuntimePath,
}

/// What was written above a variant.
pub(crate) struct VariantKeys {
    pub(crate) rename: Option<LitStr>,
}

impl EnumKeys {
    pub(super) fn read(name: &Ident, attributes: &[Attribute], problems: &mut Problems) -> Self {
        let (receiver, _) = attribute::receive::<EnumReceiver>(name, attributes, problems);
        receiver.unknown.report(
            ("an enum", &ENUM_KEYS),
            ("a variant", &VARIANT_KEYS),
            problems,
        );
        Self {
            rename_all: value_of(receiver.rename_all, problems),
            runtime: runtime::path(receiver.runtime, problems),
        }
    }
}

impl VariantKeys {
    pub(super) fn read(name: &Ident, attributes: &[Attribute], problems: &mut Problems) -> Self {
        let (receiver, _) = attribute::receive::<VariantReceiver>(name, attributes, problems);
        receiver.unknown.report(
            ("a variant", &VARIANT_KEYS),
            ("an enum", &ENUM_KEYS),
            problems,
        );
        Self {
            rename: value_of(receiver.rename, problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::enum_problems;

    #[test]
    fn the_runtime_can_be_elsewhere() {
        let problems = enum_problems! {
            #[resource(crate = ::facade)]
            enum Status { Done }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn an_unknown_key_is_an_error_on_the_key() {
        assert_eq!(
            enum_problems! {
                #[resource(renameall = "UPPERCASE", rename = "x")]
                enum Status {
                    #[resource(rename = 5)]
                    Done,
                    #[resource(rename_all = "x", alias = "y")]
                    Late,
                }
            },
            [
                "renameall: unknown key `renameall`; did you mean `rename_all`?",
                "rename: `rename` is a key of a variant, not of an enum; write it there",
                "5: `rename` takes a text: write `rename = \"…\"`",
                "rename_all: `rename_all` is a key of an enum, not of a variant; write it there",
                "alias: unknown key `alias`; a variant takes `rename`",
            ],
        );
    }
}

//! An enum's names.
//!
//! It does not know whether they differ.

use syn::LitStr;
use syn::ext::IdentExt;

use crate::model::{Enumeration, Variant};
use crate::read::WrittenEnumeration;

/// Settles an enum: a variant's own `rename` stands above `rename_all`.
pub(crate) fn enumeration(written: WrittenEnumeration) -> Enumeration {
    let rename_all = written.keys.rename_all;
    let variants = written
        .variants
        .into_iter()
        .map(|variant| {
            let name = variant.name;
            let wire = variant.keys.rename.unwrap_or_else(|| {
                let plain = name.unraw().to_string();
                let wire = rename_all.map_or_else(|| plain.clone(), |case| case.of_variant(&plain));
                LitStr::new(&wire, name.span())
            });
            Variant { name, wire }
        })
        .collect();
    Enumeration {
        name: written.name,
        runtime: written.keys.runtime,
        variants,
    }
}

//! Which fields go out for which method.
//!
//! It does not know whether they may.

use syn::Ident;
use syn::ext::IdentExt;

use super::wire_name;
use crate::model::{Case, Column, Computed, Method, Origin, Representation, SerialField, Source};
use crate::read::{SerialFields, SerialList, SerialName};

/// The lists, and the methods of the struct that they name.
pub(super) struct Lists {
    pub(super) representations: Vec<Representation>,
    pub(super) computed: Vec<Computed>,
}

/// Looks up the written names; methods without a list get all columns but the write-only ones.
pub(super) fn settle(
    written: Option<SerialFields>,
    columns: &[Column],
    rename_all: Option<Case>,
    name: &Ident,
) -> Lists {
    let mut lists = Lists {
        representations: Vec::new(),
        computed: Vec::new(),
    };
    match written {
        Some(SerialFields::All(key, list)) => {
            let methods = Method::WITH_FIELDS.to_vec();
            lists.add(methods, key, Origin::ForAll, list, columns, rename_all);
        }
        Some(SerialFields::ByMethod(by_method)) => {
            for (listed, list) in by_method {
                lists.add(
                    vec![listed.method],
                    listed.word,
                    Origin::ForOne,
                    list,
                    columns,
                    rename_all,
                );
            }
        }
        None => {}
    }
    let by_default = default_representation(&lists.representations, columns, name);
    lists.representations.push(by_default);
    lists
}

impl Lists {
    fn add(
        &mut self,
        methods: Vec<Method>,
        key: Ident,
        origin: Origin,
        list: SerialList,
        columns: &[Column],
        rename_all: Option<Case>,
    ) {
        let fields = list
            .0
            .into_iter()
            .map(|SerialName { word, is_method }| SerialField {
                source: if is_method {
                    Source::Computed(self.place_of_computed(&word, rename_all))
                } else {
                    columns
                        .iter()
                        .position(|column| word.unraw() == column.name)
                        .map_or(Source::Nowhere, Source::Column)
                },
                word,
            })
            .collect();
        self.representations.push(Representation {
            methods,
            key,
            origin,
            fields,
        });
    }

    /// A method that several lists name is one computed field.
    fn place_of_computed(&mut self, method: &Ident, rename_all: Option<Case>) -> usize {
        let known = self
            .computed
            .iter()
            .position(|computed| computed.method == *method);
        known.unwrap_or_else(|| {
            self.computed.push(Computed {
                method: method.clone(),
                wire: wire_name(&method.unraw().to_string(), rename_all),
            });
            self.computed.len() - 1
        })
    }
}

fn default_representation(
    written: &[Representation],
    columns: &[Column],
    name: &Ident,
) -> Representation {
    let methods = Method::WITH_FIELDS
        .into_iter()
        .filter(|method| {
            !written
                .iter()
                .any(|representation| representation.methods.contains(method))
        })
        .collect();
    let fields = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.write_only.is_none())
        .map(|(index, column)| SerialField {
            word: column.field.clone(),
            source: Source::Column(index),
        })
        .collect();
    Representation {
        methods,
        key: name.clone(),
        origin: Origin::ByDefault,
        fields,
    }
}

#[cfg(test)]
mod tests {
    use syn::{DeriveInput, parse_quote};

    use crate::model::{Method, Source};
    use crate::testing::settled;

    fn sources(input: &DeriveInput, method: Method) -> Vec<Source> {
        settled(input).map_or_else(Vec::new, |resource| {
            resource
                .fields_of(method)
                .iter()
                .map(|field| field.source)
                .collect()
        })
    }

    #[test]
    fn a_method_without_a_list_has_all_columns_that_may_go_out() {
        let input = parse_quote! {
            #[resource(serial_fields(get = [label(), title], list = [other(), label()]))]
            struct Book {
                id: Uuid,
                #[resource(write_only)]
                secret: String,
                title: String,
            }
        };
        assert_eq!(
            sources(&input, Method::Get),
            [Source::Computed(0), Source::Column(2)]
        );
        assert_eq!(
            sources(&input, Method::List),
            [Source::Computed(1), Source::Computed(0)]
        );
        assert_eq!(
            sources(&input, Method::Post),
            [Source::Column(0), Source::Column(2)]
        );
    }

    #[test]
    fn one_list_can_be_for_all_methods() {
        let input = parse_quote! {
            #[resource(serial_fields = [title])]
            struct Book { id: Uuid, title: String }
        };
        for method in Method::WITH_FIELDS {
            assert_eq!(sources(&input, method), [Source::Column(1)]);
        }
    }
}

//! Which fields go out for which method.
//!
//! It does not know whether they may.

use syn::Ident;
use syn::ext::IdentExt;

use super::{place, wire_name};
use crate::model::{
    Answer, Case, Column, Computed, ListedMethod, Method, Origin, Relation, Representation,
    SerialField, SerialName, Source,
};
use crate::read::{SerialFields, SerialList};

/// The lists, and the methods of the struct that they name.
pub(super) struct Lists {
    pub(super) representations: Vec<Representation>,
    pub(super) computed: Vec<Computed>,
    pub(super) answers: Vec<Answer>,
}

/// What names can mean.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) columns: &'a [Column],
    pub(super) relations: &'a [Relation],
    pub(super) rename_all: Option<Case>,
}

/// Looks up the written names; methods without a list get all columns but the write-only ones.
pub(super) fn settle(written: Option<SerialFields>, names: Names<'_>, name: &Ident) -> Lists {
    let mut lookup = Lookup {
        names,
        computed: Vec::new(),
    };
    let (mut representations, answers) = match written {
        Some(SerialFields::All(key, list)) => {
            let for_all = Representation {
                methods: Method::WITH_FIELDS.to_vec(),
                key,
                origin: Origin::ForAll,
                fields: lookup.fields(list),
            };
            (vec![for_all], Vec::new())
        }
        Some(SerialFields::ByMethod { lists, answers }) => {
            let lists = lists.into_iter();
            let for_one = |(ListedMethod { method, word }, list)| Representation {
                methods: vec![method],
                key: word,
                origin: Origin::ForOne,
                fields: lookup.fields(list),
            };
            (lists.map(for_one).collect(), answers)
        }
        None => (Vec::new(), Vec::new()),
    };
    let by_default = default_representation(&representations, names.columns, name);
    representations.push(by_default);
    Lists {
        representations,
        computed: lookup.computed,
        answers,
    }
}

/// Finds what names mean, and gathers the methods among them.
struct Lookup<'a> {
    names: Names<'a>,
    computed: Vec<Computed>,
}

impl Lookup<'_> {
    fn fields(&mut self, list: SerialList) -> Vec<SerialField> {
        list.0
            .into_iter()
            .map(|SerialName { word, is_method }| SerialField {
                source: if is_method {
                    self.computed(&word)
                } else {
                    self.field(&word)
                },
                word,
            })
            .collect()
    }

    fn field(&self, word: &Ident) -> Source {
        let relation = || {
            let mut relations = self.names.relations.iter();
            relations.position(|relation| relation.name.unraw() == word.unraw())
        };
        place(self.names.columns, word)
            .map(Source::Column)
            .or_else(|| relation().map(Source::Relation))
            .unwrap_or(Source::Nowhere)
    }

    /// A method that several lists name is one computed field.
    fn computed(&mut self, method: &Ident) -> Source {
        let known = self
            .computed
            .iter()
            .position(|computed| computed.method == *method);
        Source::Computed(known.unwrap_or_else(|| {
            self.computed.push(Computed {
                method: method.clone(),
                wire: wire_name(&method.unraw().to_string(), self.names.rename_all),
            });
            self.computed.len() - 1
        }))
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
    fn a_list_can_name_relations() {
        let input = parse_quote! {
            #[resource(
                relations(author(belongs_to = Author, by = author_id)),
                serial_fields(get = [author, id], post = Job[id]),
            )]
            struct Book { id: Uuid, author_id: Uuid }
        };
        assert_eq!(
            sources(&input, Method::Get),
            [Source::Relation(0), Source::Column(0)]
        );
        for method in [Method::List, Method::Post] {
            assert_eq!(
                sources(&input, method),
                [Source::Column(0), Source::Column(1)]
            );
        }
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

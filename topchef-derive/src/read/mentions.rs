//! What attributes mention, as far as it can be seen in half-written text.
//!
//! It does not know whether anything of it is right.

use syn::{Attribute, Data, DeriveInput, ExprPath, Field, Ident, Variant};

use super::brackets::last_group;
use super::lenient::{Item, is_resource, item_of, parts, path, resource_items, words};
use crate::model::{Mention, Mentions};

/// What is mentioned above an item and above what is in it, whatever is wrong with it.
pub(crate) fn mentions(input: &DeriveInput) -> Mentions {
    let mut mentions = Mentions::default();
    match &input.data {
        Data::Struct(data) => mentions.of_struct(&input.attrs, data.fields.iter()),
        Data::Enum(data) => mentions.of_enum(&input.attrs, data.variants.iter()),
        Data::Union(_) => {}
    }
    mentions
}

/// The relations, and where they lead.
type Targets = [(Ident, Option<ExprPath>)];

impl Mentions {
    fn of_struct<'a>(&mut self, attributes: &[Attribute], fields: impl Iterator<Item = &'a Field>) {
        let items = self.keys("of_a_struct", attributes);
        let targets = targets(&items);
        self.relations = targets.iter().map(|(name, _)| name.clone()).collect();
        for item in &items {
            self.of_struct_key(item, &targets);
        }
        for field in fields {
            for item in &self.keys("of_a_field", &field.attrs) {
                self.of_field_key(item);
            }
        }
    }

    fn of_enum<'a>(
        &mut self,
        attributes: &[Attribute],
        variants: impl Iterator<Item = &'a Variant>,
    ) {
        self.keys("of_an_enum", attributes);
        for variant in variants {
            self.keys("of_a_variant", &variant.attrs);
        }
    }

    /// The keys in all attributes of ours, which are mentioned by that.
    fn keys(&mut self, list: &'static str, attributes: &[Attribute]) -> Vec<Item> {
        let items: Vec<Item> = resource_items(attributes).collect();
        if attributes.iter().any(is_resource) {
            self.words(list, &items);
        }
        items
    }

    fn add(&mut self, mention: impl Into<Option<Mention>>) {
        self.list.extend(mention.into());
    }

    /// Words that stand for themselves.
    fn words(&mut self, list: &'static str, items: &[Item]) {
        let words = items.iter().map(|item| item.key.clone()).collect();
        self.list.push(Mention::Words(list, words));
    }

    fn of_struct_key(&mut self, item: &Item, targets: &Targets) {
        let inside = item.inside();
        match item.key.to_string().as_str() {
            "methods" | "doc" => self.words("methods", &inside),
            "serial_fields" => {
                self.add(item.words().map(|words| Mention::Members(None, words)));
                self.words("methods", &inside);
                for method in &inside {
                    self.serial_list(method);
                }
            }
            "serial_field_relations" => self.related_lists(&inside, targets),
            "relations" => {
                for relation in &inside {
                    self.relation(relation);
                }
            }
            "process_input" => self.hooks(&inside, 2),
            "before_commit" | "after_commit" => self.hooks(&inside, 3),
            "authorize" => self.add(item.path().map(|path| Mention::Hook(path, 2))),
            "collection" => {
                self.words("of_a_collection", &inside);
                let lists = inside.iter().filter_map(Item::words);
                self.list
                    .extend(lists.map(|words| Mention::Fields(None, words)));
            }
            _ => {}
        }
    }

    fn of_field_key(&mut self, item: &Item) {
        match item.key.to_string().as_str() {
            "default" | "on_update" => self.add(item.path().map(Mention::Value)),
            "references" => self.add(item.path().map(Mention::Resource)),
            _ => {}
        }
    }

    fn serial_list(&mut self, item: &Item) {
        match item.words() {
            Some(words) => self.add(Mention::Members(None, words)),
            None => match last_group(&item.value) {
                Some((before, inner)) => {
                    if let Some(path) = path(before) {
                        self.add(Mention::Resource(path.clone()));
                        self.add(Mention::Members(Some(path), words(inner)));
                    }
                }
                None => self.add(item.path().map(Mention::Resource)),
            },
        }
    }

    fn related_lists(&mut self, items: &[Item], targets: &Targets) {
        let is_method = |item: &&Item| item.parenthesized.is_some();
        let names = items.iter().filter(|item| !is_method(item));
        self.add(Mention::Members(
            None,
            names.clone().map(|item| item.key.clone()).collect(),
        ));
        for item in names {
            let target = targets.iter().find(|(name, _)| *name == item.key);
            if let (Some((_, Some(target))), Some(words)) = (target, item.words()) {
                self.add(Mention::Members(Some(target.clone()), words));
            }
        }
        for method in items.iter().filter(is_method) {
            self.add(Mention::Words("methods", vec![method.key.clone()]));
            self.related_lists(&method.inside(), targets);
        }
    }

    fn relation(&mut self, relation: &Item) {
        let inside = relation.inside();
        self.words("of_a_relation", &inside);
        let mut keeper = None;
        for item in &inside {
            if item.key == "by" {
                let by = item.path().and_then(|path| path.path.get_ident().cloned());
                self.add(Mention::Fields(keeper.take(), by.into_iter().collect()));
            } else if let Some(path) = item.path() {
                self.add(Mention::Resource(path.clone()));
                keeper = (item.key != "belongs_to").then_some(path);
            }
        }
    }

    fn hooks(&mut self, methods: &[Item], arguments: usize) {
        self.words("methods", methods);
        for method in methods {
            self.add(method.path().map(|path| Mention::Hook(path, arguments)));
            let Some(inside) = &method.parenthesized else {
                continue;
            };
            let mut inside = parts(inside.clone()).into_iter();
            let hook = inside.next().and_then(path);
            self.add(hook.map(|path| Mention::Hook(path, arguments)));
            let deliveries: Vec<Item> = inside.filter_map(item_of).collect();
            self.words("deliveries", &deliveries);
        }
    }
}

/// The relations that are named, and as far as they are written where they lead.
fn targets(items: &[Item]) -> Vec<(Ident, Option<ExprPath>)> {
    let relations = items.iter().filter(|item| item.key == "relations");
    let kinds = ["belongs_to", "has_many", "has_one"];
    let target = |relation: Item| {
        let links = relation.inside();
        let link = links
            .iter()
            .find(|link| kinds.iter().any(|kind| link.key == kind));
        (relation.key, link.and_then(Item::path))
    };
    relations.flat_map(Item::inside).map(target).collect()
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::{DeriveInput, Ident, parse_quote};

    use crate::model::Mention;

    /// What is mentioned, as text.
    fn mentioned(input: &DeriveInput) -> Vec<String> {
        let listed = |words: &[Ident]| {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            words.join(" ")
        };
        let text = |mention: &Mention| match mention {
            Mention::Members(of, words) => {
                format!("{}[{}]", of.to_token_stream(), listed(words))
            }
            Mention::Fields(of, words) => {
                format!("{}{{{}}}", of.to_token_stream(), listed(words))
            }
            Mention::Hook(path, arguments) => format!("{}/{arguments}", path.to_token_stream()),
            Mention::Value(path) => format!("= {}", path.to_token_stream()),
            Mention::Resource(path) => path.to_token_stream().to_string(),
            Mention::Words(list, words) => format!("{list}: {}", listed(words)),
        };
        let mentions = super::mentions(input);
        mentions.list.iter().map(text).collect()
    }

    #[test]
    fn every_word_is_mentioned_as_what_it_names() {
        let input = parse_quote! {
            #[resource(
                serial_fields(get = [id, label()], post = Job[status]),
                serial_field_relations(author = [name], get(author = [id])),
                relations(author(belongs_to = Author, by = author_id), notes(has_many = Note, by = book_id)),
                after_commit(post = jobs::submit, put(announce, best_effort)),
                collection(filter = [id], order_by = [-id]),
            )]
            struct Book {
                id: Uuid,
                #[resource(references = Author, default = Uuid::nil)]
                author_id: Uuid,
            }
        };
        assert_eq!(
            mentioned(&input),
            [
                "of_a_struct: serial_fields serial_field_relations relations after_commit collection",
                "methods: get post",
                "[id label]",
                "Job",
                "Job[status]",
                "[author]",
                "Author[name]",
                "methods: get",
                "[author]",
                "Author[id]",
                "of_a_relation: belongs_to by",
                "Author",
                "{author_id}",
                "of_a_relation: has_many by",
                "Note",
                "Note{book_id}",
                "methods: post put",
                "jobs :: submit/3",
                "announce/3",
                "deliveries: best_effort",
                "of_a_collection: filter order_by",
                "{id}",
                "{id}",
                "of_a_field: references default",
                "Author",
                "= Uuid :: nil",
            ],
        );
    }

    #[test]
    fn half_written_text_is_mentioned_as_far_as_it_goes() {
        let input = parse_quote! {
            #[resource(tabl, serial_fields = [id, ], , before_commit(put = crate::hooks::), collection(filter = []))]
            struct Book { id: Uuid }
        };
        assert_eq!(
            mentioned(&input),
            [
                "of_a_struct: tabl serial_fields before_commit collection",
                "[id]",
                "methods: ",
                "methods: put",
                "crate :: hooks/3",
                "of_a_collection: filter",
                "{}",
            ],
        );
    }

    #[test]
    fn what_cannot_be_a_name_is_not_mentioned_as_one() {
        let input = parse_quote! {
            #[resource(crate = ::facade, serial_fields = [type, _, self, 7], before_commit(put = 7, post = f(), get = |x| x))]
            struct Book { id: Uuid }
        };
        assert_eq!(
            mentioned(&input),
            [
                "of_a_struct: serial_fields before_commit",
                "[r#type]",
                "methods: ",
                "methods: put post get",
            ],
        );
    }

    #[test]
    fn an_enum_mentions_its_keys() {
        let input = parse_quote! {
            #[resource(rename_all = "camelCase")]
            enum Status {
                Registered,
                #[resource(rename = "DONE")]
                Finished,
            }
        };
        assert_eq!(
            mentioned(&input),
            ["of_an_enum: rename_all", "of_a_variant: rename"],
        );
    }

    #[test]
    fn without_attributes_nothing_is_mentioned() {
        let input = parse_quote!(
            struct Book {
                id: Uuid,
            }
        );
        assert!(mentioned(&input).is_empty());
    }
}

//! The pages of `/meta`: a list of what is served, and what is to be known of one resource.
//!
//! It does not know where the pages are served: paths in them begin where the API does, `prefix`.

use serde_json::{Map, Value, json};

use super::catalogue::{Access, Catalogue, Resource};
use super::statuses::statuses;
use crate::column::ColumnDefault;
use crate::descriptor::{Descriptor, Envelope, Method, RelationDescriptor, RelationKind};
use crate::error::{ApiError, Report, shortened};
use crate::query::{decode, filterable_columns, operators, sortable_columns};
use crate::schema::json::{bare, column_schema, input, response};

/// The sections of a page, in the order of the documentation.
const SECTIONS: [Section; 10] = [
    Section::Resource,
    Section::Methods,
    Section::Fields,
    Section::Input,
    Section::Responses,
    Section::Relations,
    Section::Hooks,
    Section::Collection,
    Section::Statuses,
    Section::Docs,
];

/// A part of a page that can be asked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Resource,
    Methods,
    Fields,
    Input,
    Responses,
    Relations,
    Hooks,
    Collection,
    Statuses,
    Docs,
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::Resource => "resource",
            Self::Methods => "methods",
            Self::Fields => "fields",
            Self::Input => "input",
            Self::Responses => "responses",
            Self::Relations => "relations",
            Self::Hooks => "hooks",
            Self::Collection => "collection",
            Self::Statuses => "statuses",
            Self::Docs => "docs",
        }
    }
}

/// The names of all sections.
pub(super) fn section_names() -> impl Iterator<Item = &'static str> {
    SECTIONS.into_iter().map(Section::name)
}

/// The list of what is served: the `data` of `/meta`.
pub(crate) fn index(catalogue: &Catalogue, prefix: &str) -> Value {
    let resources = catalogue.resources.iter().map(|resource| {
        let Descriptor { doc, path, .. } = resource.descriptor();
        json!({
            "name": resource.name,
            "description": doc,
            "links": { "resource": format!("{prefix}{path}"), "meta": format!("{prefix}/meta{path}") },
        })
    });
    resources.collect()
}

/// What is to be known of a resource: the `data` of its page, as far as the query string asks for it.
///
/// `method=post,put` leaves the other methods out, `filter=input,responses` the other sections.
///
/// # Errors
/// A [`Report`] of every parameter, method and section that there is not, with those that there are.
pub(crate) fn page(
    catalogue: &Catalogue,
    resource: &Resource,
    prefix: &str,
    query: &str,
) -> Result<Value, Report> {
    let asked = Asked::read(resource.descriptor(), query)?;
    let page = Page {
        catalogue,
        resource,
        prefix,
        methods: &asked.methods,
    };
    let sections = SECTIONS.into_iter();
    let sections = sections.filter(|section| asked.sections.contains(section));
    let sections = sections.map(|section| (section.name().to_owned(), page.section(section)));
    Ok(Value::Object(sections.collect()))
}

/// What of a page is asked for.
struct Asked {
    methods: Vec<Method>,
    sections: Vec<Section>,
}

impl Asked {
    fn read(descriptor: &Descriptor, query: &str) -> Result<Self, Report> {
        let mut methods = None;
        let mut sections = None;
        let mut report = Report::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name), decode(value));
            let result = match name.as_ref() {
                "method" => chosen(&name, &value, descriptor.methods, Method::name)
                    .map(|chosen| methods.replace(chosen).is_some()),
                "filter" => chosen(&name, &value, &SECTIONS, Section::name)
                    .map(|chosen| sections.replace(chosen).is_some()),
                other => Err(ApiError::query_parameter(
                    other,
                    "unknown_parameter",
                    "no such parameter; allowed: method, filter",
                )),
            };
            match result {
                Ok(false) => {}
                Ok(true) => {
                    report.push(ApiError::query_parameter(&name, "duplicate", "given twice"));
                }
                Err(error) => report.push(error),
            }
        }
        report.into_result().map(|()| Self {
            methods: methods.unwrap_or_else(|| descriptor.methods.to_vec()),
            sections: sections.unwrap_or_else(|| SECTIONS.to_vec()),
        })
    }
}

/// The values that a comma-separated list names.
fn chosen<T: Copy>(
    parameter: &str,
    value: &str,
    among: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<Vec<T>, ApiError> {
    let names = value.split(',').map(str::trim);
    names
        .map(|wanted| {
            let mut found = among.iter().copied();
            found.find(|it| name(*it) == wanted).ok_or_else(|| {
                let allowed: Vec<_> = among.iter().map(|it| name(*it)).collect();
                let (wanted, allowed) = (shortened(wanted), allowed.join(", "));
                let detail = format!("no `{wanted}` here; allowed: {allowed}");
                ApiError::query_parameter(parameter, "unknown_value", detail)
            })
        })
        .collect()
}

/// A page that is being written.
struct Page<'a> {
    catalogue: &'a Catalogue,
    resource: &'a Resource,
    prefix: &'a str,
    /// Those that are told of.
    methods: &'a [Method],
}

impl Page<'_> {
    fn section(&self, section: Section) -> Value {
        match section {
            Section::Resource => self.resource(),
            Section::Methods => self.by_method(|method| Some(self.method(method))),
            Section::Fields => self.fields(),
            Section::Input => self.by_method(|method| input(self.descriptor(), method)),
            Section::Responses => self.by_method(|method| {
                (method != Method::Delete).then(|| response(self.descriptor(), method))
            }),
            Section::Relations => self.relations(),
            Section::Hooks => self.by_method(|method| {
                let phases = self.resource.endpoint.phases(method);
                (!phases.is_empty()).then(|| phases.into())
            }),
            Section::Collection => self.collection(),
            Section::Statuses => self.by_method(|method| Some(self.statuses(method))),
            Section::Docs => self.by_method(|method| Some(self.resource.doc(method).into())),
        }
    }

    fn descriptor(&self) -> &'static Descriptor {
        self.resource.descriptor()
    }

    /// An object with what is to be said of each method.
    fn by_method(&self, said: impl Fn(Method) -> Option<Value>) -> Value {
        let methods = self.methods.iter();
        let said = methods.filter_map(|method| Some((method.name().to_owned(), said(*method)?)));
        Value::Object(said.collect())
    }

    fn resource(&self) -> Value {
        let descriptor = self.descriptor();
        let key: Vec<_> = descriptor.key_columns().map(|column| column.wire).collect();
        let needs_principal = self.catalogue.access == Access::Authenticated;
        let is_guarded = self.resource.endpoint.is_guarded();
        json!({
            "name": self.resource.name,
            "description": descriptor.doc,
            "path": format!("{}{}", self.prefix, descriptor.path),
            "key": key,
            "envelope": match descriptor.envelope {
                Envelope::Data => "data",
                Envelope::None => "none",
            },
            "authenticated": needs_principal || is_guarded,
        })
    }

    fn method(&self, method: Method) -> Value {
        let path = if method.is_of_collection() {
            self.descriptor().path.to_owned()
        } else {
            self.resource.record_path()
        };
        json!({ "verb": method.verb().as_str(), "path": format!("{}{path}", self.prefix) })
    }

    fn fields(&self) -> Value {
        let descriptor = self.descriptor();
        let columns = descriptor
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let references = column.references.map(|target| target().name);
                let has_default = !matches!(descriptor.default_of(index), ColumnDefault::None);
                let facts = json!({
                    "type": column.kind.name(),
                    "schema": bare(&column_schema(column).build()),
                    "primary_key": descriptor.key.contains(&index),
                    "nullable": column.nullable,
                    "default": has_default,
                    "unique": column.unique || descriptor.key == [index],
                    "read_only": column.read_only,
                    "write_only": column.write_only,
                    "version": column.version,
                    "references": references,
                });
                (column.wire.to_owned(), facts)
            });
        let computed = descriptor.computed.iter();
        let computed = computed.map(|field| {
            let facts = json!({ "type": "any", "schema": {}, "read_only": true, "computed": true });
            (field.wire.to_owned(), facts)
        });
        Value::Object(columns.chain(computed).collect())
    }

    fn relations(&self) -> Value {
        let relations = self.descriptor().relations.iter();
        let relations =
            relations.map(|relation| (relation.wire.to_owned(), self.relation(relation)));
        Value::Object(relations.collect())
    }

    fn relation(&self, relation: &RelationDescriptor) -> Value {
        let target = (relation.target)();
        let (kind, by) = match relation.kind {
            RelationKind::BelongsTo => ("belongs_to", &self.descriptor().columns[relation.own]),
            RelationKind::HasOne => ("has_one", &target.columns[relation.theirs]),
            RelationKind::HasMany => ("has_many", &target.columns[relation.theirs]),
        };
        let served = self.catalogue.find(target);
        let prefix = self.prefix;
        json!({
            "kind": kind,
            "resource": served.map_or(target.name, |served| &served.name),
            "by": by.wire,
            "meta": served.map(|_| format!("{prefix}/meta{}", target.path)),
        })
    }

    fn collection(&self) -> Value {
        let descriptor = self.descriptor();
        let collection = &descriptor.collection;
        let wire = |index: usize| descriptor.columns[index].wire;
        let filter = filterable_columns(descriptor).map(|index| {
            let column = &descriptor.columns[index];
            (column.wire.to_owned(), operators(column.kind).collect())
        });
        let order = collection.order.iter().map(|sort| {
            let sign = if sort.descending { "-" } else { "" };
            format!("{sign}{}", wire(sort.column))
        });
        json!({
            "filter": filter.collect::<Map<String, Value>>(),
            "filter_columns": "`field[op][column]=other` compares two fields; `op` is eq, ne, gt, ge, lt or le.",
            "sort": sortable_columns(descriptor).map(wire).collect::<Vec<_>>(),
            "order": order.collect::<Vec<_>>(),
            "search": collection.search.iter().copied().map(wire).collect::<Vec<_>>(),
            "page_size": collection.page.default,
            "max_page_size": collection.page.max,
        })
    }

    fn statuses(&self, method: Method) -> Value {
        let statuses = statuses(self.resource, method, self.catalogue.access);
        let statuses = statuses.into_iter();
        Value::Object(
            statuses
                .map(|(status, means)| (status.as_str().to_owned(), means.into()))
                .collect(),
        )
    }
}

//! What goes out: `fields=id,title,author.first_name` and `include=author,chapters.author`.
//!
//! It does not know how it is written.

use super::names;
use crate::descriptor::{Descriptor, Field, Method, RelationDescriptor, Selection, Shown};
use crate::error::{ApiError, shortened};

/// The most relations that a path follows.
const STEPS: usize = 5;

/// The most paths along relations in one list.
const PATHS: usize = 20;

/// The fields that a list names, and no others.
pub(super) fn fields(
    descriptor: &'static Descriptor,
    method: Method,
    value: &str,
) -> Result<Selection, ApiError> {
    let mut selection = Selection { shown: Vec::new() };
    let mut paths = Paths::of("fields");
    for path in names(value) {
        let steps = paths.steps(path)?;
        let here = Here {
            parameter: "fields",
            descriptor,
            method,
        };
        let followed = here.show(&mut selection, &steps)?;
        paths.count(followed)?;
    }
    if selection.shown.is_empty() {
        let detail = "name at least one field";
        return Err(ApiError::query_parameter("fields", "empty", detail));
    }
    Ok(selection)
}

/// Adds the relations that a list names to what goes out.
pub(super) fn include(
    descriptor: &'static Descriptor,
    method: Method,
    selection: &mut Selection,
    value: &str,
) -> Result<(), ApiError> {
    let mut paths = Paths::of("include");
    for path in names(value) {
        let steps = paths.steps(path)?;
        paths.count(true)?;
        let here = Here {
            parameter: "include",
            descriptor,
            method,
        };
        here.follow(selection, &steps)?;
    }
    if paths.followed == 0 {
        let detail = "name at least one relation";
        return Err(ApiError::query_parameter("include", "empty", detail));
    }
    Ok(())
}

/// The paths of one list, counted.
struct Paths {
    parameter: &'static str,
    followed: usize,
}

impl Paths {
    const fn of(parameter: &'static str) -> Self {
        Self {
            parameter,
            followed: 0,
        }
    }

    fn steps<'a>(&self, path: &'a str) -> Result<Vec<&'a str>, ApiError> {
        // A field may stand behind the last relation.
        let most = if self.parameter == "fields" {
            STEPS + 1
        } else {
            STEPS
        };
        let steps: Vec<_> = path.split('.').take(most + 1).collect();
        if steps.len() <= most {
            return Ok(steps);
        }
        let detail = format!("a path follows at most {STEPS} relations");
        Err(ApiError::query_parameter(
            self.parameter,
            "too_deep",
            detail,
        ))
    }

    fn count(&mut self, followed: bool) -> Result<(), ApiError> {
        self.followed += usize::from(followed);
        if self.followed <= PATHS {
            return Ok(());
        }
        let detail = format!("at most {PATHS} paths follow relations");
        Err(ApiError::query_parameter(
            self.parameter,
            "too_many",
            detail,
        ))
    }
}

/// Where a path has come to.
#[derive(Clone, Copy)]
struct Here {
    parameter: &'static str,
    descriptor: &'static Descriptor,
    /// As what the records there are shown.
    method: Method,
}

impl Here {
    /// Adds the field at the end of a path; whether the path followed a relation.
    fn show(self, selection: &mut Selection, steps: &[&str]) -> Result<bool, ApiError> {
        match steps {
            [] => Ok(false),
            [name] => {
                let field = self.field(name)?;
                let shown = self.shown(field);
                merge(selection, shown);
                Ok(matches!(field, Field::Relation(_)))
            }
            [name, rest @ ..] => {
                let index = self.relation(name)?;
                let empty = || Selection { shown: Vec::new() };
                if let Some(of_related) = entry(selection, index, empty) {
                    self.beyond(index).show(of_related, rest)?;
                }
                Ok(true)
            }
        }
    }

    /// Adds the relations of a path, each with what it shows by itself where it is not shown yet.
    fn follow(self, selection: &mut Selection, steps: &[&str]) -> Result<(), ApiError> {
        let Some((name, rest)) = steps.split_first() else {
            return Ok(());
        };
        let index = self.relation(name)?;
        match entry(selection, index, || self.by_itself(index)) {
            Some(of_related) => self.beyond(index).follow(of_related, rest),
            None => Ok(()),
        }
    }

    fn shown(self, field: Field) -> Shown {
        match field {
            Field::Column(index) => Shown::Column(index),
            Field::Computed(index) => Shown::Computed(index),
            Field::Relation(index) => Shown::Relation(index, self.by_itself(index)),
        }
    }

    fn of(self, index: usize) -> &'static RelationDescriptor {
        &self.descriptor.relations[index]
    }

    /// What a relation shows when nothing is said.
    fn by_itself(self, index: usize) -> Selection {
        Selection::of_relation(self.descriptor, self.of(index), self.method)
    }

    fn beyond(self, index: usize) -> Self {
        let relation = self.of(index);
        Self {
            descriptor: (relation.target)(),
            method: if relation.kind.is_many() {
                Method::List
            } else {
                Method::Get
            },
            ..self
        }
    }

    fn field(self, name: &str) -> Result<Field, ApiError> {
        let field = self.descriptor.field_named(name);
        field
            .filter(|field| self.is_showable(*field))
            .ok_or_else(|| {
                let columns = (0..self.descriptor.columns.len()).map(Field::Column);
                let computed = (0..self.descriptor.computed.len()).map(Field::Computed);
                let relations = (0..self.descriptor.relations.len()).map(Field::Relation);
                let all = columns.chain(computed).chain(relations);
                self.unknown("field", name, all.filter(|field| self.is_showable(*field)))
            })
    }

    fn relation(self, name: &str) -> Result<usize, ApiError> {
        self.descriptor.relation_named(name).ok_or_else(|| {
            let relations = (0..self.descriptor.relations.len()).map(Field::Relation);
            self.unknown("relation", name, relations)
        })
    }

    /// Whether a field may be asked for: every relation may, and what the method itself or a read shows.
    fn is_showable(self, field: Field) -> bool {
        match field {
            Field::Relation(_) => true,
            Field::Column(index) if self.descriptor.columns[index].write_only => false,
            field => self
                .descriptor
                .askable(self.method)
                .any(|shown| shown == field),
        }
    }

    fn unknown(self, what: &str, name: &str, allowed: impl Iterator<Item = Field>) -> ApiError {
        let allowed: Vec<_> = allowed
            .map(|field| self.descriptor.field_name(field))
            .collect();
        let (name, allowed) = (shortened(name), allowed.join(", "));
        let of = self.descriptor.name;
        let detail = format!("no {what} `{name}` of `{of}`; allowed: {allowed}");
        ApiError::query_parameter(self.parameter, "unknown_field", detail)
    }
}

/// What goes out of a relation's records; where it is not shown yet, `new` is added.
fn entry(
    selection: &mut Selection,
    index: usize,
    new: impl FnOnce() -> Selection,
) -> Option<&mut Selection> {
    if position(selection, Field::Relation(index)).is_none() {
        selection.shown.push(Shown::Relation(index, new()));
    }
    let mut shown = selection.shown.iter_mut();
    shown.find_map(|shown| match shown {
        Shown::Relation(relation, of_related) if *relation == index => Some(of_related),
        _ => None,
    })
}

/// Adds a field: an object has each key once, and a relation that is shown already shows this too.
fn merge(selection: &mut Selection, shown: Shown) {
    match (position(selection, shown.field()), shown) {
        (None, shown) => selection.shown.push(shown),
        (Some(place), Shown::Relation(_, more)) => {
            if let Shown::Relation(_, of_related) = &mut selection.shown[place] {
                for shown in more.shown {
                    merge(of_related, shown);
                }
            }
        }
        (Some(_), _) => {}
    }
}

fn position(selection: &Selection, field: Field) -> Option<usize> {
    let mut shown = selection.shown.iter();
    shown.position(|shown| shown.field() == field)
}

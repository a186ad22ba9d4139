//! What of a record goes out: its fields in order, and of each relation among them, what of the related records.
//!
//! It does not know who asked for it.

use super::{Descriptor, Field, Method, RelationDescriptor};

/// The fields of a record that go out, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Each name once.
    pub shown: Vec<Shown>,
}

/// A field that goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The column at this place.
    Column(usize),
    /// The computed field at this place.
    Computed(usize),
    /// The relation at this place, and what goes out of its records.
    Relation(usize, Selection),
}

impl Shown {
    /// The field without what goes out of its records.
    pub const fn field(&self) -> Field {
        match self {
            Self::Column(index) => Field::Column(*index),
            Self::Computed(index) => Field::Computed(*index),
            Self::Relation(index, _) => Field::Relation(*index),
        }
    }
}

impl Selection {
    /// Whether a computed field of the record itself goes out.
    pub(crate) fn shows_computed(&self) -> bool {
        let mut shown = self.shown.iter();
        shown.any(|shown| matches!(shown, Shown::Computed(_)))
    }

    /// What a method of a resource shows when nothing else is asked for.
    ///
    /// A relation that leads back to a resource on the way ends there: its name is left out. One that leads from a resource
    /// to itself is followed once.
    pub fn of(descriptor: &'static Descriptor, method: Method) -> Self {
        Self::on_the_way(&[descriptor], method, descriptor.fields.of(method))
    }

    /// What goes out of a record under these names; what is no name of the resource's goes out nowhere.
    pub fn named(descriptor: &'static Descriptor, names: &[&str]) -> Self {
        let fields = names.iter().filter_map(|name| descriptor.field_named(name));
        let fields: Vec<_> = fields.collect();
        Self::on_the_way(&[descriptor], Method::Get, &fields)
    }

    /// What a relation of a resource shows of its records when nothing else is asked for.
    pub fn of_relation(
        descriptor: &'static Descriptor,
        relation: &RelationDescriptor,
        method: Method,
    ) -> Self {
        Self::related(&[descriptor], relation, method)
    }

    /// The relations that go out, with what goes out of them, in order.
    pub fn relations(&self) -> impl Iterator<Item = (usize, &Self)> {
        self.shown.iter().filter_map(|shown| match shown {
            Shown::Relation(index, selection) => Some((*index, selection)),
            Shown::Column(_) | Shown::Computed(_) => None,
        })
    }

    /// Whether something goes out that the row alone does not tell: related records, or what a method of the struct makes.
    pub fn goes_beyond_columns(&self) -> bool {
        let mut shown = self.shown.iter();
        shown.any(|shown| !matches!(shown, Shown::Column(_)))
    }

    /// Leaves the relations out.
    pub fn keep_own(&mut self) {
        self.shown
            .retain(|shown| !matches!(shown, Shown::Relation(..)));
    }

    fn on_the_way(way: &[&'static Descriptor], method: Method, fields: &[Field]) -> Self {
        let Some(here) = way.last() else {
            return Self { shown: Vec::new() };
        };
        let mut shown = Vec::with_capacity(fields.len());
        shown.extend(fields.iter().filter_map(|field| match *field {
            Field::Column(index) => Some(Shown::Column(index)),
            Field::Computed(index) => Some(Shown::Computed(index)),
            Field::Relation(index) => {
                let relation = &here.relations[index];
                goes_on(way, relation)
                    .then(|| Shown::Relation(index, Self::related(way, relation, method)))
            }
        }));
        Self { shown }
    }

    fn related(way: &[&'static Descriptor], relation: &RelationDescriptor, method: Method) -> Self {
        let target = (relation.target)();
        let mut way = way.to_vec();
        way.push(target);
        let of_one = if relation.kind.is_many() {
            Method::List
        } else {
            Method::Get
        };
        match relation.names_of(method) {
            Some(names) => {
                let fields = names.iter().filter_map(|name| target.field_named(name));
                let fields: Vec<_> = fields.collect();
                Self::on_the_way(&way, of_one, &fields)
            }
            None => Self::on_the_way(&way, of_one, target.fields.of(of_one)),
        }
    }
}

/// Whether a relation leads to a resource that is not on the way yet; the first step may lead to where it begins.
fn goes_on(way: &[&'static Descriptor], relation: &RelationDescriptor) -> bool {
    let target = (relation.target)();
    let leads_to = |resource: &&Descriptor| resource.is(target);
    match way {
        [only] if leads_to(only) => true,
        way => !way.iter().any(leads_to),
    }
}

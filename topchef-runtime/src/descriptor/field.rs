//! What goes out under a name, and which names go out for which method.
//!
//! It does not know how a field is written.

use super::{Descriptor, Method};

/// Something that goes out under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The column at this place.
    Column(usize),
    /// The computed field at this place.
    Computed(usize),
    /// The record or records of the relation at this place.
    Relation(usize),
}

/// A method of the struct that goes out as a field.
#[derive(Clone, Copy, Debug)]
pub struct ComputedDescriptor {
    /// The method's name.
    pub name: &'static str,
    /// The name in JSON.
    pub wire: &'static str,
}

/// Which fields go out, in which order, by method; `DELETE` answers without a body.
#[derive(Debug)]
pub struct FieldsByMethod {
    /// For `GET` of one record.
    pub get: &'static [Field],
    /// For `GET` of the collection.
    pub list: &'static [Field],
    /// For `POST`.
    pub post: &'static [Field],
    /// For `PUT`.
    pub put: &'static [Field],
    /// For `PATCH`.
    pub patch: &'static [Field],
}

impl FieldsByMethod {
    /// The same fields for every method.
    pub const fn all(fields: &'static [Field]) -> Self {
        Self {
            get: fields,
            list: fields,
            post: fields,
            put: fields,
            patch: fields,
        }
    }

    /// The fields of a method; for `DELETE`, which answers without a record, those of `get`.
    pub fn of(&self, method: Method) -> &'static [Field] {
        match method {
            Method::Get | Method::Delete => self.get,
            Method::List => self.list,
            Method::Post => self.post,
            Method::Put => self.put,
            Method::Patch => self.patch,
        }
    }

    /// Whether some method shows a field.
    pub fn show(&self, field: Field) -> bool {
        let methods = [self.get, self.list, self.post, self.put, self.patch];
        methods.iter().any(|fields| fields.contains(&field))
    }
}

/// What goes out of another resource's record when a hook of `method` answers with it: `post = Job[id, status]`.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Whose hooks answer so.
    pub method: Method,
    /// What the record is.
    pub target: fn() -> &'static Descriptor,
    /// The names of its fields, in order; the compiler has seen that they exist.
    pub fields: &'static [&'static str],
}

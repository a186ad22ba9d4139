//! What generated code has the compiler assert while it evaluates constants: what only it knows of types under other
//! names, and of other structs.
//!
//! It does not know where it is called from: every function tracks its caller, and what is refused is an error there, on
//! the user's word.

use super::message::Message;
use super::nearest::{Nearest, is};
use crate::column::{Bound, Kind};
use crate::descriptor::{ColumnDescriptor, Descriptor};

/// Refuses a resource as one that a field refers to when its primary key is of several columns.
#[track_caller]
pub const fn assert_key_of_one_column(descriptor: &Descriptor) {
    if descriptor.key.len() > 1 {
        Message::new("the primary key of ")
            .word(descriptor.name)
            .and(" is of several columns; one field cannot refer to it: remove this, and write a field for each of them")
            .refuse();
    }
}

/// Refuses a name in a list of a resource's fields that is none of them, or that never goes out.
#[track_caller]
pub const fn assert_field(descriptor: &Descriptor, name: &str) {
    if let Some(place) = place_of_column(descriptor, name) {
        if descriptor.columns[place].write_only {
            Message::new("")
                .word(name)
                .and(" of ")
                .word(descriptor.name)
                .and(" is write-only and never goes out; remove it here, or remove `write_only` there")
                .refuse();
        }
        return;
    }
    if has_relation(descriptor, name) || has_errors(descriptor) {
        return;
    }
    if has_computed(descriptor, name) {
        Message::new("")
            .word(name)
            .and(" is a method of ")
            .word(descriptor.name)
            .and("; write it with parentheses, `")
            .and(name)
            .and("()`")
            .refuse();
    }
    let unknown = no_field(descriptor, name, nearest_field(descriptor, name));
    let unknown = unknown.and("; a method is written `").and(name);
    with_all_fields(descriptor, unknown.and("()`, and the fields are ")).refuse()
}

/// Refuses the name of a foreign key in a resource that has no such column.
#[track_caller]
pub const fn assert_column(descriptor: &Descriptor, name: &str) {
    if place_of_column(descriptor, name).is_some() || has_errors(descriptor) {
        return;
    }
    let mut nearest = Nearest::to(name);
    let mut index = 0;
    while index < descriptor.columns.len() {
        nearest = nearest.or(descriptor.columns[index].field);
        index += 1;
    }
    let unknown = no_field(descriptor, name, nearest.found());
    unknown
        .and("; write the field of ")
        .word(descriptor.name)
        .and(" that names this record")
        .refuse()
}

/// Refuses a method in a list of a resource's fields that is none of its computed fields.
#[track_caller]
pub const fn assert_method(descriptor: &Descriptor, name: &str) {
    if has_computed(descriptor, name) || has_errors(descriptor) {
        return;
    }
    if place_of_column(descriptor, name).is_some() || has_relation(descriptor, name) {
        Message::new("")
            .word(name)
            .and(" is a field of ")
            .word(descriptor.name)
            .and("; write it without parentheses, ")
            .word(name)
            .refuse();
    }
    let unknown = Message::new("no list of ")
        .word(descriptor.name)
        .and(" names a method `")
        .and(name)
        .and("()`");
    let mut nearest = Nearest::to(name);
    let mut index = 0;
    while index < descriptor.computed.len() {
        nearest = nearest.or(descriptor.computed[index].name);
        index += 1;
    }
    match nearest.found() {
        Some(meant) => unknown
            .and("; did you mean `")
            .and(meant)
            .and("()`?")
            .refuse(),
        None => unknown
            .and("; write it in the `serial_fields` of ")
            .word(descriptor.name)
            .refuse(),
    }
}

/// Refuses `key`, which asks something of texts, for a column that holds none.
///
/// The derive knows most types by their names, and has the compiler ask this, and what follows, of the others.
#[track_caller]
pub const fn assert_text(descriptor: &Descriptor, column: usize, key: &str) {
    let column = &descriptor.columns[column];
    if !matches!(column.kind, Kind::Text) {
        is_for(column, key, "text").and("; remove it").refuse();
    }
}

/// Refuses a `minimum` that the column cannot have.
#[track_caller]
pub const fn assert_minimum(descriptor: &Descriptor, column: usize) {
    let column = &descriptor.columns[column];
    has_bound(column, "minimum", "min_length", column.minimum);
}

/// Refuses a `maximum` that the column cannot have.
#[track_caller]
pub const fn assert_maximum(descriptor: &Descriptor, column: usize) {
    let column = &descriptor.columns[column];
    has_bound(column, "maximum", "max_length", column.maximum);
}

/// Refuses a bound of a column without numbers, and one that is none of its numbers; texts have `of_texts` in its place.
#[track_caller]
const fn has_bound(column: &ColumnDescriptor, key: &str, of_texts: &str, bound: Option<Bound>) {
    if matches!(column.kind, Kind::Text) {
        is_for(column, key, "numbers")
            .and("; write ")
            .word(of_texts)
            .and(" for the characters of a text")
            .refuse();
    }
    if !column.kind.is_number() {
        is_for(column, key, "numbers").and("; remove it").refuse();
    }
    if let (Kind::Integer { min, max }, Some(Bound::Integer(number))) = (column.kind, bound)
        && (number < min || max < number)
    {
        Message::new("")
            .word(column.field)
            .and(" holds numbers from ")
            .number(min)
            .and(" to ")
            .number(max)
            .and("; write one of these, or remove ")
            .word(key)
            .refuse();
    }
}

const fn is_for(column: &ColumnDescriptor, key: &str, what: &str) -> Message {
    Message::new("")
        .word(key)
        .and(" is for ")
        .and(what)
        .and(", and ")
        .word(column.field)
        .and(" is not")
}

/// Refuses `key`, which compares values, for a column of JSON.
#[track_caller]
pub const fn assert_no_json(descriptor: &Descriptor, column: usize, key: &str) {
    let column = &descriptor.columns[column];
    if matches!(column.kind, Kind::Json) {
        Message::new("")
            .word(key)
            .and(" compares values, and ")
            .word(column.field)
            .and(" is JSON; remove it")
            .refuse();
    }
}

/// Refuses a version that does not count.
#[track_caller]
pub const fn assert_version(descriptor: &Descriptor, column: usize) {
    let column = &descriptor.columns[column];
    if !matches!(column.kind, Kind::Integer { .. }) {
        Message::new("the version ")
            .word(column.field)
            .and(" counts changes; write an integer, such as `i64`")
            .refuse();
    }
    if column.nullable {
        never_null("the version ", column);
    }
}

/// Refuses a column that cannot be searched.
#[track_caller]
pub const fn assert_searchable(descriptor: &Descriptor, column: usize) {
    let column = &descriptor.columns[column];
    if !matches!(column.kind, Kind::Text) {
        Message::new("`search` is for text, and ")
            .word(column.field)
            .and(" is not; remove it")
            .refuse();
    }
}

/// Refuses a column that cannot be filtered or sorted by.
#[track_caller]
pub const fn assert_comparable(descriptor: &Descriptor, column: usize) {
    let column = &descriptor.columns[column];
    if matches!(column.kind, Kind::Json) {
        Message::new("")
            .word(column.field)
            .and(" is JSON, which has no order and no one form; remove it here")
            .refuse();
    }
}

/// Refuses a column of a primary key that cannot be in a URL, or may be null.
#[track_caller]
pub const fn assert_key(descriptor: &Descriptor, column: usize) {
    let column = &descriptor.columns[column];
    if matches!(column.kind, Kind::Json) {
        Message::new("the primary key ")
            .word(column.field)
            .and(" is in every URL and cannot be JSON; write another type")
            .refuse();
    }
    if column.nullable {
        never_null("the primary key ", column);
    }
}

#[track_caller]
const fn never_null(what: &str, column: &ColumnDescriptor) -> ! {
    Message::new(what)
        .word(column.field)
        .and(" cannot be null; write the type without `Option`")
        .refuse()
}

/// Refuses the name of a field that there is not when another was meant; otherwise begins to say so.
#[track_caller]
const fn no_field(descriptor: &Descriptor, name: &str, meant: Option<&str>) -> Message {
    let unknown = Message::new("no field ")
        .word(name)
        .and(" in ")
        .word(descriptor.name);
    if let Some(meant) = meant {
        unknown.and("; did you mean ").word(meant).and("?").refuse();
    }
    unknown
}

/// The field that goes out whose name is nearest.
const fn nearest_field(descriptor: &Descriptor, name: &str) -> Option<&'static str> {
    let mut nearest = Nearest::to(name);
    let mut index = 0;
    while let Some(field) = shown(descriptor, index) {
        nearest = nearest.or(field);
        index += 1;
    }
    nearest.found()
}

/// A message with all fields that go out: "`id`, `name` and `books`".
const fn with_all_fields(descriptor: &Descriptor, mut message: Message) -> Message {
    let mut index = 0;
    while let Some(field) = shown(descriptor, index) {
        if index > 0 {
            let is_last = shown(descriptor, index + 1).is_none();
            message = message.and(if is_last { " and " } else { ", " });
        }
        message = message.word(field);
        index += 1;
    }
    message
}

/// The name of a field or relation that goes out, by its place among these.
const fn shown(descriptor: &Descriptor, mut place: usize) -> Option<&'static str> {
    let mut index = 0;
    while index < descriptor.columns.len() {
        let column = &descriptor.columns[index];
        if !column.write_only {
            if place == 0 {
                return Some(column.field);
            }
            place -= 1;
        }
        index += 1;
    }
    if place < descriptor.relations.len() {
        return Some(descriptor.relations[place].name);
    }
    None
}

const fn place_of_column(descriptor: &Descriptor, name: &str) -> Option<usize> {
    let mut index = 0;
    while index < descriptor.columns.len() {
        if is(descriptor.columns[index].field, name) {
            return Some(index);
        }
        index += 1;
    }
    None
}

const fn has_relation(descriptor: &Descriptor, name: &str) -> bool {
    let mut index = 0;
    while index < descriptor.relations.len() {
        if is(descriptor.relations[index].name, name) {
            return true;
        }
        index += 1;
    }
    false
}

const fn has_computed(descriptor: &Descriptor, name: &str) -> bool {
    let mut index = 0;
    while index < descriptor.computed.len() {
        if is(descriptor.computed[index].name, name) {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether a resource is one with errors, of which nothing is known: it may have any field.
const fn has_errors(descriptor: &Descriptor) -> bool {
    descriptor.name.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{has_computed, has_relation, nearest_field, place_of_column, shown};
    use crate::ModelResource;

    #[derive(ModelResource)]
    #[resource(serial_fields(get = [id, label()]), relations(next(has_one = Link, by = before)))]
    struct Link {
        id: i64,
        before: Option<i64>,
        #[resource(write_only)]
        secret: Option<String>,
    }

    impl Link {
        fn label(&self) -> String {
            format!("{} after {:?}, {:?}", self.id, self.before, self.secret)
        }
    }

    #[test]
    fn the_names_of_fields_are_known() {
        let descriptor = Link::DESCRIPTOR;
        assert_eq!(place_of_column(descriptor, "before"), Some(1));
        assert_eq!(place_of_column(descriptor, "befor"), None);
        assert!(has_relation(descriptor, "next") && !has_relation(descriptor, "before"));
        assert!(has_computed(descriptor, "label") && !has_computed(descriptor, "before"));
    }

    #[test]
    fn only_what_goes_out_is_suggested() {
        let descriptor = Link::DESCRIPTOR;
        let all: Vec<_> = (0..9).map_while(|place| shown(descriptor, place)).collect();
        assert_eq!(all, ["id", "before", "next"]);
        assert_eq!(nearest_field(descriptor, "befoer"), Some("before"));
        assert_eq!(nearest_field(descriptor, "secert"), None);
    }
}

//! Records from JSON in code, checked as a `POST` checks them.
//!
//! It does not know where the JSON is from, and stores nothing.

use super::object::Object;
use super::{Draft, Unknown};
use crate::column::{Row, Value, ValueCells};
use crate::error::Report;
use crate::resource::ModelResource;

/// Records from JSON; every resource has it.
///
/// ```
/// use topchef_runtime::{FromJson, ModelResource};
///
/// #[derive(ModelResource)]
/// struct Book {
///     id: i64,
///     #[resource(max_length = 10)]
///     title: String,
///     #[resource(default = true)]
///     on_shelf: bool,
///     #[resource(write_only)]
///     secret: Option<String>,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let book = Book::from_json(br#"{"title": "Dune"}"#)?;
/// assert!(book.on_shelf);
/// assert_eq!(book.to_json_of(&["title", "on_shelf"])?, br#"{"title":"Dune","on_shelf":true}"#);
///
/// let report = Book::from_json(br#"{"title": "The Left Hand of Darkness", "on_shelf": 1}"#).err();
/// assert_eq!(report.map_or(0, |report| report.errors().len()), 2);
///
/// assert!(book.to_json_of(&["secret"]).is_err());
/// # Ok(()) }
/// ```
pub trait FromJson: ModelResource {
    /// A record from a JSON object with the names of a request's body.
    ///
    /// What is left out gets its default or null; a key that the database assigns is zero until it is stored.
    /// Hooks do not run.
    ///
    /// # Errors
    /// A [`Report`] of everything that is wrong, as a `POST` of the same body gives it.
    fn from_json(body: &[u8]) -> Result<Self, Report> {
        let object = Object::read(body)?;
        let draft = Draft::read(Self::DESCRIPTOR, &object, Unknown::Refuse);
        let values = completed(draft)?;
        Ok(Self::from_row(&Row::new(&ValueCells(&values)))?)
    }
}

impl<M: ModelResource> FromJson for M {}

/// A value for each column.
fn completed(mut draft: Draft) -> Result<Vec<Value>, Report> {
    let mut missing = draft.missing();
    // A field that is wrong is not missing too.
    missing.retain(|error| !draft.wrong.tells_of(error.pointer()));
    draft.wrong.append(missing);
    std::mem::take(&mut draft.wrong).into_result()?;
    draft.complete();
    let unassigned = || Value::BigInt(Some(0));
    let values = draft.values.into_iter();
    Ok(values
        .map(|value| value.unwrap_or_else(unassigned))
        .collect())
}

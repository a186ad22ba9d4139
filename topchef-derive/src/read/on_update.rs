//! `on_update = value`.
//!
//! It does not know the field's type.

use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::DefaultValue;

/// What a field becomes with every change: written as a default is, but never the type's own.
pub(super) struct OnUpdate(pub(super) DefaultValue);

impl Value for OnUpdate {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        if let Form::Value(_) = given.form {
            return DefaultValue::read(given, problems).map(Self);
        }
        given.is_wrong(
            "`on_update` takes what the field becomes with every change: write `on_update = Utc::now`",
            problems,
        );
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn on_update_is_an_expression() {
        let wanted = "`on_update` takes what the field becomes with every change: write `on_update = Utc::now`";
        assert_eq!(
            problems! {
                struct Book {
                    id: Uuid,
                    #[resource(on_update)]
                    changed_at: DateTime<Utc>,
                    #[resource(on_update(Utc::now))]
                    touched_at: DateTime<Utc>,
                    #[resource(on_update = )]
                    seen_at: DateTime<Utc>,
                    #[resource(on_update = Utc::now)]
                    read_at: DateTime<Utc>,
                    #[resource(on_update = Some(0))]
                    turns: Option<i32>,
                }
            },
            [
                format!("on_update: {wanted}"),
                format!("Utc::now: {wanted}"),
                format!("on_update: {wanted}"),
            ],
        );
    }
}

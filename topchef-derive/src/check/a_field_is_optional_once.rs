//! A column is null or holds a value, and there is nothing between.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for column in resource.columns.iter().filter(|it| it.json.is_none()) {
        if let Some(inner) = column.twice_optional() {
            let name = &column.name;
            problems.at(
                inner,
                format!(
                    "`{name}` is null or holds a value, so one `Option` is enough; remove this one"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn an_option_of_an_option_is_refused() {
        assert_eq!(
            problems! {
                struct Book { id: Uuid, title: Option<Option<String>>, body: Option<String> }
            },
            [
                "Option<String>: `title` is null or holds a value, so one `Option` is enough; remove this one"
            ],
        );
    }
}

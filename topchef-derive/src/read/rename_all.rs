//! `rename_all = "camelCase"`.
//!
//! It does not know what a case does to a name.

use syn::LitStr;

use super::key::{Given, Value};
use crate::diag::{Problems, suggestion};
use crate::model::Case;

impl Value for Case {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        let written = <LitStr as Value>::read(given, problems)?;
        let text = written.value();
        let case = Self::ALL.into_iter().find(|case| case.name() == text);
        if case.is_none() {
            let hint = suggestion(&text, &Self::ALL.map(Self::name), "there are");
            problems.at(&written, format!("no case `{text}`; {hint}"));
        }
        case
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_case_has_serdes_name() {
        assert_eq!(
            problems! {
                #[resource(rename_all = "camlCase")]
                struct Book { id: Uuid }
            },
            ["\"camlCase\": no case `camlCase`; did you mean `camelCase`?"],
        );
        assert_eq!(
            problems! {
                #[resource(rename_all = "Train-Case")]
                struct Book { id: Uuid }
            },
            [
                "\"Train-Case\": no case `Train-Case`; there are `lowercase`, `UPPERCASE`, `PascalCase`, `camelCase`, \
                 `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` and `SCREAMING-KEBAB-CASE`"
            ],
        );
    }
}

//! The names that follow from Rust's: the table, the URL, the constant of a typed column.
//!
//! It does not know which of them were written.

use heck::{ToKebabCase, ToShoutySnakeCase, ToSnakeCase};

/// The table of a struct: its name in the plural and in snake case.
pub(super) fn table(name: &str) -> String {
    plural(&name.to_snake_case(), '_')
}

/// The last part of a struct's URL: its name in the plural and in kebab case.
pub(super) fn url_name(name: &str) -> String {
    plural(&name.to_kebab_case(), '-')
}

/// The constant of a field's typed column.
pub(super) fn constant(field: &str) -> String {
    let constant = field.to_shouty_snake_case();
    if constant.starts_with(|first: char| first.is_alphabetic()) {
        constant
    } else {
        // Fields such as `_1` and `__`, of which too little is left.
        format!("_{constant}_")
    }
}

/// The words with the last one in the plural.
fn plural(words: &str, separator: char) -> String {
    match words.rsplit_once(separator) {
        Some((before, last)) => format!(
            "{before}{separator}{}",
            pluralizer::pluralize(last, 2, false)
        ),
        None => pluralizer::pluralize(words, 2, false),
    }
}

#[cfg(test)]
mod tests {
    use super::{constant, table, url_name};

    #[test]
    fn tables_are_plural() {
        for (name, expected) in [
            ("Book", "books"),
            ("CustomerOrder", "customer_orders"),
            ("Person", "people"),
            ("Category", "categories"),
            ("HTTPLog", "http_logs"),
            ("JobSet", "job_sets"),
            ("Equipment", "equipment"),
            ("Books", "books"),
        ] {
            assert_eq!(table(name), expected);
        }
    }

    #[test]
    fn urls_are_plural() {
        for (name, expected) in [
            ("Author", "authors"),
            ("HttpLog", "http-logs"),
            ("SalesPerson", "sales-people"),
            ("CompanyAddress", "company-addresses"),
        ] {
            assert_eq!(url_name(name), expected);
        }
    }

    #[test]
    fn constants_are_identifiers() {
        for (field, expected) in [
            ("pub_year", "PUB_YEAR"),
            ("title2", "TITLE2"),
            ("_id", "ID"),
            ("self_", "SELF"),
            ("_1", "_1_"),
            ("__", "__"),
        ] {
            assert_eq!(constant(field), expected);
        }
    }
}

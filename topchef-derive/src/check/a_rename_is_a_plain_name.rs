//! A name on the wire stands in URLs, where dots, commas and brackets mean something.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let written = resource
        .columns
        .iter()
        .filter_map(|column| column.rename.as_ref());
    for written in written {
        let name = written.value();
        let is_plain = name
            .chars()
            .all(|letter| letter.is_alphanumeric() || "_-".contains(letter))
            && name.starts_with(|first: char| first != '-');
        if !is_plain {
            let name = name.escape_debug();
            problems.at(
                written,
                format!(
                    "`{name}` cannot be a name in JSON and URLs; write letters, digits, `_` and `-`: \
                     `rename = \"title\"`"
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn empty_and_odd_names_are_refused() {
        let wanted = "cannot be a name in JSON and URLs; write letters, digits, `_` and `-`: `rename = \"title\"`";
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(rename = "")]
                    id: Uuid,
                    #[resource(rename = "author.name")]
                    author: String,
                    #[resource(rename = "price[eur]")]
                    price: f64,
                    #[resource(rename = "-pages")]
                    pages: i32,
                    #[resource(rename = "größe-2_a")]
                    size: i32,
                }
            },
            [
                format!("\"\": `` {wanted}"),
                format!("\"author.name\": `author.name` {wanted}"),
                format!("\"price[eur]\": `price[eur]` {wanted}"),
                format!("\"-pages\": `-pages` {wanted}"),
            ],
        );
    }
}

//! Only text is searched; a type that the macro cannot know is left to the compiler.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    for named in &resource.collection.search {
        let Some(column) = named.column.map(|place| &resource.columns[place]) else {
            continue;
        };
        if let (true, None, Some(ty)) = (
            column.is_plainly_not_text(),
            &column.json,
            column.type_name(),
        ) {
            let word = &named.word;
            problems.at(
                word,
                format!("`search` is for text, and `{word}` is of type `{ty}`; remove it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_number_is_not_searched() {
        assert_eq!(
            problems! {
                #[resource(collection(search = [title, pages, isbn, printed]))]
                struct Book { id: Uuid, title: Option<String>, pages: i32, isbn: Isbn, printed: Option<NaiveDate> }
            },
            [
                "pages: `search` is for text, and `pages` is of type `i32`; remove it",
                "printed: `search` is for text, and `printed` is of type `NaiveDate`; remove it",
            ],
        );
    }
}

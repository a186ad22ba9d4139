//! A page holds at least one record, and no more than the longest page.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let collection = &resource.collection;
    let sizes = [
        ("page_size", &collection.page_size),
        ("max_page_size", &collection.max_page_size),
    ];
    let mut positive = true;
    for (key, size) in sizes {
        if let Some(size) = size
            && size.value < 1
        {
            positive = false;
            problems.at(
                &size.written,
                format!("`{key}` counts records; write 1 or more"),
            );
        }
    }
    if let Some(size) = &collection.page_size
        && positive
        && size.value > collection.max()
    {
        let max = collection.max();
        let message = match collection.max_page_size {
            Some(_) => format!(
                "a page is never longer than `max_page_size`; write {max} or less, or a larger `max_page_size`"
            ),
            None => format!(
                "a page is never longer than {max}; write `max_page_size = {}` as well",
                size.value
            ),
        };
        problems.at(&size.written, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_page_has_a_length() {
        for (given, wanted) in [
            (
                "page_size = 0",
                "0: `page_size` counts records; write 1 or more",
            ),
            (
                "max_page_size = -1",
                "-1: `max_page_size` counts records; write 1 or more",
            ),
            (
                "page_size = 20, max_page_size = 10",
                "20: a page is never longer than `max_page_size`; write 10 or less, or a larger `max_page_size`",
            ),
            (
                "page_size = 500",
                "500: a page is never longer than 200; write `max_page_size = 500` as well",
            ),
        ] {
            let item = format!("#[resource(collection({given}))] struct Book {{ id: Uuid }}");
            let problems = crate::testing::problems_of(&item, crate::pipeline::resource_stages);
            assert_eq!(problems, [wanted]);
        }
        let problems = problems! {
            #[resource(collection(page_size = 200, max_page_size = 200))]
            struct Book { id: Uuid }
        };
        assert!(problems.is_empty(), "{problems:?}");
    }
}

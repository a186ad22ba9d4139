//! A column of an enum without variants could hold nothing.

use crate::diag::Problems;
use crate::model::Enumeration;

pub(super) fn check(enumeration: &Enumeration, problems: &mut Problems) {
    let name = &enumeration.name;
    if enumeration.variants.is_empty() {
        problems.at(
            name,
            format!("`{name}` has no variants, so a column could hold nothing; add one"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::enum_problems;

    #[test]
    fn an_empty_enum_is_refused() {
        assert_eq!(
            enum_problems!(
                enum Status {}
            ),
            ["Status: `Status` has no variants, so a column could hold nothing; add one"],
        );
    }
}

//! A method that is listed twice is probably another one misspelt.

use crate::diag::Problems;
use crate::model::Resource;

pub(super) fn check(resource: &Resource, problems: &mut Problems) {
    let listed = &resource.methods.listed;
    for (place, method) in listed.iter().enumerate() {
        if listed[..place]
            .iter()
            .any(|before| before.method == method.method)
        {
            let word = &method.word;
            problems.at(word, format!("`{word}` is listed twice; remove one"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn the_second_one_is_refused() {
        assert_eq!(
            problems! {
                #[resource(methods(get, list, get))]
                struct Book { id: Uuid }
            },
            ["get: `get` is listed twice; remove one"],
        );
    }
}

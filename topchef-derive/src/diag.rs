//! Gathers everything that is wrong, each problem on the word it is about, and the phrases that problems share.
//!
//! It knows neither attributes nor resources.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// All that is wrong so far.
#[derive(Default)]
pub(crate) struct Problems(Vec<syn::Error>);

impl Problems {
    /// Says what is wrong with `word`, all of which is underlined.
    pub(crate) fn at(&mut self, word: &impl ToTokens, message: impl Display) {
        self.0.push(syn::Error::new_spanned(word, message));
    }

    /// Takes a syntax error as it is.
    pub(crate) fn syntax(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Takes the errors of a receiver; those that do not say where they are get the place of `within`.
    pub(crate) fn received<T>(
        &mut self,
        received: darling::Result<T>,
        within: &impl ToTokens,
    ) -> Option<T> {
        match received {
            Ok(value) => Some(value),
            Err(errors) => {
                for error in errors.flatten() {
                    if error.has_span() {
                        self.0.push(error.into());
                    } else {
                        self.at(within, error);
                    }
                }
                None
            }
        }
    }

    /// Adds what somebody else gathered.
    pub(crate) fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One `compile_error!` for each problem.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0
            .into_iter()
            .map(syn::Error::into_compile_error)
            .collect()
    }

    /// The problems, for tests.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &syn::Error> {
        self.0.iter()
    }
}

/// What a message about an unknown word ends with: "did you mean `title`?", or else `there_are` and all known words.
pub(crate) fn suggestion(word: &str, known: &[&str], there_are: &str) -> String {
    match closest(word, known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("{there_are} {}", listed(known)),
    }
}

/// Whether a word is a known one, or near one.
pub(crate) fn is_near(word: &str, known: &[&str]) -> bool {
    closest(word, known).is_some()
}

/// The words in backticks: "`get`, `list` and `post`".
pub(crate) fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// The known word that is nearest, when a third of the letters or fewer differ, or only that some are large.
fn closest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if let Some(same) = known.iter().find(|known| known.eq_ignore_ascii_case(word)) {
        return Some(same);
    }
    let limit = word.chars().count().max(3) / 3;
    known
        .iter()
        .map(|known| (strsim::osa_distance(word, known), *known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::{Problems, listed, suggestion};
    use quote::quote;

    #[test]
    fn a_near_word_is_suggested() {
        let known = ["title", "pub_year"];
        assert_eq!(
            suggestion("titel", &known, "there are"),
            "did you mean `title`?"
        );
        assert_eq!(
            suggestion("pubyear", &known, "there are"),
            "did you mean `pub_year`?"
        );
    }

    #[test]
    fn without_a_near_word_all_are_listed() {
        assert_eq!(
            suggestion("x", &["id", "title", "isbn"], "there are"),
            "there are `id`, `title` and `isbn`"
        );
        assert_eq!(listed(&["id"]), "`id`");
        assert_eq!(listed(&[]), "none");
    }

    #[test]
    fn errors_of_a_receiver_are_flattened_and_none_is_without_a_place() {
        let mut problems = Problems::default();
        let errors = darling::Error::multiple(vec![
            darling::Error::missing_field("name"),
            darling::Error::custom("second").with_span(&quote!(there)),
        ]);
        assert_eq!(problems.received(Err::<(), _>(errors), &quote!(here)), None);
        assert_eq!(problems.iter().count(), 2);
    }
}

//! Which known key somebody may have meant by one that is not known.
//! It does not know what the keys are for.

/// The known key that is nearest, when a third of the letters or fewer differ.
///
/// A key in the wrong table, in none, or with its table's name before an underscore is near to the right one.
pub(super) fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.chars().count().max(3) / 3;
    known
        .map(|known| (distance(word, known), known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

fn distance(word: &str, known: &str) -> usize {
    let spellings = |key: &str| [key.replace(['.', '-'], "_"), last(key).replace('-', "_")];
    let pairs = spellings(word).into_iter().flat_map(|word| {
        spellings(known).map(|known| strsim::osa_distance(&word.to_lowercase(), &known))
    });
    pairs.min().unwrap_or(usize::MAX)
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_key_is_suggested_in_whatever_table_it_stands() {
        let known = ["port", "database", "log.file", "limits.max_body_bytes"];
        for (word, meant) in [
            ("prot", Some("port")),
            ("databse", Some("database")),
            ("log_file", Some("log.file")),
            ("logs.file", Some("log.file")),
            ("log.fiel", Some("log.file")),
            ("max-body-bytes", Some("limits.max_body_bytes")),
            ("MAX_BODY_BYTES", Some("limits.max_body_bytes")),
            ("password", None),
            ("x", None),
        ] {
            assert_eq!(closest(word, known.into_iter()), meant, "{word}");
        }
    }
}

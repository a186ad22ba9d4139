//! The tokens that were configured: the table `[tokens]` of the configuration file, and a file with nothing else.
//! It does not know what they are good for; no message repeats a value, which may be a token in the wrong place.

use std::path::Path;

use super::{
    error::ConfigError,
    file::File,
    origin::Origin,
    settings::TOKENS_FILE,
    source::{Given, Sources},
};
use crate::tokens::{TokenHash, Tokens, is_name};

/// A token as it was configured: its name, and its hash with where that stands.
pub(super) type GivenToken = (String, Given);

/// All tokens that were configured, in the order of the files.
pub(super) fn given_tokens(sources: &Sources<'_>) -> Result<Vec<GivenToken>, ConfigError> {
    let mut given = sources.file.tokens()?;
    if let Some(named) = sources.find(TOKENS_FILE)? {
        given.extend(File::read_tokens(Path::new(&named.value))?);
    }
    Ok(given)
}

/// The tokens that are accepted; none where none is configured.
pub(super) fn tokens(sources: &Sources<'_>) -> Result<Tokens, ConfigError> {
    let given = given_tokens(sources)?;
    let mut tokens = Vec::with_capacity(given.len());
    for (name, hash) in &given {
        let origin = || hash.origin.clone();
        if !is_name(name) {
            let name = nameless(origin());
            return Err(ConfigError::TokenName { name });
        }
        let hash = TokenHash::parse(&hash.value);
        let hash = hash.ok_or_else(|| ConfigError::TokenForm { name: origin() })?;
        tokens.push((name.as_str(), hash));
    }
    Tokens::new(&tokens).map_err(|(one, other)| {
        let of = |name: &str| {
            let mut origins = given.iter().filter(|(given, _)| given == name);
            origins.next_back().map(|(_, hash)| hash.origin.clone())
        };
        ConfigError::SameToken {
            name: of(&other).unwrap_or(Origin::Default),
            other: one,
        }
    })
}

/// An origin without the name of a token: it may be a token in the wrong place.
fn nameless(origin: Origin) -> Origin {
    match origin {
        Origin::File { path, line, .. } => Origin::File {
            path,
            key: "tokens".to_owned(),
            line,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::source::tests::{Pairs, file, lookup};

    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn tokens_of(flags: Pairs<'_>, text: &str) -> Result<Tokens, ConfigError> {
        tokens(&Sources {
            flag: &lookup(flags),
            variable: &lookup(&[]),
            file: file(&text.replace("ABC", ABC))?,
        })
    }

    #[test]
    fn tokens_stand_in_a_table_and_in_a_file_of_their_own() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.toml");
        std::fs::write(&path, "\"worker.7\" = \"sha256:2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6\"\n").unwrap();
        let flags = [("--tokens-file", path.to_str().unwrap())];
        let tokens = tokens_of(&flags, "[tokens]\nada = \"ABC\"").unwrap();
        assert_eq!(tokens.names().collect::<Vec<_>>(), ["ada", "worker.7"]);
        assert_eq!(tokens.owner(b"abc").as_deref(), Some("ada"));
        assert_eq!(tokens.owner(b"c").as_deref(), Some("worker.7"));
        assert!(tokens_of(&[], "port = 1").unwrap().is_empty());

        let twice = tokens_of(&flags, "tokens.\"worker.7\" = \"ABC\"").unwrap_err();
        assert!(twice.to_string().contains("tokens.toml"), "{twice}");
        for (text, words) in [
            ("", "holds no token"),
            ("ada = 5", "`ada` on line 1"),
            ("ada = \"secret\"", "`ada` on line 1"),
            ("[tokens]\nada = \"secret\"", "`tokens` on line 1"),
            ("secret", "is not TOML: line 1"),
        ] {
            std::fs::write(&path, text).unwrap();
            let message = tokens_of(&flags, "").unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn what_is_no_token_is_refused_and_not_repeated() {
        for (text, words) in [
            (
                "[tokens]",
                "`tokens` on line 1 of topchef.toml holds no token",
            ),
            (
                "tokens = \"secret\"",
                "`tokens` on line 1 of topchef.toml is a string, but must be a table",
            ),
            (
                "[tokens]\nada = \"secret\"",
                "`tokens.ada` on line 2 of topchef.toml must be sha256: and 64 hexadecimal digits",
            ),
            (
                "[tokens]\nada = [\"secret\"]",
                "`tokens.ada` on line 2 of topchef.toml is an array, but must be a string",
            ),
            (
                "[tokens]\nada.b = \"ABC\"",
                "`tokens.ada` on line 2 of topchef.toml is a table, but must be a string",
            ),
            (
                "[tokens]\n\"a b\" = \"ABC\"",
                "a name in `tokens` on line 2 of topchef.toml is none for a token",
            ),
            (
                "[tokens]\ntopchef_secret = \"ada\"",
                "a name in `tokens` on line 2 of topchef.toml is none for a token",
            ),
            (
                "[tokens]\nada = \"ABC\"\nlab = \"ABC\"",
                "`tokens.lab` on line 3 of topchef.toml is the token of `ada`",
            ),
        ] {
            let message = tokens_of(&[], text).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }
}

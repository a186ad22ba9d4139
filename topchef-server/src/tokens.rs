//! Bearer tokens: how one is made, what is kept of it, and whose it is.
//! It does not know where tokens are configured, nor how a request carries one.

use std::fmt::{self, Write};
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a token begins with, so that people and scanners for secrets know one when they see it.
const PREFIX: &str = "topchef_";

/// What the hash of a token is written behind.
const SCHEME: &str = "sha256:";

/// The hash of a token: enough to know it again, and of no use to who reads it, since a token is long and random.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Reads `sha256:` and 64 hexadecimal digits; none when it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(SCHEME)?.as_bytes();
        let mut hash = [0; 32];
        if digits.len() != 2 * hash.len() {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(hash))
    }

    /// Whether two are the same, in a time that does not tell where they differ.
    fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
}

impl fmt::Display for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(SCHEME)?;
        self.0
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// The tokens that are accepted, each under the name of its owner; cheap to clone.
#[derive(Clone, Default)]
pub struct Tokens(Arc<[(Arc<str>, TokenHash)]>);

impl Tokens {
    /// These tokens.
    ///
    /// # Errors
    /// The names of two that are one and the same token, or that have one and the same name.
    pub fn new(tokens: &[(&str, TokenHash)]) -> Result<Self, (String, String)> {
        for (index, (name, hash)) in tokens.iter().enumerate() {
            for (other, known) in &tokens[..index] {
                if other == name || known.is(hash) {
                    return Err(((*other).to_owned(), (*name).to_owned()));
                }
            }
        }
        let tokens = tokens.iter().map(|(name, hash)| (Arc::from(*name), *hash));
        Ok(Self(tokens.collect()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of their owners.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// Whose a token is; all are looked at, whichever it is.
    pub fn owner(&self, token: &[u8]) -> Option<Arc<str>> {
        let hash = TokenHash::of(token);
        let mut owner = None;
        for (name, known) in self.0.iter() {
            if known.is(&hash) {
                owner = Some(Arc::clone(name));
            }
        }
        owner
    }
}

impl fmt::Debug for Tokens {
    /// The names alone.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.names()).finish()
    }
}

impl PartialEq for Tokens {
    fn eq(&self, other: &Self) -> bool {
        let mut pairs = self.0.iter().zip(other.0.iter());
        self.0.len() == other.0.len()
            && pairs.all(|(one, other)| one.0 == other.0 && one.1.is(&other.1))
    }
}

impl Eq for Tokens {}

/// Whether a token may be called that: the name goes into logs and into a file, as it is, and so is not a token itself.
pub fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
    (1..=64).contains(&name.len()) && name.bytes().all(is_plain) && !name.starts_with(PREFIX)
}

/// A new token: 256 random bits.
///
/// # Errors
/// The operating system has no randomness to give.
pub fn generate() -> io::Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    let mut token = PREFIX.to_owned();
    BASE64_URL_SAFE_NO_PAD.encode_string(random, &mut token);
    Ok(token)
}

/// The line of a configuration file that accepts a token under that name.
pub fn line(name: &str, token: &str) -> String {
    let mut line = String::new();
    // A name with a dot would be a table, and one with an at sign needs quotes: all have them. A string takes all.
    let _ = write!(line, "\"{name}\" = \"{}\"", TokenHash::of(token.as_bytes()));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_the_standard_and_is_read_as_it_is_written() {
        let abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hash = TokenHash::of(b"abc");
        assert_eq!(hash.to_string(), abc);
        assert!(TokenHash::parse(abc).unwrap().is(&hash));
        let upper = abc.to_uppercase().replace("SHA", "sha");
        assert!(TokenHash::parse(&upper).unwrap().is(&hash));
        for other in [
            "",
            "sha256:",
            &abc[7..],
            &abc[..70],
            &format!("{abc}0"),
            &abc.replace("ba", "g0"),
            &abc.replace("ba", "+a"),
            &abc.replace("sha256", "md5"),
            &format!("sha256:{}", "\u{e9}".repeat(32)),
        ] {
            assert!(TokenHash::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_token_has_one_owner() {
        let (one, other) = (TokenHash::of(b"one"), TokenHash::of(b"other"));
        let tokens = Tokens::new(&[("ada", one), ("lab", other)]).unwrap();
        assert_eq!(tokens.owner(b"one").as_deref(), Some("ada"));
        assert_eq!(tokens.owner(b"other").as_deref(), Some("lab"));
        for stranger in [&b""[..], b"On", b"one ", b"another"] {
            assert_eq!(tokens.owner(stranger), None);
        }
        let twice = ("ada".to_owned(), "lab".to_owned());
        assert_eq!(Tokens::new(&[("ada", one), ("lab", one)]), Err(twice));
        let twice = ("ada".to_owned(), "ada".to_owned());
        assert_eq!(Tokens::new(&[("ada", one), ("ada", other)]), Err(twice));
        assert_eq!(Tokens::default().owner(b""), None);
    }

    #[test]
    fn no_token_is_made_twice() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), PREFIX.len() + 43);
        assert!(one.starts_with(PREFIX));
    }

    #[test]
    fn a_name_goes_into_logs_and_files_as_it_is() {
        for name in ["ada", "worker-7", "a.b_c@lab", &"x".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
        let token = generate().unwrap();
        for name in [
            "",
            "a b",
            "a\nb",
            "\"a\"",
            "Ren\u{e9}",
            &"x".repeat(65),
            &token,
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}

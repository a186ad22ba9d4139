//! A line of curl as a request: the few options that the documentation uses, and what a shell makes of the quotes.
//!
//! It refuses what would not do the same where a reader types it, and knows nothing of answers.

use std::iter::Peekable;
use std::str::Chars;

/// Where the documentation says that the examples listen.
const HOST: &str = "localhost:3000";

/// What characters mean something to a shell when nothing is around them.
const SPECIAL: &str = "?*&;|<>(){}[]$`!#~\"";

/// What a line of curl sends.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Curl {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Curl {
    /// Reads `curl -X PUT localhost:3000/authors/1 --json '{}'`.
    pub(crate) fn read(line: &str) -> Self {
        let mut words = words(line).into_iter();
        assert_eq!(words.next().as_deref(), Some("curl"), "no curl: {line}");
        let (mut curl, mut method, mut globs) = (Self::default(), None, true);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("no value: {line}"));
            match word.as_str() {
                "-i" => {}
                "-g" => globs = false,
                "-I" => method = Some("HEAD".to_owned()),
                "-X" => method = Some(value()),
                "-H" => curl.headers.push(header(&value())),
                "--json" => {
                    curl.headers.push(header("content-type: application/json"));
                    curl.body = Some(value());
                }
                _ => curl.path = path(&word, globs, line),
            }
        }
        assert!(!curl.path.is_empty(), "no address: {line}");
        let default = if curl.body.is_some() { "POST" } else { "GET" };
        curl.method = method.unwrap_or_else(|| default.to_owned());
        curl
    }
}

fn header(text: &str) -> (String, String) {
    let (name, value) = text
        .split_once(':')
        .unwrap_or_else(|| panic!("no header: {text}"));
    (name.to_owned(), value.trim().to_owned())
}

fn path(word: &str, globs: bool, line: &str) -> String {
    let path = word
        .strip_prefix(HOST)
        .unwrap_or_else(|| panic!("{word:?} is not understood: {line}"));
    assert!(!path.contains(' '), "a space in an address: {line}");
    assert!(
        !globs || !path.contains(['[', ']', '{', '}']),
        "curl takes brackets for ranges without -g: {line}"
    );
    path.to_owned()
}

/// The words of a line, as a shell has them.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.chars().peekable();
    loop {
        while rest.next_if(|next| next.is_whitespace()).is_some() {}
        if rest.peek().is_none() {
            return words;
        }
        words.extend(word(&mut rest, line));
    }
}

/// The next word; none where a line goes on in the next.
fn word(rest: &mut Peekable<Chars<'_>>, line: &str) -> Option<String> {
    let mut word = String::new();
    let mut is_quoted = false;
    while let Some(next) = rest.next_if(|next| !next.is_whitespace()) {
        match next {
            '\'' => {
                is_quoted = true;
                let mut is_closed = false;
                for inner in rest.by_ref() {
                    if inner == '\'' {
                        is_closed = true;
                        break;
                    }
                    word.push(inner);
                }
                assert!(is_closed, "a quote is not closed: {line}");
            }
            '\\' if rest.next_if_eq(&'\n').is_some() => break,
            _ => {
                let is_plain = next != '\\' && !SPECIAL.contains(next);
                assert!(is_plain, "a shell would not pass on {next:?}: {line}");
                word.push(next);
            }
        }
    }
    (is_quoted || !word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_request() {
        let line = "curl -i -X PUT 'localhost:3000/books/1?fields=id' \\\n  -H 'X-User: ada' --json '{\"a\":\n1}'";
        let due = Curl {
            method: "PUT".to_owned(),
            path: "/books/1?fields=id".to_owned(),
            headers: vec![
                ("X-User".to_owned(), "ada".to_owned()),
                ("content-type".to_owned(), "application/json".to_owned()),
            ],
            body: Some("{\"a\":\n1}".to_owned()),
        };
        assert_eq!(Curl::read(line), due);
        assert_eq!(Curl::read("curl localhost:3000/books").method, "GET");
        assert_eq!(
            Curl::read("curl localhost:3000/books --json '{}'").method,
            "POST"
        );
        assert_eq!(
            Curl::read("curl -g 'localhost:3000/books?a[gt]=1'").path,
            "/books?a[gt]=1"
        );
    }

    #[test]
    fn what_would_do_something_else_is_refused() {
        for line in [
            "curl localhost:3000/books?a=1",
            "curl 'localhost:3000/books?a[gt]=1'",
            "curl 'localhost:3000/books?q=a b'",
            "curl localhost:3000/books --json '{}",
            "curl example.org/books",
            "curl -z localhost:3000/books",
            "wget localhost:3000/books",
        ] {
            let read = std::panic::catch_unwind(|| Curl::read(line));
            assert!(read.is_err(), "{line}");
        }
    }
}

//! The values of parameters: numbers, flags, lists with quotes, patterns.
//!
//! It does not know which parameter they are of, but for its name.

use std::borrow::Cow;

use crate::error::ApiError;
use crate::query::{Part, parts};

/// The most items of an `in`.
const MOST_ITEMS: usize = 500;

/// The longest pattern, in bytes.
const LONGEST_PATTERN: usize = 500;

/// The most `%` and `_` of a pattern: each `%` may make the database try again at every place of a text.
const MOST_WILDCARDS: usize = 10;

/// A whole number, zero or more.
pub(super) fn whole_number(name: &str, value: &str) -> Result<u64, ApiError> {
    value
        .parse::<u64>()
        .ok()
        // SQLite and PostgreSQL count rows in signed 64 bits.
        .filter(|number| i64::try_from(*number).is_ok())
        .ok_or_else(|| {
            ApiError::query_parameter(name, "type", "must be a whole number, zero or more")
        })
}

/// True or false.
pub(super) fn flag(name: &str, value: &str) -> Result<bool, ApiError> {
    value
        .parse()
        .map_err(|_| ApiError::query_parameter(name, "type", "must be true or false"))
}

/// The one value that a parameter takes.
pub(super) fn only(name: &str, value: &str, allowed: &str) -> Result<(), ApiError> {
    if value == allowed {
        return Ok(());
    }
    let detail = format!("no such value; allowed: {allowed}");
    Err(ApiError::query_parameter(name, "enum", detail))
}

/// The items of a comma-separated list; one that holds a comma or a quote, or nothing, stands in quotes.
pub(super) fn items<'a>(name: &str, value: &'a str) -> Result<Vec<Cow<'a, str>>, ApiError> {
    let mut scanner = Scanner::new(value);
    let mut items = Vec::new();
    loop {
        if items.len() == MOST_ITEMS {
            let detail = format!("has at most {MOST_ITEMS} items");
            return Err(ApiError::query_parameter(name, "too_many", detail));
        }
        if scanner.eats("\"") {
            items.push(Cow::Owned(scanner.quoted().ok_or_else(|| unclosed(name))?));
        } else {
            let item = scanner.until(&[',', '"']);
            if item.is_empty() {
                let detail = "an item is empty; an empty text is written `\"\"`";
                return Err(ApiError::query_parameter(name, "empty", detail));
            }
            items.push(Cow::Borrowed(item));
        }
        if scanner.is_at_end() {
            return Ok(items);
        }
        if !scanner.eats(",") {
            let detail = "a `\"` must stand around a whole item";
            return Err(ApiError::query_parameter(name, "syntax", detail));
        }
    }
}

/// The pattern of a `like`.
pub(super) fn pattern(name: &str, value: &str) -> Result<String, ApiError> {
    let refused = |code, detail: String| Err(ApiError::query_parameter(name, code, detail));
    if value.len() > LONGEST_PATTERN {
        return refused("max_length", format!("has at most {LONGEST_PATTERN} bytes"));
    }
    if value.contains('\0') {
        return refused("nul", "must not contain the character NUL".to_owned());
    }
    let wildcards = parts(value).filter(|part| !matches!(part, Part::Exactly(_)));
    if wildcards.count() > MOST_WILDCARDS {
        let detail = format!("has at most {MOST_WILDCARDS} of `%` and `_`");
        return refused("too_many", detail);
    }
    if value
        .chars()
        .rev()
        .take_while(|character| *character == '\\')
        .count()
        % 2
        == 1
    {
        let detail = "a `\\` at the end escapes nothing; one that is meant is written `\\\\`";
        return refused("syntax", detail.to_owned());
    }
    Ok(value.to_owned())
}

/// A quote that is never closed.
pub(super) fn unclosed(name: &str) -> ApiError {
    ApiError::query_parameter(name, "syntax", "a `\"` is not closed")
}

/// A text that is read from its beginning.
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// What was not read yet.
    pub(super) const fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// Reads this, if it comes next.
    pub(super) fn eats(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Reads up to one of these characters, or to the end.
    pub(super) fn until(&mut self, stops: &[char]) -> &'a str {
        let end = self.rest.find(stops).unwrap_or(self.rest.len());
        let (read, rest) = self.rest.split_at(end);
        self.rest = rest;
        read
    }

    /// Reads what stands before the closing quote, with that; `\` takes the next character as it is.
    pub(super) fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(characters.next()?),
                character => text.push(character),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
}

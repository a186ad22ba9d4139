//! Groups of conditions: `(a=1,b[gt]=2,and(c=3,not(d="x,y")))`.
//!
//! It does not know what a condition means.

use super::conditions::Conditions;
use super::values::{Scanner, unclosed};
use crate::error::{ApiError, shortened};
use crate::query::Condition;

/// How deep groups may stand in each other.
const DEEPEST: usize = 5;

/// What ends a name or a value that is not in quotes.
const STOPS: [char; 4] = [',', '(', ')', '"'];

/// Adds a group of which one condition must hold: `(a=1,b[gt]=2)`.
pub(super) fn any(conditions: &mut Conditions, text: &str) -> Result<(), ApiError> {
    let any = Group::new(conditions, text).whole()?;
    conditions.read.push(Condition::Any(any));
    Ok(())
}

/// A group being read.
struct Group<'a> {
    conditions: &'a mut Conditions,
    scanner: Scanner<'a>,
    depth: usize,
}

impl<'a> Group<'a> {
    fn new(conditions: &'a mut Conditions, text: &'a str) -> Self {
        Self {
            conditions,
            scanner: Scanner::new(text),
            depth: 0,
        }
    }

    /// The conditions of a group that is the whole of its text.
    fn whole(mut self) -> Result<Vec<Condition>, ApiError> {
        self.scanner.skip_spaces();
        if !self.scanner.eats("(") {
            return Err(self.expected("`(`"));
        }
        let conditions = self.inside()?;
        self.scanner.skip_spaces();
        if self.scanner.is_at_end() {
            Ok(conditions)
        } else {
            Err(self.expected("nothing more"))
        }
    }

    /// What stands between a bracket that was read and the one that closes it, with that.
    fn inside(&mut self) -> Result<Vec<Condition>, ApiError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let detail = format!("groups stand in each other at most {DEEPEST} deep");
            return Err(ApiError::query_parameter("or", "too_deep", detail));
        }
        let mut conditions = vec![self.item()?];
        while self.scanner.eats(",") {
            conditions.push(self.item()?);
        }
        if !self.scanner.eats(")") {
            return Err(self.expected("`,` or `)`"));
        }
        self.depth -= 1;
        Ok(conditions)
    }

    fn item(&mut self) -> Result<Condition, ApiError> {
        self.scanner.skip_spaces();
        let item = if self.scanner.eats("and(") {
            Condition::All(self.inside()?)
        } else if self.scanner.eats("or(") {
            Condition::Any(self.inside()?)
        } else if self.scanner.eats("not(") {
            self.not()?
        } else {
            self.condition()?
        };
        self.scanner.skip_spaces();
        Ok(item)
    }

    fn not(&mut self) -> Result<Condition, ApiError> {
        let mut inside = self.inside()?;
        match (inside.pop(), inside.is_empty()) {
            (Some(only), true) => Ok(Condition::Not(Box::new(only))),
            _ => Err(ApiError::query_parameter(
                "or",
                "syntax",
                "`not(…)` takes one condition; several of them stand in `and(…)` or `or(…)`",
            )),
        }
    }

    fn condition(&mut self) -> Result<Condition, ApiError> {
        let name = self.scanner.until(&['=', ',', '(', ')', '"']).trim_end();
        if name.is_empty() {
            return Err(self.expected("a condition, `and(`, `or(` or `not(`"));
        }
        if !self.scanner.eats("=") {
            return Err(self.expected("`=`"));
        }
        let quoted;
        let value = if self.scanner.eats("\"") {
            quoted = self.scanner.quoted().ok_or_else(|| unclosed("or"))?;
            &quoted
        } else {
            self.scanner.until(&STOPS)
        };
        self.conditions.grouped(name, value)
    }

    fn expected(&self, what: &str) -> ApiError {
        let detail = match self.scanner.rest() {
            "" => format!("expected {what} at the end"),
            rest => format!("expected {what} at `{}`", shortened(rest)),
        };
        ApiError::query_parameter("or", "syntax", detail)
    }
}

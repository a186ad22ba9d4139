//! What came back, and the shape that every refusal has.

use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// One HTTP answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case, as often as they came.
    pub headers: Vec<(String, String)>,
    /// The body; what is no UTF-8 in it is replaced.
    pub text: String,
    /// From the first byte sent to the last byte received.
    pub took: Duration,
}

/// One entry of a problem document's `errors`.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Common to all errors of a type.
    pub title: String,
    /// What was wrong this time.
    pub detail: String,
    /// Where in the body, as a JSON Pointer; none when the body was not what was wrong.
    pub pointer: Option<String>,
    /// The short name of the rule that was broken.
    pub code: String,
}

impl Answer {
    /// The only value of a header, or none.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(
            values.next().is_none(),
            "the header {name} came twice: {self:?}"
        );
        value
    }

    /// The content type without its parameters.
    pub fn media_type(&self) -> &str {
        let content_type = self.header("content-type").unwrap_or_default();
        content_type.split(';').next().unwrap_or_default().trim()
    }

    /// The methods of the `Allow` header.
    pub fn allow(&self) -> BTreeSet<&str> {
        let allow = self
            .header("allow")
            .unwrap_or_else(|| panic!("no Allow header: {self:?}"));
        allow.split(',').map(str::trim).collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("the body is not JSON ({error}): {self:?}"))
    }

    /// This answer, when it has that status; the test fails with all of it otherwise.
    #[expect(
        clippy::return_self_not_must_use,
        reason = "often the status is all that a test asks for"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "another status was due: {self:?}");
        self
    }

    /// The last part of `Location`: the id of what was made.
    pub fn made(&self) -> String {
        let location = self
            .header("location")
            .unwrap_or_else(|| panic!("no Location: {self:?}"));
        location.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The errors of a refusal, once all of the document has the form that every refusal has.
    ///
    /// RFC 9457 gives `type`, `title`, `status`, `detail`; `errors` is this API's own.
    pub fn problem(&self, status: u16) -> Vec<Fault> {
        assert_eq!(self.status, status, "another status was due: {self:?}");
        assert_eq!(
            self.media_type(),
            "application/problem+json",
            "a refusal that is no problem document: {self:?}"
        );
        let document = self.json();
        for key in ["type", "title", "detail"] {
            let text = document[key]
                .as_str()
                .unwrap_or_else(|| panic!("{key:?} is no string: {self:?}"));
            assert!(!text.is_empty(), "{key:?} is empty: {self:?}");
        }
        assert_eq!(
            document["status"], status,
            "the document gives another status than the answer: {self:?}"
        );
        let errors = document["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("no list of errors: {self:?}"));
        assert!(!errors.is_empty(), "a refusal without an error: {self:?}");
        errors.iter().map(|error| self.fault(error)).collect()
    }

    fn fault(&self, error: &Value) -> Fault {
        let text = |key: &str| match error[key].as_str() {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => panic!("an error without {key:?}: {self:?}"),
        };
        assert!(
            error["status_code"].is_u64(),
            "an error without a status_code: {self:?}"
        );
        let pointer = error["pointer"].as_str().map(str::to_owned);
        if let Some(pointer) = &pointer {
            assert!(
                pointer.is_empty() || pointer.starts_with('/'),
                "{pointer:?} is no JSON Pointer: {self:?}"
            );
        }
        Fault {
            title: text("title"),
            detail: text("detail"),
            pointer,
            code: text("code"),
        }
    }

    /// Asserts a refusal all of whose errors have `title`, and gives them.
    pub fn refused(&self, status: u16, title: &str) -> Vec<Fault> {
        let faults = self.problem(status);
        for fault in &faults {
            assert_eq!(fault.title, title, "another title was due: {self:?}");
        }
        faults
    }

    /// Asserts a 400 with exactly one error at each of `pointers`, in any order.
    pub fn refused_at(&self, title: &str, pointers: &[&str]) -> Vec<Fault> {
        let faults = self.refused(400, title);
        let mut found: Vec<_> = faults
            .iter()
            .map(|fault| fault.pointer.as_deref().unwrap_or("(none)"))
            .collect();
        let mut due = pointers.to_vec();
        found.sort_unstable();
        due.sort_unstable();
        assert_eq!(found, due, "errors at other places were due: {self:?}");
        faults
    }
}

/// Asserts that `object` has these keys, all of them and no other.
pub fn assert_keys(object: &Value, keys: &[&str]) {
    let map = object
        .as_object()
        .unwrap_or_else(|| panic!("no object: {object}"));
    let found: BTreeSet<_> = map.keys().map(String::as_str).collect();
    assert_eq!(
        found,
        keys.iter().copied().collect(),
        "exactly these keys were due: {object:#}"
    );
}

//! A page of documentation as a test: each of its requests is sent, in order, and must be answered as the page shows it.
//!
//! A request is a line `$ curl …` in a block of `console`; what stands below it is the answer. It does not know which
//! application answers.

use crate::curl::Curl;
use crate::{Answer, Api};
use serde_json::Value;

/// What stands in an answer for any text: a time, say.
const ANY: &str = "…";

/// A request of a page, and the answer that the page shows.
#[derive(Debug)]
struct Step {
    command: String,
    shown: String,
}

/// Sends every request of a page in Markdown, and holds the answers against those that it shows.
///
/// Where an answer begins with `HTTP/1.1 201 Created`, the status and the headers below it must be among those that came;
/// a body of JSON must be that which came, but for the texts that are `…`.
///
/// # Panics
/// When another answer comes.
pub async fn walk(api: &Api, page: &str) {
    walk_watched(api, page, |_| {}).await;
}

/// As [`walk`], and shows each request to `watch` once it is answered.
///
/// # Panics
/// When another answer comes.
pub async fn walk_watched(api: &Api, page: &str, mut watch: impl FnMut(&str)) {
    let steps = steps(page);
    assert!(!steps.is_empty(), "a page without a request");
    for step in steps {
        let answer = send(api, &step.command).await;
        step.hold(&answer);
        watch(&step.command);
    }
}

/// Sends the lines of curl in a file's `//!` comment, and asserts the status of each answer.
///
/// # Panics
/// When another status comes, or there are more or fewer lines.
pub async fn walk_comment(api: &Api, source: &str, statuses: &[u16]) {
    let comment = source.lines().map_while(|line| line.strip_prefix("//!"));
    let comment: Vec<_> = comment
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let comment = comment.join("\n");
    let block = comment.split("```").nth(1).unwrap_or_default();
    let commands: Vec<_> = block.split("\ncurl ").skip(1).collect();
    assert_eq!(commands.len(), statuses.len(), "{commands:#?}");
    for (command, status) in commands.into_iter().zip(statuses) {
        let command = format!("curl {}", command.trim_end());
        let answer = send(api, &command).await;
        assert_eq!(answer.status, *status, "{command}\n{answer:?}");
    }
}

async fn send(api: &Api, command: &str) -> Answer {
    let curl = Curl::read(command);
    let mut request = api.request(&curl.method, &curl.path);
    for (name, value) in &curl.headers {
        request = request.header(name, value);
    }
    if let Some(body) = curl.body {
        request = request.body(body);
    }
    api.send(request).await
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for block in page.split("```console\n").skip(1) {
        let (block, _) = block.split_once("\n```").expect("a block without an end");
        let block = format!("\n{block}");
        for step in block.split("\n$ ").skip(1) {
            let (command, shown) = split(step);
            steps.push(Step { command, shown });
        }
    }
    steps
}

/// The command, which goes on as long as a quote is open or a line ends in a backslash, and what stands below it.
fn split(step: &str) -> (String, String) {
    let mut is_quoted = false;
    let mut before = ' ';
    for (position, next) in step.char_indices() {
        match next {
            '\'' => is_quoted = !is_quoted,
            '\n' if !is_quoted && before != '\\' => {
                let (command, shown) = step.split_at(position);
                return (command.to_owned(), shown.trim().to_owned());
            }
            _ => {}
        }
        before = next;
    }
    (step.to_owned(), String::new())
}

impl Step {
    fn hold(&self, answer: &Answer) {
        let (head, body) = if self.shown.starts_with("HTTP/1.1 ") {
            let parts = self.shown.split_once("\n\n");
            parts.unwrap_or((&self.shown, ""))
        } else {
            ("", self.shown.as_str())
        };
        let mut lines = head.lines();
        if let Some(line) = lines.next() {
            let status = line.split(' ').nth(1).and_then(|it| it.parse().ok());
            assert_eq!(status, Some(answer.status), "{self:#?}\n{answer:#?}");
        }
        for line in lines {
            let (name, value) = line.split_once(": ").expect("a header");
            let is_right = |came: &str| came == value || value == ANY;
            assert!(
                answer.header(name).is_some_and(is_right),
                "{name}\n{self:#?}\n{answer:#?}"
            );
        }
        if body.is_empty() {
            assert_eq!(answer.text, "", "{self:#?}");
        } else {
            let due: Value = serde_json::from_str(body)
                .unwrap_or_else(|error| panic!("{error} in what the page shows: {self:#?}"));
            let came = answer.json();
            assert!(is(&due, &came), "{self:#?}\n{came:#}\n{answer:?}");
        }
    }
}

/// Whether a value is what is shown, in which some texts are left open.
fn is(due: &Value, came: &Value) -> bool {
    match (due, came) {
        (Value::String(due), Value::String(_)) if due == ANY => true,
        (Value::Array(due), Value::Array(came)) => {
            due.len() == came.len() && due.iter().zip(came).all(|(due, came)| is(due, came))
        }
        (Value::Object(due), Value::Object(came)) => {
            due.len() == came.len()
                && due
                    .iter()
                    .all(|(key, due)| came.get(key).is_some_and(|came| is(due, came)))
        }
        _ => due == came,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_is_requests_with_answers() {
        let page = "Text.\n```console\n$ curl a \\\n -i\nHTTP/1.1 200 OK\n\n{}\n$ curl b --json '{\n\n}'\n```\n\n```console\n$ curl c\n[1]\n```\n";
        let steps: Vec<_> = steps(page)
            .into_iter()
            .map(|step| (step.command, step.shown))
            .collect();
        let due = [
            ("curl a \\\n -i", "HTTP/1.1 200 OK\n\n{}"),
            ("curl b --json '{\n\n}'", ""),
            ("curl c", "[1]"),
        ];
        assert_eq!(
            steps,
            due.map(|(command, shown)| (command.to_owned(), shown.to_owned()))
        );
    }

    #[test]
    fn only_texts_are_left_open() {
        let due = json!({"at": "…", "list": [1, "…"]});
        assert!(is(&due, &json!({"at": "now", "list": [1, "x"]})));
        assert!(!is(&due, &json!({"at": 5, "list": [1, "x"]})));
        assert!(!is(&due, &json!({"at": "now", "list": [2, "x"]})));
        assert!(!is(&due, &json!({"at": "now", "list": [1, "x", 3]})));
        assert!(!is(
            &due,
            &json!({"at": "now", "list": [1, "x"], "more": 1})
        ));
        assert!(!is(&due, &json!({"at": "now"})));
    }
    #[test]
    fn any_other_answer_is_refused() {
        let answer = Answer {
            status: 201,
            headers: vec![("location".to_owned(), "/books/1".to_owned())],
            text: r#"{"id": 1}"#.to_owned(),
            took: std::time::Duration::ZERO,
        };
        let holds = |shown: &str| {
            let step = Step {
                command: "curl".to_owned(),
                shown: shown.to_owned(),
            };
            std::panic::catch_unwind(|| step.hold(&answer)).is_ok()
        };
        assert!(holds(
            "HTTP/1.1 201 Created\nlocation: /books/1\n\n{\"id\": 1}"
        ));
        assert!(holds("HTTP/1.1 201 Created\nlocation: …\n\n{\"id\": 1}"));
        assert!(holds("{\"id\": 1}"));
        assert!(!holds("HTTP/1.1 200 OK\n\n{\"id\": 1}"));
        assert!(!holds(
            "HTTP/1.1 201 Created\nlocation: /books/2\n\n{\"id\": 1}"
        ));
        assert!(!holds("HTTP/1.1 201 Created\netag: \"1\"\n\n{\"id\": 1}"));
        assert!(!holds("HTTP/1.1 201 Created"));
        assert!(!holds("{\"id\": 2}"));
        assert!(!holds(""));
    }
}

//! `config`: prints what every setting is in the end and where that was given.
//! It does not know how the settings are resolved.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::flags::ServeFlags;
use crate::config::{AllInForce, InForce, Origin, Shown};

/// The flags of `config`: those of `serve`, and how it is printed.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Print a JSON array with an object for each setting
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) flags: ServeFlags,
}

/// Prints the settings on stdout.
pub(super) fn run(all: &AllInForce, as_json: bool) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    if as_json {
        let settings = all.settings.iter().map(to_json);
        let tokens = all.tokens.iter().map(|(name, origin)| {
            // A hash opens nothing, but nobody needs to see it either.
            given(&format!("tokens.{name}"), &Value::Null, origin)
        });
        writeln!(stdout, "{:#}", settings.chain(tokens).collect::<Value>())?;
    } else {
        write_toml(all, &mut stdout)?;
    }
    stdout.flush()
}

/// A configuration file that says the same, without passwords and tokens, with the origin of each value in a comment.
fn write_toml(all: &AllInForce, out: &mut impl Write) -> io::Result<()> {
    let mut table = "";
    for InForce {
        setting,
        value,
        origin,
    } in &all.settings
    {
        let (own_table, key) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if own_table != table {
            table = own_table;
            writeln!(out, "\n[{table}]")?;
        }
        match value {
            Some(value) => writeln!(out, "{key} = {}  # {}", literal(value), in_comment(origin))?,
            None => writeln!(out, "# {key} is not set")?,
        }
    }
    for (name, origin) in &all.tokens {
        writeln!(out, "\n# the token of {name}  # {}", in_comment(origin))?;
    }
    Ok(())
}

/// A value as TOML writes it.
fn literal(value: &Shown) -> String {
    match value {
        // What JSON escapes is escaped alike in TOML, which escapes one character more.
        Shown::Text(text) => json!(text).to_string().replace('\u{7f}', "\\u007F"),
        Shown::Number(number) => number.to_string(),
        Shown::Switch(switch) => switch.to_string(),
    }
}

/// An origin in one line, whatever the file is called.
fn in_comment(origin: &Origin) -> String {
    origin
        .to_string()
        .replace(char::is_control, &char::REPLACEMENT_CHARACTER.to_string())
}

fn to_json(found: &InForce) -> Value {
    given(found.setting.key, &json!(found.value), &found.origin)
}

fn given(key: &str, value: &Value, origin: &Origin) -> Value {
    match origin {
        Origin::Default => json!({"key": key, "value": value, "source": "default"}),
        Origin::Program => json!({"key": key, "value": value, "source": "program"}),
        Origin::Flag(name) => {
            json!({"key": key, "value": value, "source": "flag", "name": name})
        }
        Origin::Variable(name) => {
            json!({"key": key, "value": value, "source": "variable", "name": name})
        }
        Origin::File { path, line, .. } => {
            let file = path.display().to_string();
            json!({"key": key, "value": value, "source": "file", "file": file, "line": line})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SETTINGS;

    #[test]
    fn the_text_is_a_configuration_file() {
        let hostile = "a \"quoted\\ name\"\n\u{7f}\u{1} Ren\u{e9}";
        let settings: Vec<_> = SETTINGS
            .into_iter()
            .map(|setting| InForce {
                setting,
                value: (setting.key != "public_url").then(|| Shown::Text(hostile.to_owned())),
                origin: Origin::File {
                    path: "line\nbreak.toml".into(),
                    key: setting.key.to_owned(),
                    line: 1,
                },
            })
            .collect();
        let tokens = vec![("ada".to_owned(), Origin::Default)];
        let mut text = Vec::new();
        write_toml(&AllInForce { settings, tokens }, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let table = toml::de::DeTable::parse(&text).unwrap_or_else(|error| panic!("{error}"));
        for setting in SETTINGS {
            let value = match setting.key.split_once('.') {
                None => table.get_ref().get(setting.key),
                Some((table_name, key)) => table.get_ref()[table_name].get_ref().get(key),
            };
            let value = value.and_then(|value| value.get_ref().as_str());
            let expected = Some(hostile).filter(|_| setting.key != "public_url");
            assert_eq!(value, expected, "{}: {text}", setting.key);
        }
    }
}

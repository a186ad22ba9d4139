//! The page on configuration, held to the table of the settings.
//! It does not know how the page reads.

use super::source::Sources;
use super::source::tests::{file, lookup};
use super::{CONFIG_FILE, SETTINGS, resolve};

const PAGE: &str = include_str!("../../docs/configuration.md");

/// What stands on the page between fences of that language, the first time.
fn block(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_example_is_a_configuration() {
    let sources = Sources {
        flag: &lookup(&[]),
        variable: &lookup(&[]),
        file: file(block("toml")).unwrap(),
    };
    let config = resolve::serve(&sources).unwrap();
    assert_eq!(config.address.to_string(), "0.0.0.0:5000");
    assert_eq!(config.log.keep, 90);
    assert_eq!(config.limits.document_bytes, 4_194_304);
    assert_eq!(config.tokens.owner(b"abc").as_deref(), Some("worker-7"));
}

#[test]
fn every_setting_has_its_row() {
    let rows = || PAGE.lines().filter(|line| line.starts_with('|')).skip(2);
    assert_eq!(rows().count(), SETTINGS.len() + 1);
    for setting in SETTINGS.into_iter().chain([CONFIG_FILE]) {
        let flag = format!("| `{}` |", setting.flag);
        let row = rows().find(|row| row.contains(&flag));
        let row = row.unwrap_or_else(|| panic!("no {} on the page", setting.flag));
        if setting.flag != CONFIG_FILE.flag {
            assert!(row.starts_with(&format!("| `{}` |", setting.key)), "{row}");
        }
        let variables: Vec<_> = setting
            .variables
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        assert!(
            row.contains(&format!("| {} |", variables.join(", "))),
            "{row}"
        );
        assert!(row.contains(setting.default), "{row}");
    }
}

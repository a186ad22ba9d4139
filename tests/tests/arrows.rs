//! The arrows of the house (ARCHITECTURE.md), read off the sources: which crate, module and word may be named where.
//!
//! It reads tokens, not text, so comments and strings name nothing; what stands under `#[cfg(test)]` is left out.

#![expect(clippy::panic, reason = "sources that cannot be read fail the test")]

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which crates of the workspace each crate may depend on.
const CRATES: &[(&str, &[&str])] = &[
    ("topchef-derive", &[]),
    ("topchef-runtime", &["topchef-derive"]),
    ("topchef-server", &["topchef-runtime"]),
    ("tests", &["topchef-server", "topchef-runtime"]),
    ("ui-tests", &["topchef-runtime"]),
];

/// What a part of a crate must not name.
struct Rule {
    krate: &'static str,
    /// Folders and files below `src` by their module's name; each must be there.
    parts: &'static [&'static str],
    /// Identifiers; with `!` behind it, the call of a macro.
    words: &'static [&'static str],
    /// Whether the bodies of `quote!` are left out: they are what users compile, not what we do.
    skips_quotes: bool,
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        krate: "topchef-derive",
        parts: &["read"],
        words: &["quote!", "quote_spanned!", "parse_quote!"],
        skips_quotes: false,
        why: "`read` holds what the user wrote and makes no tokens",
    },
    Rule {
        krate: "topchef-derive",
        parts: &["settle", "check"],
        words: &[
            "quote",
            "quote_spanned",
            "parse_quote",
            "format_ident",
            "TokenStream",
            "ToTokens",
        ],
        skips_quotes: false,
        why: "`settle` and `check` know the model and the errors, and no tokens",
    },
    Rule {
        krate: "topchef-derive",
        parts: &["expand"],
        words: &["Attribute", "Result", "darling"],
        skips_quotes: true,
        why: "`expand` reads the model alone and cannot fail",
    },
    Rule {
        krate: "topchef-derive",
        parts: &[
            "pipeline", "diag", "reader", "read", "model", "settle", "check", "expand",
        ],
        words: &["proc_macro"],
        skips_quotes: true,
        why: "`lib.rs` is the only file that names proc_macro",
    },
    Rule {
        krate: "topchef-runtime",
        parts: &["query", "sql", "descriptor"],
        words: &["axum", "async", "deadpool", "rusqlite", "sqlx"],
        skips_quotes: false,
        why: "`query`, `sql` and `descriptor` are pure: no HTTP, no waiting, no driver",
    },
    Rule {
        krate: "topchef-runtime",
        parts: &["documentation"],
        words: &["axum", "async", "deadpool", "rusqlite", "sqlx", "sea_query"],
        skips_quotes: false,
        why: "`documentation` is made from descriptors: no HTTP, no waiting, no SQL",
    },
    Rule {
        krate: "topchef-runtime",
        parts: &["http"],
        words: &["deadpool", "sqlx", "rusqlite"],
        skips_quotes: false,
        why: "`http` never sees a driver",
    },
    Rule {
        krate: "topchef-runtime",
        parts: &["database"],
        words: &["axum"],
        skips_quotes: false,
        why: "`database` never sees HTTP",
    },
    Rule {
        krate: "topchef-server",
        parts: &["resources"],
        words: &["topchef_derive"],
        skips_quotes: false,
        why: "users import the macro from the runtime, and so does the server",
    },
];

/// The part of the server that holds no SQL text, and how SQL text begins.
const WITHOUT_SQL: (&str, &str) = ("topchef-server", "resources");
const SQL: &[&str] = &["SELECT ", "INSERT ", "UPDATE ", "DELETE "];

#[test]
fn crates_depend_only_on_what_lies_below_them() {
    let mut violations = Vec::new();
    for (krate, allowed) in CRATES {
        let path = root().join(krate).join("Cargo.toml");
        for (line, name) in dependencies(&read(&path)) {
            if !allowed.contains(&name.as_str()) {
                violations.push(format!("{krate}/Cargo.toml:{line}: `{krate}` must not depend on `{name}`, only on {allowed:?}"));
            }
        }
    }
    report(&violations);
}

#[test]
fn parts_name_nothing_beyond_their_business() {
    let mut violations = Vec::new();
    for rule in RULES {
        for part in rule.parts {
            let files = part_files(rule.krate, part);
            if files.is_empty() {
                violations.push(gone(rule.krate, part));
            }
            for (path, source) in &files {
                let file = format!("{}/src/{}", rule.krate, path.display());
                violations.extend(forbidden_words(&file, source, rule));
            }
        }
    }
    let (krate, part) = WITHOUT_SQL;
    let files = part_files(krate, part);
    if files.is_empty() {
        violations.push(gone(krate, part));
    }
    for (path, source) in &files {
        violations.extend(sql_texts(
            &format!("{krate}/src/{}", path.display()),
            source,
        ));
    }
    report(&violations);
}

#[test]
fn modules_name_only_modules_above_them() {
    let mut violations = Vec::new();
    for krate in ["topchef-derive", "topchef-runtime", "topchef-server"] {
        let src = root().join(krate).join("src");
        let order = modules(&read(&src.join("lib.rs")));
        assert!(
            order.len() > 1,
            "{krate}/src/lib.rs declares no modules that could be in order"
        );
        let files = sources(&src)
            .into_iter()
            .map(|(path, source)| (path.display().to_string(), source));
        violations.extend(wrong_arrows(krate, &order, &files.collect()));
    }
    report(&violations);
}

fn report(violations: &[String]) {
    assert!(
        violations.is_empty(),
        "ARCHITECTURE.md is broken here:\n{}",
        violations.join("\n")
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// All Rust files below `src` in a stable order, with their paths from there.
fn sources(src: &Path) -> Vec<(PathBuf, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![src.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = read(&path);
                found.push((path.strip_prefix(src).unwrap_or(&path).to_owned(), source));
            }
        }
    }
    found.sort();
    found
}

fn part_files(krate: &str, part: &str) -> Vec<(PathBuf, String)> {
    let files = sources(&root().join(krate).join("src"));
    files
        .into_iter()
        .filter(|(path, _)| part_of(path) == part)
        .collect()
}

/// A rule about nothing holds whatever is written.
fn gone(krate: &str, part: &str) -> String {
    format!(
        "{krate}/src: has no part `{part}`, of which a rule speaks: where it moved, the rule must follow"
    )
}

/// The top module that a file belongs to: `read` for `read/key.rs`, `sql` for `sql.rs`.
fn part_of(path: &Path) -> &str {
    let first = path
        .iter()
        .next()
        .and_then(|part| part.to_str())
        .unwrap_or_default();
    first.trim_end_matches(".rs")
}

/// The crates of this workspace that a manifest names as dependencies, with the lines.
fn dependencies(manifest: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(manifest.lines()) {
        // `topchef-x = …`, `topchef-x.workspace = true`, `[dev-dependencies.topchef-x]`
        let line = line.trim();
        let name = line
            .split_once("dependencies.")
            .filter(|_| line.starts_with('['))
            .map_or(line, |(_, name)| name);
        if name.starts_with("topchef-") {
            let end = name
                .find(|letter: char| !letter.is_alphanumeric() && letter != '-')
                .unwrap_or(name.len());
            found.push((number, name[..end].to_owned()));
        }
    }
    found
}

/// One token of a file, out of all groups.
#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Mark(char),
    /// A literal as it is written.
    Text(String),
    Open,
    Close,
}

/// The tokens of a file with their lines, without what is only compiled for tests.
fn tokens(file: &str, source: &str, skips_quotes: bool) -> Vec<(usize, Token)> {
    let stream: TokenStream = source
        .parse()
        .unwrap_or_else(|error| panic!("{file} does not lex: {error}"));
    let mut found = Vec::new();
    flatten(stream, skips_quotes, &mut found);
    found
}

fn flatten(stream: TokenStream, skips_quotes: bool, found: &mut Vec<(usize, Token)>) {
    let trees: Vec<_> = stream.into_iter().collect();
    let mut index = 0;
    while index < trees.len() {
        if let Some(attribute) = attribute(&trees[index..]) {
            let text = attribute.to_string().replace(' ', "");
            index += 2;
            if text.starts_with("cfg(test") || text.starts_with("cfg(all(test") {
                index += item_length(&trees[index..]);
            } else if !text.starts_with("doc=") {
                flatten(attribute, skips_quotes, found);
            }
            continue;
        }
        let line = trees[index].span().start().line;
        match &trees[index] {
            TokenTree::Group(group) => {
                if !(skips_quotes && is_quote(&trees[..index])) {
                    found.push((line, Token::Open));
                    flatten(group.stream(), skips_quotes, found);
                    found.push((group.span_close().start().line, Token::Close));
                }
            }
            TokenTree::Ident(word) => found.push((line, Token::Word(word.to_string()))),
            TokenTree::Punct(mark) => found.push((line, Token::Mark(mark.as_char()))),
            TokenTree::Literal(literal) => found.push((line, Token::Text(literal.to_string()))),
        }
        index += 1;
    }
}

/// What stands in the brackets of an outer attribute that begins here.
fn attribute(trees: &[TokenTree]) -> Option<TokenStream> {
    match trees {
        [TokenTree::Punct(hash), TokenTree::Group(group), ..]
            if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group.stream())
        }
        _ => None,
    }
}

/// How many trees the item has that begins here: to its braces or its semicolon.
fn item_length(trees: &[TokenTree]) -> usize {
    let end = trees.iter().position(|tree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    });
    // `use a::{b};` ends behind its braces.
    end.map_or(trees.len(), |end| match trees.get(end + 1) {
        Some(TokenTree::Punct(mark)) if mark.as_char() == ';' => end + 2,
        _ => end + 1,
    })
}

/// Whether what stands before a group makes it the body of a `quote!`.
fn is_quote(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(name), TokenTree::Punct(mark)] => {
            mark.as_char() == '!'
                && ["quote", "quote_spanned", "parse_quote"]
                    .iter()
                    .any(|quote| name == quote)
        }
        _ => false,
    }
}

fn forbidden_words(file: &str, source: &str, rule: &Rule) -> Vec<String> {
    let mut violations = Vec::new();
    let tokens = tokens(file, source, rule.skips_quotes);
    for (index, (line, token)) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let after = tokens.get(index + 1).map(|(_, token)| token);
        let call = (after == Some(&Token::Mark('!'))).then(|| format!("{word}!"));
        for named in [Some(word), call.as_ref()].into_iter().flatten() {
            if rule.words.contains(&named.as_str()) {
                violations.push(format!("{file}:{line}: names `{named}`, but {}", rule.why));
            }
        }
    }
    violations
}

fn sql_texts(file: &str, source: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (line, token) in tokens(file, source, false) {
        if let Token::Text(text) = token {
            let text = text
                .trim_start_matches(['b', 'c', 'r', '#'])
                .trim_start_matches('"')
                .trim_start();
            if SQL.iter().any(|verb| text.starts_with(verb)) {
                violations.push(format!("{file}:{line}: holds SQL text, but `resources` leaves SQL to the runtime and the queue"));
            }
        }
    }
    violations
}

/// The modules that a `lib.rs` declares, in its order.
fn modules(lib: &str) -> Vec<String> {
    let tokens = tokens("lib.rs", lib, true);
    let mut depth = 0;
    let mut found = Vec::new();
    for pair in tokens.windows(2) {
        match (&pair[0].1, &pair[1].1) {
            (Token::Open, _) => depth += 1,
            (Token::Close, _) => depth -= 1,
            (Token::Word(word), Token::Word(name)) if word == "mod" && depth == 0 => {
                found.push(name.clone());
            }
            _ => {}
        }
    }
    found
}

/// The arrows that lead down the order of `lib.rs`; `files` are paths below `src` with their sources.
///
/// A module that no other names is an entry and may stand anywhere: it cannot close a circle.
fn wrong_arrows(krate: &str, order: &[String], files: &BTreeMap<String, String>) -> Vec<String> {
    let place = |module: &str| order.iter().position(|other| other == module);
    let mut arrows = Vec::new();
    for (path, source) in files {
        let from = part_of(Path::new(path)).to_owned();
        if place(&from).is_some() {
            for (line, to) in named_modules(path, source) {
                if to != from && place(&to).is_some() {
                    arrows.push((path, line, from.clone(), to));
                }
            }
        }
    }
    let named: BTreeSet<_> = arrows.iter().map(|(_, _, _, to)| to.clone()).collect();
    let wrong = arrows
        .iter()
        .filter(|(_, _, from, to)| place(from) < place(to) && named.contains(from));
    let wrong = wrong.map(|(path, line, from, to)| {
        format!("{krate}/src/{path}:{line}: `{from}` names `{to}`, which stands below it in lib.rs; arrows lead up")
    });
    wrong.collect()
}

/// The top modules that a file names by `crate::x`, `crate::{x, y}` or, where it means the same, `super::x`.
fn named_modules(path: &str, source: &str) -> Vec<(usize, String)> {
    // `read.rs` and `read/mod.rs` are one step below the crate's root.
    let top = !path.contains('/') || (path.ends_with("/mod.rs") && path.matches('/').count() == 1);
    let tokens = tokens(path, source, true);
    let mut found = Vec::new();
    for (index, (_, token)) in tokens.iter().enumerate() {
        let root =
            matches!(token, Token::Word(word) if word == "crate" || (top && word == "super"));
        let inner = index > 0 && matches!(tokens[index - 1].1, Token::Mark(':' | '$'));
        let colons = tokens[index + 1..]
            .iter()
            .take(2)
            .all(|(_, token)| *token == Token::Mark(':'));
        if root && !inner && colons {
            found.extend(first_words(&tokens[(index + 3).min(tokens.len())..]));
        }
    }
    found
}

/// The word here, or the first word of each path of the group here.
fn first_words(tokens: &[(usize, Token)]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut depth, mut fresh) = (0, true);
    for (line, token) in tokens {
        match token {
            Token::Word(word) if fresh => {
                found.push((*line, word.clone()));
                fresh = false;
            }
            Token::Open => depth += 1,
            Token::Close => depth -= 1,
            Token::Mark(',') if depth == 1 => fresh = true,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod the_checker {
    use super::*;

    fn rule(words: &'static [&'static str], skips_quotes: bool) -> Rule {
        Rule {
            krate: "k",
            parts: &["p"],
            words,
            skips_quotes,
            why: "it must not",
        }
    }

    fn arrows(order: &[&str], files: &[(&str, &str)]) -> Vec<String> {
        let order: Vec<_> = order.iter().map(|&module| module.to_owned()).collect();
        let files = files
            .iter()
            .map(|&(path, source)| (path.to_owned(), source.to_owned()));
        wrong_arrows("k", &order, &files.collect())
    }

    #[test]
    fn names_file_line_and_rule() {
        let found = forbidden_words(
            "k/src/p.rs",
            "fn f() {}\nuse axum::Router;\n",
            &rule(&["axum"], false),
        );
        assert_eq!(found, ["k/src/p.rs:2: names `axum`, but it must not"]);
    }

    #[test]
    fn catches_a_word_however_deep_it_stands() {
        for source in [
            "fn f() { { g(axum::x) } }",
            "#[cfg(unix)] use axum::x;",
            "m! { axum }",
            "#[axum::debug] fn f() {}",
        ] {
            assert_eq!(
                forbidden_words("f", source, &rule(&["axum"], true)).len(),
                1,
                "{source}"
            );
        }
        assert_eq!(
            forbidden_words("f", "async fn f() {}", &rule(&["async"], false)).len(),
            1
        );
    }

    #[test]
    fn is_not_fooled_by_comments_strings_and_tests() {
        for source in [
            "// axum",
            "/* axum /* axum */ */",
            "/// axum\nfn f() {}",
            "//! axum",
            "const A: &str = \"axum\";",
            "const A: &str = r#\"axum \" axum\"#;",
            "fn axum_like() { axums() }",
            "#[cfg(test)]\nmod tests { use axum::x; }",
            "#[cfg(test)]\nuse axum::{x};",
            "#[cfg(test)]\n#[path = \"x.rs\"]\nmod axum;",
            "#[cfg(all(test, unix))] fn f() { axum() }",
        ] {
            assert_eq!(
                forbidden_words("f", source, &rule(&["axum"], false)),
                [""; 0],
                "{source}"
            );
        }
        let after = "#[cfg(test)]\nmod tests { }\nuse axum::x;";
        assert_eq!(
            forbidden_words("f", after, &rule(&["axum"], false)).len(),
            1,
            "what follows the tests counts"
        );
    }

    #[test]
    fn leaves_out_quotes_only_where_told() {
        let source = "fn f() { quote! { Result } }";
        assert_eq!(
            forbidden_words("f", source, &rule(&["Result"], true)),
            [""; 0]
        );
        assert_eq!(
            forbidden_words("f", source, &rule(&["Result"], false)).len(),
            1
        );
        assert_eq!(
            forbidden_words("f", source, &rule(&["quote"], true)).len(),
            1
        );
    }

    #[test]
    fn tells_a_macro_from_its_crate() {
        let source = "use quote::ToTokens;\nfn f() { quote! {} }";
        let found = forbidden_words("f", source, &rule(&["quote!"], false));
        assert_eq!(found, ["f:2: names `quote!`, but it must not"]);
    }

    #[test]
    fn catches_sql() {
        for source in [
            r#"const A: &str = "SELECT 1";"#,
            r##"const A: &str = r#"  DELETE FROM job"#;"##,
            "const A: &str = \"\n  UPDATE job\";",
        ] {
            assert_eq!(sql_texts("f", source).len(), 1, "{source}");
        }
        let harmless = r#"const A: &str = "select one of these"; // "SELECT 1""#;
        assert_eq!(sql_texts("f", harmless), [""; 0]);
    }

    #[test]
    fn catches_an_arrow_down() {
        let order = ["error", "query", "http"];
        let found = arrows(
            &order,
            &[
                ("query/url.rs", "\nuse crate::http::x;"),
                ("http.rs", "use crate::query;"),
            ],
        );
        assert_eq!(
            found,
            [
                "k/src/query/url.rs:2: `query` names `http`, which stands below it in lib.rs; arrows lead up"
            ]
        );
        for (path, source) in [
            ("error.rs", "use crate::{http, x};"),
            ("error.rs", "use crate::{x::{y}, http::{z}};"),
            ("error.rs", "fn f() { crate::http::f() }"),
            ("error.rs", "use super::http;"),
            ("error/mod.rs", "use super::http;"),
            ("error/deep.rs", "type A = crate::http::B;"),
        ] {
            assert_eq!(
                arrows(&order, &[(path, source), ("query.rs", "use crate::error;")]).len(),
                1,
                "{path}: {source}"
            );
        }
    }

    #[test]
    fn lets_arrows_up_and_entries_be() {
        let order = ["entry", "error", "query", "http"];
        for (path, source) in [
            ("http/mod.rs", "use crate::{query, error::E};"),
            ("query/url.rs", "use super::http;"),
            (
                "query.rs",
                "use crate::query::x; use crate::SomethingAtTheRoot;",
            ),
            ("entry.rs", "use crate::http;"),
            ("error.rs", "#[cfg(test)] mod tests { use crate::http; }"),
            ("error.rs", "use other::crate_like::http;"),
        ] {
            assert_eq!(
                arrows(&order, &[(path, source), ("query.rs", "use crate::error;")]),
                [""; 0],
                "{path}: {source}"
            );
        }
    }

    #[test]
    fn reads_the_order_of_modules() {
        let lib = "//! x\npub mod a;\n#[doc(hidden)]\npub(crate) mod b { mod inner; }\n#[cfg(test)]\nmod t;\nmod c;";
        assert_eq!(modules(lib), ["a", "b", "c"]);
    }

    #[test]
    fn reads_dependencies() {
        let manifest = "[package]\nname = \"topchef-x\"\n[dependencies]\n# topchef-no\ntopchef-a.workspace = true\n\
            topchef-b = { path = \"..\" }\n[dev-dependencies.topchef-c]\nserde = \"1\"";
        let found = dependencies(manifest);
        assert_eq!(
            found,
            [
                (5, "topchef-a".to_owned()),
                (6, "topchef-b".to_owned()),
                (7, "topchef-c".to_owned())
            ]
        );
    }
}

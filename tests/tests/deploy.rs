//! What stands beside the server for who deploys it: the unit, the image, the pages and the completions, held against the
//! binary; and `topchef-server health`, which they use.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test's helpers cannot do stops the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use topchef_tests::{Finished, Launch, Server, free_port, skip};

const UNIT: &str = "topchef-server/deploy/topchef-server.service";
const IMAGE: &str = "topchef-server/deploy/Dockerfile";
const IGNORED: &str = "topchef-server/deploy/Dockerfile.dockerignore";
const PAGES: [&str; 2] = [
    "topchef-server/deploy/README.md",
    "topchef-server/docs/operating.md",
];
const COMMANDS: [&str; 10] = [
    "serve",
    "migrate",
    "outbox",
    "service",
    "job",
    "backup",
    "health",
    "completions",
    "config",
    "token",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn run(arguments: &[&str]) -> Finished {
    Launch::bare().arguments(arguments.iter().copied()).run()
}

/// What the help of a command says.
fn help(arguments: &[&str]) -> String {
    let finished = run(&[arguments, &["--help"]].concat());
    assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
    finished.stdout
}

/// The lines of a Dockerfile, those that are continued made one, without comments.
fn instructions() -> Vec<String> {
    let text = read(IMAGE);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let text = lines.collect::<Vec<_>>().join("\n").replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(str::to_owned).collect()
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// The command that follows an instruction in exec form: `["program", "argument"]`.
fn exec_form(lines: &[String], instruction: &str) -> Vec<String> {
    let mut lines = lines.iter();
    let line = lines.find(|line| line.starts_with(instruction)).unwrap();
    // Options may stand in between, and for a `HEALTHCHECK` the word `CMD`.
    let (_, form) = line.split_once('[').unwrap();
    serde_json::from_str(&format!("[{form}")).unwrap()
}

/// Asserts that the binary knows a command line: the commands before the first flag, and every flag.
fn assert_known(line: &[&str]) {
    let is_command = |word: &&&str| word.chars().all(|letter| letter.is_ascii_lowercase());
    let commands: Vec<_> = line.iter().take_while(is_command).copied().collect();
    // What follows a command may be its argument: `completions bash`.
    let deepest = (0..=commands.len())
        .rev()
        .map(|length| [&commands[..length], &["--help"]].concat())
        .map(|arguments| run(&arguments))
        .find(|finished| finished.code == Some(0));
    let help = deepest.unwrap().stdout;
    if let Some(command) = commands.first() {
        assert!(COMMANDS.contains(command), "no command {command}: {line:?}");
    }
    for flag in line.iter().filter(|word| word.starts_with("--")) {
        let flag = flag.split('=').next().unwrap();
        assert!(help.contains(flag), "{line:?}: no {flag} in\n{help}");
    }
}

/// The names that begin with `TOPCHEF_`.
fn variables(text: &str) -> BTreeSet<&str> {
    let parts = text.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_');
    parts.filter(|part| part.starts_with("TOPCHEF_")).collect()
}

#[test]
fn every_path_that_the_image_copies_is_there_and_not_left_out() {
    let ignored = read(IGNORED);
    let kept: BTreeSet<_> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    let mut copied = 0;
    for line in instructions() {
        let words = words(&line);
        if words[0] != "COPY" || words[1].starts_with("--from") {
            continue;
        }
        for path in &words[1..words.len() - 1] {
            assert!(root().join(path).exists(), "{line}: no {path}");
            let top = path.split('/').next().unwrap();
            assert!(kept.contains(top), "{line}: {top} is left out");
            copied += 1;
        }
    }
    assert!(copied >= 7, "only {copied} paths are copied");
    for path in kept {
        assert!(root().join(path).exists(), "{IGNORED}: no {path}");
    }
}

#[test]
fn the_image_is_built_from_the_members_of_the_workspace_with_its_toolchain() {
    let image = read(IMAGE);
    let manifest = read("Cargo.toml");
    let members = manifest
        .lines()
        .find_map(|line| line.strip_prefix("members = "))
        .unwrap();
    let members: Vec<String> = serde_json::from_str(members).unwrap();
    for member in members {
        assert!(
            image.contains(&format!("COPY {member} {member}\n")),
            "{member}"
        );
    }
    let toolchain = read("rust-toolchain.toml");
    let version = toolchain.split('"').nth(1).unwrap();
    assert!(
        image.contains(&format!("FROM rust:{version}-")),
        "{version}"
    );
    assert!(image.contains(&format!("RUSTUP_TOOLCHAIN={version}\n")));
}

#[test]
fn the_image_starts_and_asks_a_server_that_nobody_is_root_in() {
    let lines = instructions();
    let has = |line: &str| lines.iter().any(|other| other == line);
    let user = lines
        .iter()
        .find_map(|line| line.strip_prefix("USER "))
        .unwrap();
    assert!(
        user.split(':').all(|id| id.parse::<u32>().unwrap() > 0),
        "{user}"
    );
    assert!(has("STOPSIGNAL SIGTERM"));
    assert!(has(r#"VOLUME ["/var/lib/topchef"]"#));
    let [entry, command, health] =
        ["ENTRYPOINT ", "CMD ", "HEALTHCHECK "].map(|instruction| exec_form(&lines, instruction));
    let whole: Vec<&str> = entry.iter().chain(&command).map(String::as_str).collect();
    for line in [whole, health.iter().map(String::as_str).collect()] {
        assert_eq!(line[0], "/usr/local/bin/topchef-server");
        assert_known(&line[1..]);
    }
    let port = lines
        .iter()
        .find_map(|line| line.strip_prefix("EXPOSE "))
        .unwrap();
    // Nobody says another one to the server.
    let default = topchef_server::config::Config::default().address.port();
    assert_eq!(port, default.to_string());
}

#[test]
fn the_unit_starts_the_server_and_systemd_understands_it() {
    let unit = read(UNIT);
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let start = words(start.unwrap());
    assert_known(&start[1..]);
    for line in [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "StateDirectory=topchef",
        "User=topchef",
    ] {
        assert!(unit.lines().any(|other| other == line), "no {line}");
    }
    // It looks whether the program is there, which it is not where this unit expects it.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("topchef-server.service");
    fs::write(&copy, unit.replace(start[0], "/bin/true")).unwrap();
    let Ok(verified) = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&copy)
        .output()
    else {
        skip("there is no systemd-analyze to look at the unit");
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && said.is_empty(), "{said}");
}

#[test]
fn every_variable_and_command_of_the_pages_is_the_binarys() {
    let help = help(&["serve"]);
    for path in PAGES.into_iter().chain([UNIT, IMAGE]) {
        for variable in variables(&read(path)) {
            let is_known = help.contains(&format!("env: {variable}"));
            assert!(is_known, "{path}: {variable} is no setting");
        }
    }
    let mut lines = 0;
    for path in PAGES {
        for line in read(path).replace("\\\n", " ").lines() {
            // In a block of code, or between backquotes.
            for part in line
                .split(['`', ';', '|'])
                .flat_map(|part| part.split("&&"))
            {
                let words = words(part);
                let at = words.iter().position(|word| *word == "topchef-server");
                let Some(after) = at.and_then(|at| words.get(at + 1..)) else {
                    continue;
                };
                let is_command = after.first().is_some_and(|word| COMMANDS.contains(word));
                if is_command {
                    assert_known(after);
                    lines += 1;
                }
            }
        }
    }
    assert!(lines >= 10, "only {lines} commands were found in the pages");
}

#[test]
fn shells_are_given_completions_of_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let finished = run(&["completions", shell]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        for word in COMMANDS.into_iter().chain(["database"]) {
            assert!(finished.stdout.contains(word), "{shell}: no {word}");
        }
    }
    let refused = run(&["completions", "cmd.exe"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("bash"), "{refused:?}");
}

#[test]
fn bash_completes_commands_and_flags() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("completions");
    fs::write(&script, run(&["completions", "bash"]).stdout).unwrap();
    for (line, due) in [
        ("topchef-server mig", "migrate"),
        ("topchef-server backup --data", "--database"),
    ] {
        let complete = r#"source "$0"; COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            function=$(complete -p topchef-server | sed 's/.*-F \([^ ]*\).*/\1/')
            "$function" topchef-server "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            echo "${COMPREPLY[@]}""#;
        let mut bash = Command::new("bash");
        let bash = bash.args(["--norc", "-c", complete]).arg(&script).arg(line);
        let Ok(completed) = bash.output() else {
            skip("there is no bash to complete with");
            return;
        };
        let said = String::from_utf8_lossy(&completed.stdout);
        assert_eq!(said.trim(), due, "{line}: {completed:?}");
    }
}

#[tokio::test]
async fn health_asks_the_server_of_the_same_settings() {
    let server = Server::start();
    let (_, port) = server.base().rsplit_once(':').unwrap();
    let healthy = Launch::bare()
        .arguments(["health"])
        .environment("TOPCHEF_PORT", port)
        // Where it listens everywhere, nobody but this machine is asked.
        .environment("TOPCHEF_HOST", "0.0.0.0")
        .run();
    assert_eq!(healthy.code, Some(0), "{healthy:?}");
    for path in ["", "/", "/health/live"] {
        let healthy = run(&["health", "--url", &format!("{}{path}", server.base())]);
        assert_eq!(healthy.code, Some(0), "{healthy:?}");
    }
    let database = server.launch().database();
    database.execute("ALTER TABLE jobs RENAME TO somebodys_jobs");
    let refused = topchef_tests::eventually("a server that is not ready", async || {
        let finished = run(&["health", "--url", server.base()]);
        (finished.code != Some(0)).then_some(finished)
    })
    .await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("503"), "{refused:?}");
    assert!(
        refused.stderr.contains("tables of the database"),
        "{refused:?}"
    );
}

#[test]
fn health_says_why_there_is_no_answer() {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let refused = run(&["health", "--url", &nobody]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("does not answer"), "{refused:?}");
    for url in ["https://127.0.0.1:1", "/health/ready", "127.0.0.1"] {
        let refused = run(&["health", "--url", url]);
        assert_eq!(refused.code, Some(2), "{url}: {refused:?}");
        assert!(refused.stderr.contains("--url"), "{refused:?}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let other = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 1024];
        let _ = stream.read(&mut buffer).unwrap();
        stream.write_all(b"SSH-2.0-lab\r\n\r\n").unwrap();
    });
    let refused = run(&["health", "--url", &url]);
    other.join().unwrap();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("not HTTP"), "{refused:?}");
}

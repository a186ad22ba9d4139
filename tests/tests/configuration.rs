//! Where settings come from: the file, the environment, flags; what `config` says of them; what is refused.

use serde_json::Value;
use topchef_tests::{Finished, Launch};

fn with_file(launch: Launch, text: &str) -> Launch {
    std::fs::write(launch.file("topchef.toml"), text).unwrap();
    launch.environment("TOPCHEF_CONFIG", "topchef.toml")
}

/// What `config --json` says of a setting.
fn setting(run: &Finished, key: &str) -> Value {
    assert_eq!(run.code, Some(0), "{run:?}");
    let settings: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut settings = settings.as_array().unwrap().iter();
    let found = settings.find(|setting| setting["key"] == key);
    found.unwrap_or_else(|| panic!("no {key}: {run:?}")).clone()
}

#[tokio::test]
async fn a_file_configures_the_server_below_variables_and_flags() {
    let text = r#"
port = 1
database = "from-file.db"
threads = 3

[metadata]
maintainer_name = "Ada"
maintainer_email = "ada@example.org"
"#;
    let server = with_file(Launch::bare(), text)
        .environment("AUTHOR", "Grace")
        .arguments(["serve", "--port", "0"])
        .start();
    assert!(server.launch().file("from-file.db").is_file());
    let data = server.api().get("/").await.expect(200).json()["data"].clone();
    assert_eq!(data["maintainer_name"], "Grace");
    assert_eq!(data["maintainer_email"], "ada@example.org");
}

#[test]
fn commands_on_the_database_read_the_same_file_and_look_at_what_they_use() {
    let text = "port = \"many\"\ndatabase = \"lab.db\"\n";
    let migrate = with_file(Launch::bare(), text).arguments(["migrate"]);
    let run = migrate.run();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(migrate.file("lab.db").is_file());
    let outbox = Launch::bare().arguments(["outbox", "list", "--config"]);
    let config = migrate.file("topchef.toml").display().to_string();
    let run = outbox.arguments([config.as_str()]).run();
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("there is no database"), "{run:?}");
    assert!(run.stderr.contains("lab.db"), "{run:?}");
}

#[test]
fn what_is_wrong_in_a_file_is_refused_by_every_command_alike() {
    for (text, words) in [
        (
            "prot = 8000",
            "`prot` on line 1 of topchef.toml is not a setting; did you mean `port`?",
        ),
        (
            "\n[limits]\nmax_body_bytes = 0",
            "`limits.max_body_bytes` on line 3 of topchef.toml is \"0\", but must be",
        ),
        (
            "host = \"0.0.0.0\"",
            "`host` on line 1 of topchef.toml is 0.0.0.0, which others can reach",
        ),
        (
            "database = 'mysql://ada:s3cr3t@db/lab'",
            "`database` on line 1 of topchef.toml names a MySQL database",
        ),
        (
            "database = \"postgres://ada:s3cr3t",
            "topchef.toml is not TOML: line 1",
        ),
        (
            "[log]\nfilter = \"a=b=c\"",
            "`log.filter` on line 2 of topchef.toml is \"a=b=c\"",
        ),
    ] {
        for command in ["serve", "config"] {
            let run = with_file(Launch::bare(), text).arguments([command]).run();
            assert_eq!(run.code, Some(2), "{run:?}");
            assert!(run.stderr.contains(words), "{words}: {run:?}");
            assert!(!run.stderr.contains("s3cr3t"), "{run:?}");
            assert_eq!(run.stdout, "");
        }
    }
    let run = Launch::bare().arguments(["--config", "none.toml"]).run();
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("none.toml cannot be read"), "{run:?}");
}

#[test]
fn config_says_what_every_setting_is_and_where_that_was_given() {
    let text = "threads = 3\n\n[log]\nformat = \"json\"\nfile = \"no/such/folder/topchef.log\"\n";
    let launch = with_file(Launch::bare(), text)
        .environment("TOPCHEF_PUBLIC_URL", "https://lab.example.org/")
        .environment(
            "DATABASE_URI",
            "postgres://ada:s3cr3t@db/lab?password=s3cr3t",
        )
        .environment("HOSTNAME", "bench-7")
        .arguments(["config", "--json", "--port", "8000"]);
    let run = launch.run();
    for (key, value) in [
        (
            "port",
            serde_json::json!({"key": "port", "value": 8000, "source": "flag", "name": "--port"}),
        ),
        (
            "host",
            serde_json::json!({"key": "host", "value": "127.0.0.1", "source": "default"}),
        ),
        (
            "threads",
            serde_json::json!({"key": "threads", "value": 3, "source": "file", "file": "topchef.toml", "line": 1}),
        ),
        (
            "log.format",
            serde_json::json!({"key": "log.format", "value": "json", "source": "file", "file": "topchef.toml", "line": 4}),
        ),
        (
            "public_url",
            serde_json::json!({
                "key": "public_url", "value": "https://lab.example.org", "source": "variable", "name": "TOPCHEF_PUBLIC_URL"
            }),
        ),
        (
            "database",
            serde_json::json!({
                "key": "database", "value": "postgresql://ada@db:5432/lab", "source": "variable", "name": "DATABASE_URI"
            }),
        ),
        (
            "log.filter",
            serde_json::json!({"key": "log.filter", "value": null, "source": "default"}),
        ),
    ] {
        assert_eq!(setting(&run, key), value);
    }
    assert!(!run.stdout.contains("s3cr3t"), "{run:?}");
    let left: Vec<_> = launch.directory().read_dir().unwrap().collect();
    assert_eq!(left.len(), 1, "a look leaves nothing behind: {left:?}");
}

#[test]
fn what_config_prints_is_a_file_that_says_the_same() {
    let first = Launch::bare()
        .environment("PORT", "8000")
        .environment("AUTHOR", "Ada \"the first\" \\ Lovelace")
        .arguments(["config"])
        .run();
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.stdout.contains("port = 8000  # PORT\n"), "{first:?}");
    assert!(
        first.stdout.contains("# public_url is not set\n"),
        "{first:?}"
    );
    let again = with_file(Launch::bare(), &first.stdout)
        .arguments(["config", "--json"])
        .run();
    assert_eq!(setting(&again, "port")["value"], 8000);
    assert_eq!(setting(&again, "port")["file"], "topchef.toml");
    assert_eq!(
        setting(&again, "metadata.maintainer_name")["value"],
        "Ada \"the first\" \\ Lovelace"
    );
}

//! The log of the real binary: its form, its files, and which of the old ones go.

use serde_json::Value;
use std::fs;
use topchef_tests::Launch;

#[tokio::test]
async fn a_log_in_json_is_an_object_on_each_line() {
    let mut server = Launch::serve()
        .arguments([
            "--log-format",
            "json",
            "--log-filter",
            "info,tower_http=debug",
        ])
        .start();
    server.api().get("/services").await.expect(200);
    assert_eq!(server.terminate().code(), Some(0));
    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    for line in &lines {
        for key in ["timestamp", "level", "target", "message"] {
            assert!(line[key].is_string(), "no {key}: {line}");
        }
    }
    let of_request = lines
        .iter()
        .find(|line| line["spans"][0]["name"] == "request");
    let span = &of_request.unwrap_or_else(|| panic!("{log}"))["spans"][0];
    assert_eq!(span["path"], "/services", "{log}");
    assert_eq!(span["method"], "GET", "{log}");
}

#[test]
fn of_old_log_files_the_newest_are_kept_and_nothing_else_is_touched() {
    let launch = Launch::serve().arguments(["--log-file", "topchef.log", "--log-keep", "2"]);
    let ours = ["2019-12-31", "2020-01-01", "2020-01-02", "2020-01-03"];
    let others = [
        "topchef.log.2020-01-01.gz",
        "topchef.log.2020-1-1",
        "topchef.log.old",
        "topchef.log.bak.2020-01-01",
        "other.log.2020-01-01",
    ];
    for name in others {
        fs::write(launch.file(name), "mine").unwrap();
    }
    for day in ours {
        fs::write(launch.file(&format!("topchef.log.{day}")), "old").unwrap();
    }
    fs::create_dir(launch.file("topchef.log.2018-01-01")).unwrap();
    let mut server = launch.start();
    assert_eq!(server.terminate().code(), Some(0));

    let launch = server.launch();
    let log = fs::read_to_string(launch.file("topchef.log")).unwrap();
    assert!(log.contains("starting"), "{log}");
    assert!(launch.file("topchef.log").is_symlink());
    for (day, stays) in ours.into_iter().zip([false, false, true, true]) {
        let file = launch.file(&format!("topchef.log.{day}"));
        assert_eq!(file.exists(), stays, "{}", file.display());
    }
    for name in others {
        assert_eq!(fs::read_to_string(launch.file(name)).unwrap(), "mine");
    }
    assert!(launch.file("topchef.log.2018-01-01").is_dir());
}

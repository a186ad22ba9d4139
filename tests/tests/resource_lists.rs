//! Collections: pages and the links between them, orders, filters, fields, and the refusal of all else.

#![expect(
    clippy::unwrap_used,
    reason = "what a test's helpers cannot do stops the test"
)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use topchef_runtime::ModelResource;
use topchef_tests::local::{Local, Resourceful};
use topchef_tests::{Answer, Api};

/// How many measurements there are.
const ALL: usize = 523;

/// A measurement: `3` in each ten has no place, and many share a level.
#[derive(ModelResource)]
#[resource(
    rename_all = "camelCase",
    serial_fields(list = [id, probe_name, level, drift], get = [id, hidden_until_asked, double_level()]),
    collection(
        filter = [probe_name, level, drift, place, hidden_until_asked],
        sort = [id, probe_name, level, drift, place, hidden_until_asked]
    )
)]
struct Measurement {
    id: i64,
    probe_name: String,
    level: i32,
    drift: f64,
    place: Option<String>,
    #[resource(default = "kept")]
    hidden_until_asked: String,
}

impl Measurement {
    fn double_level(&self) -> i32 {
        self.level * 2
    }
}

fn measurement(number: usize) -> Measurement {
    let step = i32::try_from(number).unwrap();
    Measurement {
        id: 0,
        probe_name: format!("probe {}", number % 7),
        level: step % 10 - 5,
        drift: f64::from(step) / 8.0,
        place: (number % 10 >= 3).then(|| format!("room&{}=", number % 2)),
        hidden_until_asked: "kept".to_owned(),
    }
}

async fn measured() -> Local {
    let local = Local::start::<Measurement>(Resourceful::resource::<Measurement>).await;
    let mut tx = local.database().transaction().await.unwrap();
    for number in 0..ALL {
        tx.insert(&measurement(number)).await.unwrap();
    }
    tx.commit().await.unwrap();
    local
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json()["data"].as_array().unwrap().clone()
}

fn ids(answer: &Answer) -> Vec<i64> {
    let rows = rows(answer);
    rows.iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

async fn list(api: &Api, query: &str) -> Answer {
    api.get(&format!("/measurements?{query}")).await.expect(200)
}

/// Follows `next` to the end, and gives the ids of each page.
async fn walked(api: &Api, path: &str) -> Vec<Vec<i64>> {
    let mut pages = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        assert!(pages.len() <= ALL, "the pages do not end: {path}");
        let answer = api.get(&path).await.expect(200);
        assert_eq!(answer.json()["links"]["self"], path);
        pages.push(ids(&answer));
        next = answer.json()["links"]["next"].as_str().map(str::to_owned);
    }
    pages
}

#[tokio::test]
async fn an_empty_collection_is_an_empty_page() {
    let local = Local::start::<Measurement>(Resourceful::resource::<Measurement>).await;
    let answer = local.api().get("/measurements").await.expect(200);
    assert_eq!(
        answer.json(),
        json!({"data": [], "links": {"self": "/measurements"}, "meta": {}})
    );
}

#[tokio::test]
async fn the_links_lead_over_every_row_once_and_end() {
    let local = measured().await;
    let api = local.api();
    for (query, page) in [
        ("", 50),
        ("?limit=100", 100),
        ("?limit=523", 200),
        ("?limit=1000000", 200),
        ("?limit=37&sort=level", 37),
        ("?sort=-probeName,level&limit=60", 60),
        ("?limit=7&offset=0&fields=id", 7),
    ] {
        let pages = walked(&api, &format!("/measurements{query}")).await;
        let (last, full) = pages.split_last().unwrap();
        assert!(full.iter().all(|ids| ids.len() == page), "{query}");
        assert!(!last.is_empty() && last.len() <= page, "{query}");
        let seen: Vec<i64> = pages.concat();
        assert_eq!(seen.len(), ALL, "{query}");
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), ALL, "{query}");
    }
    let filtered = walked(&api, "/measurements?limit=9&probeName=probe+3").await;
    assert_eq!(
        filtered.concat().len(),
        (0..ALL).filter(|number| number % 7 == 3).count()
    );
    let encoded = walked(&api, "/measurements?place=room%261%3D&limit=20").await;
    let due = (0..ALL).filter(|number| number % 10 >= 3 && number % 2 == 1);
    assert_eq!(encoded.concat().len(), due.count());
}

#[tokio::test]
async fn a_page_of_exactly_the_rest_is_the_last() {
    let local = measured().await;
    let answer = list(&local.api(), "level=0&limit=52&fields=id").await;
    assert_eq!(rows(&answer).len(), 52);
    assert_eq!(answer.json()["links"].get("next"), None);
    let answer = list(&local.api(), "level=0&limit=51&fields=id").await;
    assert!(answer.json()["links"]["next"].is_string());
}

#[tokio::test]
async fn the_links_lead_back_to_the_beginning() {
    let local = measured().await;
    let api = local.api();
    let first = list(&api, "limit=50").await;
    assert_eq!(first.json()["links"].get("prev"), None);
    // From the middle of a page, the first page back is shorter: no row is shown twice.
    for (offset, limit) in [(100, 50), (60, 50), (7, 3), (5, 200)] {
        let mut before = Vec::new();
        let mut path = format!("/measurements?offset={offset}&limit={limit}");
        loop {
            let answer = api.get(&path).await.expect(200);
            let Some(previous) = answer.json()["links"]["prev"].as_str().map(str::to_owned) else {
                break;
            };
            let answer = api.get(&previous).await.expect(200);
            before.splice(0..0, ids(&answer));
            path = previous;
        }
        let due: Vec<i64> = (1..=offset).collect();
        assert_eq!(before, due, "before {offset}, {limit} at a time");
    }
}

#[tokio::test]
async fn a_page_of_nothing_leads_nowhere() {
    let local = measured().await;
    let answer = local.api().get("/measurements?limit=0").await;
    if answer.status == 200 {
        assert_eq!(rows(&answer).len(), 0);
        let next = answer.json()["links"].get("next").cloned();
        assert_eq!(next, None, "this page is for ever the next one");
    } else {
        answer.refused(400, "Invalid Query Parameter");
    }
}

#[tokio::test]
async fn behind_the_last_row_is_nothing() {
    let local = measured().await;
    for offset in ["523", "1000000", "9223372036854775807"] {
        let answer = list(&local.api(), &format!("offset={offset}")).await;
        assert_eq!(rows(&answer).len(), 0, "{offset}");
        assert_eq!(answer.json()["links"].get("next"), None, "{offset}");
    }
}

#[tokio::test]
async fn a_list_is_sorted_as_asked_and_then_by_key() {
    let local = measured().await;
    let api = local.api();
    assert_eq!(ids(&list(&api, "limit=3").await), [1, 2, 3]);
    assert_eq!(ids(&list(&api, "limit=3&sort=-id").await), [523, 522, 521]);
    assert_eq!(ids(&list(&api, "limit=3&sort=level").await), [1, 11, 21]);
    assert_eq!(ids(&list(&api, "limit=3&sort=-level").await), [10, 20, 30]);
    assert_eq!(
        ids(&list(&api, "limit=3&sort=-level,-id").await),
        [520, 510, 500]
    );
    assert_eq!(ids(&list(&api, "limit=2&sort=-drift").await), [523, 522]);
    for spelling in ["probeName", "probe_name", "%20probeName", "probeName,"] {
        let answer = list(&api, &format!("limit=2&sort={spelling}")).await;
        assert_eq!(ids(&answer), [1, 8], "{spelling}");
    }
}

#[tokio::test]
async fn filters_narrow_together() {
    let local = measured().await;
    let api = local.api();
    let found = async |query: &str| ids(&list(&api, &format!("limit=200&{query}")).await);
    assert_eq!(found("id=5").await, [5]);
    assert_eq!(found("id[eq]=5").await, [5]);
    assert_eq!(found("id%5Beq%5D=5").await, [5]);
    assert_eq!(found("id=-5").await, [0_i64; 0]);
    assert_eq!(found("level=-5").await.len(), 53);
    assert_eq!(found("drift=9.125").await, [74]);
    assert_eq!(found("drift=9.1").await, [0_i64; 0]);
    assert_eq!(found("level=-5&probeName=probe+0").await.len(), 8);
    assert_eq!(found("probe_name=probe%200&level=-5").await.len(), 8);
    assert_eq!(found("probeName=Probe+0").await, [0_i64; 0]);
    assert_eq!(found("probeName=").await, [0_i64; 0]);
    assert_eq!(found("probeName=probe+0'+OR+'1'='1").await, [0_i64; 0]);
    assert_eq!(found("place=room%261%3D&id=4").await, [4]);
}

#[tokio::test]
async fn fields_are_shown_as_asked_in_any_spelling() {
    let local = measured().await;
    let api = local.api();
    let shown = async |path: &str| {
        let text = api.get(path).await.expect(200).text;
        let end = text.find(",\"links\"").unwrap();
        text["{\"data\":".len()..end].to_owned()
    };
    assert_eq!(
        shown("/measurements?limit=1").await,
        r#"[{"id":1,"probeName":"probe 0","level":-5,"drift":0.0}]"#
    );
    assert_eq!(
        shown("/measurements?limit=1&fields=level,id").await,
        r#"[{"level":-5,"id":1}]"#
    );
    assert_eq!(
        shown("/measurements/1?fields=doubleLevel,probeName").await,
        r#"{"doubleLevel":-10,"probeName":"probe 0"}"#
    );
    // As for filters and orders, the Rust name is as good.
    assert_eq!(
        shown("/measurements/1?fields=probe_name").await,
        r#"{"probeName":"probe 0"}"#
    );
    assert_eq!(
        shown("/measurements?limit=1&fields=probe_name").await,
        r#"[{"probeName":"probe 0"}]"#
    );
}

#[tokio::test]
async fn no_object_has_a_key_twice() {
    let local = measured().await;
    for path in [
        "/measurements?limit=1&fields=id,level,id",
        "/measurements/1?fields=id,id",
        "/measurements/1?fields=probeName,probe_name",
    ] {
        let answer = local.api().get(path).await;
        if answer.status == 200 {
            for key in ["\"id\":", "\"probeName\":"] {
                assert!(answer.text.matches(key).count() < 2, "{}", answer.text);
            }
        } else {
            answer.refused(400, "Invalid Query Parameter");
        }
    }
}

#[tokio::test]
async fn what_is_not_understood_is_refused_with_what_is_allowed() {
    let local = measured().await;
    let api = local.api();
    for (query, codes) in [
        ("nope=1", &["unknown_parameter"][..]),
        ("levle=1", &["unknown_parameter"]),
        ("level[like]=1", &["operator"]),
        ("level[eq=1", &["operator"]),
        ("level]=1", &["unknown_parameter"]),
        ("level[]=1", &["operator"]),
        ("level[nope]=1", &["operator"]),
        ("doubleLevel=1", &["unknown_parameter"]),
        ("Level=1", &["unknown_parameter"]),
        ("level", &["type"]),
        ("level=1.5", &["type"]),
        ("level=2147483648", &["maximum"]),
        ("id=x&drift=y", &["type", "type"]),
        ("level=1&level=2", &["duplicate"]),
        ("sort=level&sort=id", &["duplicate"]),
        ("sort=nope", &["unknown_field"]),
        ("sort=--level", &["unknown_field"]),
        ("sort=-", &["unknown_field"]),
        ("sort=doubleLevel", &["unknown_field"]),
        ("sort=level+desc", &["unknown_field"]),
        ("fields=nope", &["unknown_field"]),
        ("fields=id,delete", &["unknown_field"]),
        ("fields=", &["empty"]),
        ("limit=-1", &["type"]),
        ("limit=ten", &["type"]),
        ("limit=", &["type"]),
        ("limit=1.5", &["type"]),
        ("offset=-1", &["type"]),
        ("offset=9223372036854775808", &["type"]),
        ("limit=99999999999999999999999", &["type"]),
        ("cursor=x", &["cursor"]),
        ("explain=true", &["unknown_parameter"]),
        ("debug=true", &["unknown_parameter"]),
        ("=1", &["unknown_parameter"]),
        (
            "a=1&b=2&limit=x",
            &["unknown_parameter", "unknown_parameter", "type"],
        ),
    ] {
        let answer = api.get(&format!("/measurements?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        let faults = answer.refused(400, "Invalid Query Parameter");
        let found: Vec<_> = faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(found, codes, "{query}: {faults:?}");
        for fault in &faults {
            if ["unknown_parameter", "unknown_field", "operator"].contains(&fault.code.as_str()) {
                assert!(fault.detail.contains("allowed: "), "{query}: {fault:?}");
                assert!(!fault.detail.contains("probe_name"), "{query}: {fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn one_record_takes_fields_and_nothing_else() {
    let local = measured().await;
    for query in [
        "nope=1",
        "limit=1",
        "sort=id",
        "id=1",
        "fields=nope",
        "fields=",
        "fields=id&fields=level",
    ] {
        let answer = local.api().get(&format!("/measurements/1?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        answer.refused(400, "Invalid Query Parameter");
    }
}

/// A column under one name and under the other is the same column.
#[tokio::test]
async fn a_filter_is_given_once_whatever_its_spelling() {
    let local = measured().await;
    for query in [
        "probeName=probe+0&probe_name=probe+1",
        "level=1&level[eq]=2",
        "id=1&%69d=1",
    ] {
        let answer = local.api().get(&format!("/measurements?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
        let faults = answer.refused(400, "Invalid Query Parameter");
        assert_eq!(faults[0].code, "duplicate", "{query}");
    }
}

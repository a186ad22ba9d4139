//! What answers cost as tables grow: of a derived resource, and of the queue beside finished jobs.
//! `README.md` in the folder above says how to run it and how to read what it prints.

#[path = "../books/book.rs"]
mod book;
mod books;
mod connection;
#[path = "../figures.rs"]
mod figures;
mod filled;
#[path = "../machine.rs"]
mod machine;
mod place;
#[path = "../books/rows.rs"]
mod rows;
mod served;

use std::path::Path;
use std::time::{Duration, Instant};

use books::Books;
use figures::{median, say};
use filled::Filled;
use served::Served;
use topchef_tests::Kind;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many rounds are measured; the middle one counts.
const ROUNDS: usize = 5;

/// How often each path is asked for in a round; the first tenth is not counted.
const TIMES: usize = 200;

/// How often in a round something is written: a table of a thousand rows is not to become another one.
const WRITES: usize = 50;

/// For how long the server keeps what it counts, and a little more: each look at the metrics is to ask the database.
const FRESH: Duration = Duration::from_millis(5_100);

/// How many books there are, and how many finished jobs of the one service, where nobody names other numbers.
const ROWS: &str = "1000,10000,100000,1000000";

/// What is read of the queue, with `{id}` for the id of the service.
const PATHS: [&str; 6] = [
    "/services/{id}/jobs/next",
    "/services/{id}/queue",
    "/services/{id}/jobs?limit=20",
    "/jobs?limit=20",
    "/services/{id}/jobs?status=ERROR&limit=20",
    "/jobs?status=ERROR&limit=20",
];

fn main() -> Result<(), Failure> {
    let folder = machine::Folder::new(std::env::args().skip(1))?;
    machine::describe(&folder);
    measure(&folder)
}

fn measure(folder: &Path) -> Result<(), Failure> {
    let rows = std::env::var_os("TOPCHEF_BENCH_ROWS").unwrap_or(ROWS.into());
    let rows = rows.to_string_lossy();
    let rows = rows.split(',').map(|rows| rows.trim().parse());
    let rows = rows.collect::<Result<Vec<u32>, _>>()?;
    let (mut books, mut queues) = (Vec::new(), Vec::new());
    for &rows in &rows {
        let began = Instant::now();
        books.push(Books::start(folder, rows)?);
        queues.push(Served::start(Filled::new(folder, rows)?)?);
        let took = began.elapsed().as_secs_f64();
        say(&format!(
            "{rows} books and {rows} finished jobs, made in {took:.0} s"
        ));
    }
    say(&format!(
        "{ROUNDS} rounds, in each {TIMES} requests for each path and table ({WRITES} where something is written), one \
         after the other and the tables in turn; medians in milliseconds, the ratio of the last to the first, and those of each round\n"
    ));
    let sizes: Vec<_> = rows.iter().map(|rows| format!("{rows} |")).collect();
    say(&format!(
        "| {} | {} ratio | rounds |",
        Kind::of_this_run(),
        sizes.join(" ")
    ));
    say(&format!(
        "| --- | {}--- | --- |",
        "---: | ".repeat(rows.len())
    ));
    of_books(&mut books)?;
    of_queues(&mut queues)
}

fn of_books(books: &mut [Books]) -> Result<(), Failure> {
    let ask = [
        ("`GET` one", Books::one as fn(&mut Books) -> _, TIMES),
        ("`GET` list, first page", Books::first_page, TIMES),
        ("`GET` list, a page in the middle", Books::deep_page, TIMES),
        ("`POST`", Books::post, WRITES),
    ];
    for (name, ask, times) in ask {
        let rounds = rounds(books, times, Books::connect_again, |books| {
            Ok([ask(books)?])
        })?;
        show(name, &rounds, 0);
    }
    Ok(())
}

fn of_queues(queues: &mut [Served]) -> Result<(), Failure> {
    let all = rounds(queues, WRITES, Served::connect_again, Served::cycle)?;
    let names = [
        "a job submitted",
        "`jobs/next` after that",
        "the job completed",
    ];
    for (figure, name) in names.iter().enumerate() {
        show(name, &all, figure);
    }
    for path in PATHS {
        let ask = |queue: &mut Served| Ok([queue.get(path)?]);
        let rounds = rounds(queues, TIMES, Served::connect_again, ask)?;
        show(&format!("`{path}`"), &rounds, 0);
    }
    let mut metrics = Vec::new();
    for _ in 0..ROUNDS {
        // What stands in the database is kept for a while: one look that asks it, each round.
        std::thread::sleep(FRESH);
        let mut round = Vec::new();
        for queue in queues.iter_mut() {
            queue.connect_again()?;
            round.push([queue.get("/metrics")?]);
        }
        metrics.push(round);
    }
    show("`/metrics`", &metrics, 0);
    Ok(())
}

/// What came out for each table in each round, some figures each time.
///
/// The tables are asked in turn, so that whatever else the machine does slows down all of them.
fn rounds<T, const N: usize>(
    tables: &mut [T],
    times: usize,
    begin: fn(&mut T) -> Result<(), Failure>,
    mut ask: impl FnMut(&mut T) -> Result<[f64; N], Failure>,
) -> Result<Vec<Vec<[f64; N]>>, Failure> {
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        tables.iter_mut().try_for_each(begin)?;
        let mut took = vec![Vec::with_capacity(times); tables.len()];
        for _ in 0..times {
            for (table, took) in tables.iter_mut().zip(&mut took) {
                took.push(ask(table)?);
            }
        }
        let figure = |took: &[[f64; N]], figure| took.iter().map(|took| took[figure]).collect();
        let middle = |took: Vec<[f64; N]>| std::array::from_fn(|n| settled(figure(&took, n)));
        all.push(took.into_iter().map(middle).collect());
    }
    Ok(all)
}

/// The time within which half of the requests of one round are answered.
fn settled(mut took: Vec<f64>) -> f64 {
    median(took.split_off(took.len() / 10))
}

/// A line of the table.
fn show<const N: usize>(name: &str, rounds: &[Vec<[f64; N]>], figure: usize) {
    let tables = rounds.first().map_or(0, Vec::len);
    let of_table = |table: usize| rounds.iter().map(move |round| round[table][figure]);
    let middles: Vec<_> = (0..tables)
        .map(|table| format!("{:.3} |", median(of_table(table).collect())))
        .collect();
    let last = tables.saturating_sub(1);
    let ratios: Vec<f64> = of_table(last)
        .zip(of_table(0))
        .map(|(many, few)| many / few)
        .collect();
    let all: Vec<_> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    say(&format!(
        "| {name} | {} {:.2} | {} |",
        middles.join(" "),
        median(ratios),
        all.join(", ")
    ));
}

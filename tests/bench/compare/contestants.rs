//! Who is measured: ours, and those that it is held against, with how each is started and what its URLs are.
//!
//! It does not know what is measured.

use std::path::{Path, PathBuf};
use std::process::Command;

use topchef_tests::Kind;

use crate::Failure;
use crate::operation::Operation;

const BOTH: &[Kind] = &[Kind::Sqlite, Kind::Postgres];

/// The list as our query parameters say it.
const LIST: &str = "/books?pub_year[ge]=1950&sort=-pub_year,-id&limit=20";

/// The same for servers that were written for the one list.
const FIXED_LIST: &str = "/books?pub_year_ge=1950&sort=-pub_year,-id&limit=20";

/// `?filter={"pub_year_gte":1950}&sort=["pub_year","DESC"]&range=[0,19]`; its order has one column.
const CRUDCRATE_LIST: &str = "/books?filter=%7B%22pub_year_gte%22%3A1950%7D&sort=%5B%22pub_year%22%2C%22DESC%22%5D&range=%5B0%2C19%5D";

/// A server.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    program: Program,
    databases: &'static [Kind],
    /// The path of all records, of one, and of the list that is asked for.
    pub(crate) all: &'static str,
    pub(crate) one: &'static str,
    pub(crate) list: &'static str,
    /// The method that changes some of the fields.
    pub(crate) change: &'static str,
    /// The numbers of connections that are tried, for the best of them to be measured; of none its own default is.
    pub(crate) pools: &'static [u32],
    /// Whether it is a limit, which answers one operation alone and whatever is in the table.
    pub(crate) is_constant: bool,
}

enum Program {
    /// A program of this package, with its argument.
    Ours(&'static str, Option<&'static str>),
    /// A crate with dependencies of its own, in the folder of that name.
    Crate(&'static str),
    /// A script that installs what it needs, in the folder of that name.
    Script(&'static str),
}

const PLAIN: Contestant = Contestant {
    name: "topchef",
    program: Program::Ours("books", None),
    databases: BOTH,
    all: "/books",
    one: "/books/{id}",
    list: LIST,
    change: "PATCH",
    pools: &[],
    is_constant: false,
};

pub(crate) const TOPCHEF: Contestant = PLAIN;

pub(crate) const OPPONENTS: [Contestant; 8] = [
    Contestant {
        name: "sqlx-sqlite",
        program: Program::Ours("books-by-hand", Some("sqlx-sqlite")),
        databases: &[Kind::Sqlite],
        list: FIXED_LIST,
        pools: &[1, 2, 4, 8],
        ..PLAIN
    },
    Contestant {
        name: "rusqlite",
        program: Program::Ours("books-by-hand", Some("rusqlite")),
        databases: &[Kind::Sqlite],
        list: FIXED_LIST,
        ..PLAIN
    },
    Contestant {
        name: "sqlx-postgres",
        program: Program::Ours("books-by-hand", Some("sqlx-postgres")),
        databases: &[Kind::Postgres],
        list: FIXED_LIST,
        ..PLAIN
    },
    Contestant {
        name: "crudcrate",
        program: Program::Crate("crudcrate"),
        databases: BOTH,
        list: CRUDCRATE_LIST,
        change: "PUT",
        ..PLAIN
    },
    Contestant {
        name: "fastapi",
        program: Program::Script("fastapi"),
        databases: BOTH,
        list: FIXED_LIST,
        ..PLAIN
    },
    Contestant {
        name: "django",
        program: Program::Script("django"),
        databases: BOTH,
        list: FIXED_LIST,
        ..PLAIN
    },
    Contestant {
        name: "fastify",
        program: Program::Script("fastify"),
        databases: BOTH,
        list: FIXED_LIST,
        ..PLAIN
    },
    Contestant {
        name: "constant",
        program: Program::Ours("books-by-hand", Some("constant")),
        is_constant: true,
        databases: BOTH,
        ..PLAIN
    },
];

impl Contestant {
    pub(crate) fn serves(&self, kind: Kind) -> bool {
        self.databases.contains(&kind)
    }

    /// Whether it has that operation.
    pub(crate) fn has(&self, operation: Operation) -> bool {
        !self.is_constant || operation == Operation::GetOne
    }

    /// Makes the program where it is not there yet, and says how it is started; `work` is where others install into.
    pub(crate) fn command(&self, kind: Kind, work: &Path) -> Result<Command, Failure> {
        match self.program {
            Program::Ours(program, argument) => {
                let mut cargo = cargo();
                cargo.args(["build", "--quiet", "--release", "--package"]);
                cargo.args([env!("CARGO_PKG_NAME"), "--bin", program]);
                let target = work.parent().ok_or("no target folder")?;
                cargo.arg("--target-dir").arg(target);
                build(cargo)?;
                let mut command = Command::new(target.join("release").join(program));
                command.args(argument);
                Ok(command)
            }
            Program::Crate(name) => {
                let target = work.join(name);
                let mut cargo = cargo();
                cargo.args(["build", "--quiet", "--release", "--target-dir"]);
                cargo.arg(&target).current_dir(folder(name));
                build(cargo)?;
                let mut command =
                    Command::new(target.join("release").join(format!("books-{name}")));
                command.arg(word(kind));
                Ok(command)
            }
            Program::Script(name) => {
                let target = work.join(name);
                std::fs::create_dir_all(&target)?;
                let mut command = Command::new(folder(name).join("run"));
                command.arg(word(kind)).env("BOOKS_WORK", target);
                Ok(command)
            }
        }
    }
}

/// What the databases are called in arguments.
pub(crate) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "sqlite",
        Kind::Postgres => "postgres",
    }
}

/// The folder of the servers that are not of this workspace.
fn folder(name: &str) -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.join("bench/opponents").join(name)
}

fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.env("CARGO_INCREMENTAL", "0");
    cargo
}

fn build(mut cargo: Command) -> Result<(), Failure> {
    if cargo.status()?.success() {
        Ok(())
    } else {
        Err(format!("{cargo:?} failed").into())
    }
}

//! Who is measured: ours, and those that it is held against, with how each is started and what its URLs are.
//!
//! It does not know what is measured.

use topchef_tests::Kind;

use crate::operation::Operation;
use crate::programs::Program;

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
    pub(crate) program: Program,
    databases: &'static [Kind],
    /// The path of all records, of one, and of the list that is asked for.
    pub(crate) all: &'static str,
    pub(crate) one: &'static str,
    pub(crate) list: &'static str,
    /// The method that changes some of the fields.
    pub(crate) change: &'static str,
    /// The sizes of its pool that are tried on each database, for the best to be measured; of none its own default is.
    on_sqlite: &'static [u32],
    on_postgres: &'static [u32],
    /// Whether it is a limit, which answers one operation alone and whatever is in the table.
    pub(crate) is_constant: bool,
}

const PLAIN: Contestant = Contestant {
    name: "topchef",
    program: Program::Ours("books", None),
    databases: BOTH,
    all: "/books",
    one: "/books/{id}",
    list: LIST,
    change: "PATCH",
    on_sqlite: &[],
    on_postgres: &[],
    is_constant: false,
};

pub(crate) const TOPCHEF: Contestant = PLAIN;

pub(crate) const OPPONENTS: [Contestant; 8] = [
    Contestant {
        name: "sqlx-sqlite",
        program: Program::Ours("books-by-hand", Some("sqlx-sqlite")),
        databases: &[Kind::Sqlite],
        list: FIXED_LIST,
        on_sqlite: &[1, 2, 4, 8],
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
        on_postgres: &[4, 8, 16, 32],
        ..PLAIN
    },
    Contestant {
        name: "crudcrate",
        program: Program::Crate("crudcrate"),
        databases: BOTH,
        list: CRUDCRATE_LIST,
        change: "PUT",
        on_sqlite: &[1, 2, 4, 8],
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

    pub(crate) fn pools(&self, kind: Kind) -> &'static [u32] {
        match kind {
            Kind::Sqlite => self.on_sqlite,
            Kind::Postgres => self.on_postgres,
        }
    }

    /// Whether it has that operation.
    pub(crate) fn has(&self, operation: Operation) -> bool {
        !self.is_constant || operation == Operation::GetOne
    }
}

/// What the databases are called in arguments.
pub(crate) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "sqlite",
        Kind::Postgres => "postgres",
    }
}

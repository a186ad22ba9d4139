//! The table of idempotency keys, and its statements.
//!
//! It does not know what a key stands for.

use sea_query::{
    Alias, ColumnDef, DeleteStatement, Expr, ExprTrait, Index, InsertStatement, LockBehavior,
    LockType, Query, SelectStatement, SimpleExpr, Table, UpdateStatement,
};

use super::{Dialect, Statement};
use crate::column::Value;

const TABLE: &str = "topchef_idempotency_keys";
const SCOPE: &str = "scope";
const KEY: &str = "key";
const FINGERPRINT: &str = "fingerprint";
const CREATED_AT: &str = "created_at";
const RECORDS: &str = "records";
const STATUS: &str = "status";
const HEADERS: &str = "headers";
const BODY: &str = "body";

/// Whose key it is, and the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopedKey {
    pub(crate) scope: String,
    pub(crate) key: String,
}

impl Dialect {
    /// Makes the table where there is none, and the index by which old keys are found.
    pub(crate) fn create_idempotency_keys(self) -> [Statement; 2] {
        let required = |name: &str| ColumnDef::new(Alias::new(name)).not_null().take();
        let mut table = Table::create();
        table
            .table(Alias::new(TABLE))
            .if_not_exists()
            .col(required(SCOPE).text())
            .col(required(KEY).text())
            .col(required(FINGERPRINT).text())
            .col(required(CREATED_AT).big_integer())
            .col(ColumnDef::new(Alias::new(RECORDS)).text())
            .col(ColumnDef::new(Alias::new(STATUS)).big_integer())
            .col(ColumnDef::new(Alias::new(HEADERS)).text())
            .col(ColumnDef::new(Alias::new(BODY)).blob())
            .primary_key(Index::create().col(Alias::new(SCOPE)).col(Alias::new(KEY)));
        let mut index = Index::create();
        index
            .name(format!("{TABLE}_{CREATED_AT}"))
            .table(Alias::new(TABLE))
            .col(Alias::new(CREATED_AT))
            .if_not_exists();
        [self.definition(&table), self.definition(&index)].map(Statement::plain)
    }

    /// Looks for the table without reading a row of it.
    pub(crate) fn probe_idempotency_keys(self) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .column(Alias::new(FINGERPRINT))
            .from(Alias::new(TABLE))
            .limit(0);
        self.build(&statement)
    }

    /// What is stored under a key, unless it is older: the fingerprint, the records, the status, the headers, the body.
    pub(crate) fn find_idempotency_key(self, key: &ScopedKey, not_before: i64) -> Statement {
        let mut statement = SelectStatement::new();
        statement
            .columns([FINGERPRINT, RECORDS, STATUS, HEADERS, BODY].map(Alias::new))
            .from(Alias::new(TABLE))
            .and_where(is(key))
            .and_where(Expr::col(Alias::new(CREATED_AT)).gte(not_before));
        self.build(&statement).that_only_reads()
    }

    /// Stores a key, whose answer is not known yet; returns its fingerprint.
    pub(crate) fn insert_idempotency_key(
        self,
        key: &ScopedKey,
        fingerprint: &str,
        now: i64,
    ) -> Statement {
        let values: [SimpleExpr; 4] = [
            key.scope.as_str().into(),
            key.key.as_str().into(),
            fingerprint.into(),
            now.into(),
        ];
        let mut statement = InsertStatement::new();
        statement
            .into_table(Alias::new(TABLE))
            .columns([SCOPE, KEY, FINGERPRINT, CREATED_AT].map(Alias::new))
            .values_panic(values)
            .returning(Query::returning().column(Alias::new(FINGERPRINT)));
        self.build(&statement)
    }

    /// Stores which records the request with this key wrote.
    pub(crate) fn store_idempotent_records(self, key: &ScopedKey, records: &str) -> Statement {
        self.update_idempotency_key(key, [(RECORDS, Value::from(records))])
    }

    /// Stores the answer to the request with this key.
    pub(crate) fn store_idempotent_answer(
        self,
        key: &ScopedKey,
        status: u16,
        headers: String,
        body: Vec<u8>,
    ) -> Statement {
        let values = [
            (STATUS, Value::from(i64::from(status))),
            (HEADERS, Value::from(headers)),
            (BODY, Value::from(body)),
        ];
        self.update_idempotency_key(key, values)
    }

    fn update_idempotency_key<const N: usize>(
        self,
        key: &ScopedKey,
        values: [(&'static str, Value); N],
    ) -> Statement {
        let mut statement = UpdateStatement::new();
        statement
            .table(Alias::new(TABLE))
            .values(values.map(|(name, value)| (Alias::new(name), SimpleExpr::from(value))))
            .and_where(is(key));
        self.build(&statement)
    }

    /// Removes the keys that are older; in `PostgreSQL` without waiting for who removes them too.
    pub(crate) fn delete_idempotency_keys(self, before: i64) -> Statement {
        let old = Expr::col(Alias::new(CREATED_AT)).lt(before);
        let mut statement = DeleteStatement::new();
        statement.from_table(Alias::new(TABLE));
        match self {
            Self::Sqlite => statement.and_where(old),
            Self::Postgres => {
                let mut free = SelectStatement::new();
                free.columns([SCOPE, KEY].map(Alias::new))
                    .from(Alias::new(TABLE))
                    .and_where(old)
                    .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
                let key = [SCOPE, KEY].map(|name| Expr::col(Alias::new(name)));
                statement.and_where(Expr::tuple(key).in_subquery(free))
            }
        };
        self.build(&statement)
    }
}

fn is(key: &ScopedKey) -> Expr {
    let scope = Expr::col(Alias::new(SCOPE)).eq(key.scope.as_str());
    scope.and(Expr::col(Alias::new(KEY)).eq(key.key.as_str()))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::tests::both;
    use super::*;

    #[test]
    fn the_table_and_its_statements() {
        let key = ScopedKey {
            scope: "POST /books".to_owned(),
            key: "one".to_owned(),
        };
        for index in 0..2 {
            assert_snapshot!(both(|dialect| {
                dialect.create_idempotency_keys()[index].clone()
            }));
        }
        assert_snapshot!(both(|dialect| dialect.find_idempotency_key(&key, 7)));
        assert_snapshot!(both(
            |dialect| dialect.insert_idempotency_key(&key, "print", 8)
        ));
        assert_snapshot!(both(|dialect| dialect.store_idempotent_records(&key, "1")));
        assert_snapshot!(both(|dialect| {
            dialect.store_idempotent_answer(&key, 201, "[]".to_owned(), b"{}".to_vec())
        }));
        assert_snapshot!(both(|dialect| dialect.delete_idempotency_keys(9)));
    }
}

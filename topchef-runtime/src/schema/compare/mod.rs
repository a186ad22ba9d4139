//! Where a table and its struct have drifted apart.
//!
//! It does not know how the database was asked.

mod postgres;

use super::create::{is_marked, referred};
use super::stored::{IndexedColumn, StoredColumn, StoredTable};
use crate::column::{ColumnDefault, Kind};
use crate::descriptor::{ColumnDescriptor, Descriptor};
use crate::sql::{DECIMAL_COLLATION, Dialect};

/// A place where a table and its struct have drifted apart; its text says what to do.
///
/// Tables and columns are called as the table calls them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Drift {
    /// There is no such table.
    #[error("the table `{table}` is missing: make it, or name another with `table = \"…\"`")]
    MissingTable {
        /// The table.
        table: String,
    },
    /// A field has no column.
    #[error(
        "the column `{table}.{column}` is missing: add it to the table, or mark the field `skip`"
    )]
    MissingColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column without a field must have a value, so that no record can be stored.
    #[error(
        "the column `{table}.{column}` must have a value, and no field gives it one: drop it, give it a default, or add a field"
    )]
    UnknownColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column would not keep the values of its field as they are.
    #[error(
        "the column `{table}.{column}` is declared `{found}`, and its field needs `{expected}`: change the type of one of them"
    )]
    Type {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// How [`Database::create_tables`](crate::Database::create_tables) declares it.
        expected: &'static str,
        /// How it is declared.
        found: String,
    },
    /// A column may be null, and its field may not.
    #[error(
        "the column `{table}.{column}` may be null, and its field may not: declare it NOT NULL, or make the field an `Option`"
    )]
    Nullable {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A field may be null, and its column may not.
    #[error(
        "the column `{table}.{column}` is NOT NULL, and its field is an `Option`: let the column be null, or make the field no `Option`"
    )]
    NotNull {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The primary key is of other columns.
    #[error(
        "the primary key of `{table}` is ({}), and that of its struct ({}): change one of them",
        found.join(", "),
        expected.join(", ")
    )]
    PrimaryKey {
        /// The table.
        table: String,
        /// The struct's.
        expected: Vec<String>,
        /// The table's.
        found: Vec<String>,
    },
    /// Nothing keeps a unique column unique.
    #[error(
        "the column `{table}.{column}` has no unique index, and its field is `unique`: make the index, or unmark the field"
    )]
    NotUnique {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Rows are looked for by a column without an index.
    #[error(
        "the column `{table}.{column}` has no index that begins with it, and its field is `index` or `references` another table: make one, or unmark the field"
    )]
    MissingIndex {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Nothing keeps a reference whole.
    #[error(
        "the column `{table}.{column}` has no foreign key to `{target}`, and its field `references` it: add the foreign key, or unmark the field"
    )]
    MissingReference {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The table that it should refer to.
        target: String,
    },
}

/// Everything in which a table is not what its struct says, in the struct's order.
pub(crate) fn compare(
    dialect: Dialect,
    descriptor: &Descriptor,
    stored: &StoredTable,
) -> Vec<Drift> {
    let table = descriptor.table.to_owned();
    if stored.columns.is_empty() {
        return vec![Drift::MissingTable { table }];
    }
    let comparison = Comparison {
        dialect,
        descriptor,
        stored,
    };
    let mut drifts = Vec::new();
    for (index, column) in descriptor.columns.iter().enumerate() {
        match stored.column(column.name) {
            Some(found) => comparison.column(index, column, found, &mut drifts),
            None => drifts.push(Drift::MissingColumn {
                table: table.clone(),
                column: column.name.to_owned(),
            }),
        }
    }
    drifts.extend(comparison.unknown_columns());
    drifts.extend(comparison.primary_key());
    drifts
}

struct Comparison<'a> {
    dialect: Dialect,
    descriptor: &'a Descriptor,
    stored: &'a StoredTable,
}

impl Comparison<'_> {
    fn table(&self) -> String {
        self.descriptor.table.to_owned()
    }

    fn column(
        &self,
        index: usize,
        column: &ColumnDescriptor,
        found: &StoredColumn,
        drifts: &mut Vec<Drift>,
    ) {
        let (table, name) = (self.table(), column.name.to_owned());
        let assigned = matches!(self.descriptor.default_of(index), ColumnDefault::Database);
        if !self.fits(found, column.kind, assigned) {
            drifts.push(Drift::Type {
                table: table.clone(),
                column: name.clone(),
                expected: self.expected(column.kind, assigned),
                found: found.declared.clone(),
            });
        }
        if found.not_null && column.nullable {
            drifts.push(Drift::NotNull {
                table: table.clone(),
                column: name.clone(),
            });
        }
        // A key that the database assigns is never null, whatever was declared.
        if !found.not_null && !column.nullable && !assigned {
            drifts.push(Drift::Nullable {
                table: table.clone(),
                column: name.clone(),
            });
        }
        if column.unique && self.descriptor.key != [index] && !self.is_unique(column) {
            drifts.push(Drift::NotUnique {
                table: table.clone(),
                column: name.clone(),
            });
        }
        if is_marked(column) && self.descriptor.key != [index] && !self.has_index(column) {
            drifts.push(Drift::MissingIndex {
                table: table.clone(),
                column: name.clone(),
            });
        }
        if let Some((target, key)) = referred(column)
            && !self.refers(column, target, key)
        {
            drifts.push(Drift::MissingReference {
                table,
                column: name,
                target: target.to_owned(),
            });
        }
    }

    /// Whether the column keeps the values of its field as they are.
    fn fits(&self, found: &StoredColumn, kind: Kind, assigned: bool) -> bool {
        match self.dialect {
            Dialect::Sqlite if assigned => is_row_id(&found.declared),
            Dialect::Sqlite => keeps(&found.declared, kind),
            Dialect::Postgres => {
                postgres::keeps(&found.declared, kind) && (found.has_default || !assigned)
            }
        }
    }

    fn expected(&self, kind: Kind, assigned: bool) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => declared(kind),
            Dialect::Postgres if assigned => "bigint GENERATED BY DEFAULT AS IDENTITY",
            Dialect::Postgres => postgres::declared(kind),
        }
    }

    fn is_unique(&self, column: &ColumnDescriptor) -> bool {
        self.stored.indexes.iter().any(|index| {
            let columns = index.columns.as_slice();
            index.unique && matches!(columns, [only] if self.is_of(only, column))
        })
    }

    fn has_index(&self, column: &ColumnDescriptor) -> bool {
        let mut indexes = self.stored.indexes.iter();
        indexes.any(|index| {
            let mut columns = index.columns.iter();
            columns
                .next()
                .is_some_and(|first| self.is_of(first, column))
        })
    }

    /// Whether an index's column is this one, compared as its values are.
    ///
    /// In `PostgreSQL` values are the same, or not, whatever the collation.
    fn is_of(&self, indexed: &IndexedColumn, column: &ColumnDescriptor) -> bool {
        let compares_alike = match self.dialect {
            Dialect::Sqlite => {
                (indexed.collation == DECIMAL_COLLATION) == (column.kind == Kind::Decimal)
            }
            Dialect::Postgres => true,
        };
        let name = indexed.name.as_ref();
        compares_alike && name.is_some_and(|name| same(name, column.name))
    }

    fn refers(&self, column: &ColumnDescriptor, target: &str, key: &str) -> bool {
        self.stored.references.iter().any(|reference| {
            same(&reference.column, column.name)
                && same(&reference.table, target)
                && reference.key.as_ref().is_none_or(|found| same(found, key))
        })
    }

    /// The columns that no field has and that nothing else fills.
    fn unknown_columns(&self) -> impl Iterator<Item = Drift> {
        let is_known = |name: &str| {
            let mut columns = self.descriptor.columns.iter();
            columns.any(|column| same(column.name, name))
        };
        self.stored
            .columns
            .iter()
            .filter(move |column| column.not_null && !column.has_default && !is_known(&column.name))
            .map(|column| Drift::UnknownColumn {
                table: self.table(),
                column: column.name.clone(),
            })
    }

    fn primary_key(&self) -> Option<Drift> {
        let columns = self.stored.columns.iter();
        let mut key: Vec<_> = columns.filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        let found: Vec<_> = key.into_iter().map(|column| column.name.clone()).collect();
        let columns = self.descriptor.key_columns();
        let expected: Vec<_> = columns.map(|column| column.name.to_owned()).collect();
        let alike = found.len() == expected.len()
            && found
                .iter()
                .zip(&expected)
                .all(|(one, other)| same(one, other));
        (!alike).then(|| Drift::PrimaryKey {
            table: self.table(),
            expected,
            found,
        })
    }
}

impl StoredTable {
    fn column(&self, name: &str) -> Option<&StoredColumn> {
        self.columns.iter().find(|column| same(&column.name, name))
    }
}

/// Names of tables and columns are the same whether their letters are large or small.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether a key declared so is the row id, which the database assigns; only this very word makes it that.
fn is_row_id(declared: &str) -> bool {
    same(declared, "integer")
}

/// Whether a column declared so keeps the values of a kind as they are.
///
/// What `SQLite` does with a value depends on the type that is declared (its "Datatypes", section 3.1).
fn keeps(declared: &str, kind: Kind) -> bool {
    let affinity = Affinity::of(declared);
    match kind {
        Kind::Integer { .. } | Kind::Boolean => {
            matches!(affinity, Affinity::Integer | Affinity::Numeric)
        }
        Kind::Real | Kind::Double => matches!(affinity, Affinity::Real | Affinity::Numeric),
        // No time looks like a number, so it stays the text that it is: `date` and `timestamp` are of this kind.
        Kind::Date | Kind::Time | Kind::DateTime | Kind::Timestamp => {
            matches!(affinity, Affinity::Text | Affinity::Numeric)
        }
        Kind::Text | Kind::Json | Kind::Enum(_) | Kind::Decimal => affinity == Affinity::Text,
        Kind::Uuid | Kind::Bytes => affinity == Affinity::Blob,
    }
}

/// What a column makes of values that are not of its own type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    fn of(declared: &str) -> Self {
        let declared = declared.to_ascii_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
        if has(&["INT"]) {
            Self::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Text
        } else if declared.is_empty() || has(&["BLOB"]) {
            Self::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Self::Real
        } else {
            Self::Numeric
        }
    }
}

/// How a table that we make declares a kind.
const fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer { .. } => "integer",
        Kind::Boolean => "boolean",
        Kind::Real => "float",
        Kind::Double => "double",
        Kind::Uuid | Kind::Bytes => "blob",
        Kind::Decimal => "text COLLATE DECIMAL",
        Kind::Text
        | Kind::Json
        | Kind::Enum(_)
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp => "text",
    }
}

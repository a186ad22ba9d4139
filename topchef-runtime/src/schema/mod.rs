//! Tables from descriptors.
//!
//! Pure: it makes statements and runs none.

use sea_query::{Alias, ColumnDef, SqliteQueryBuilder, Table};

use crate::column::{ColumnDefault, Kind};
use crate::descriptor::{ColumnDescriptor, Descriptor};
use crate::resource::ModelResource;
use crate::sql::Dialect;

/// One resource, or a tuple of up to twelve: `create_tables::<(Author, Book)>()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a resource, nor a tuple of resources",
    label = "not a resource",
    note = "write `#[derive(ModelResource)]` above the struct"
)]
pub trait Resources {
    /// Their descriptors, in order: a table that is referred to stands before the one that refers to it.
    fn descriptors() -> Vec<&'static Descriptor>;
}

#[diagnostic::do_not_recommend]
impl<M: ModelResource> Resources for M {
    fn descriptors() -> Vec<&'static Descriptor> {
        vec![M::descriptor()]
    }
}

macro_rules! tuples {
    ($(($($member:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($member: ModelResource),+> Resources for ($($member,)+) {
            fn descriptors() -> Vec<&'static Descriptor> {
                vec![$($member::descriptor()),+]
            }
        }
    )+};
}
tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
    (A, B, C, D, E, F, G, H, I, J, K) (A, B, C, D, E, F, G, H, I, J, K, L)
}

/// The statement that makes a resource's table where there is none.
pub(crate) fn create_table(dialect: Dialect, descriptor: &Descriptor) -> String {
    let mut table = Table::create();
    table.table(Alias::new(descriptor.table)).if_not_exists();
    for (index, column) in descriptor.columns.iter().enumerate() {
        table.col(definition(descriptor, index, column));
    }
    match dialect {
        Dialect::Sqlite => table.to_string(SqliteQueryBuilder),
    }
}

fn definition(descriptor: &Descriptor, index: usize, column: &ColumnDescriptor) -> ColumnDef {
    let mut definition = ColumnDef::new(Alias::new(column.name));
    let assigned = matches!(descriptor.default_of(index), ColumnDefault::Database);
    match column.kind {
        // Only this very word makes SQLite's row id the key.
        Kind::Integer { .. } => definition.integer(),
        Kind::Boolean => definition.boolean(),
        Kind::Real => definition.float(),
        Kind::Double => definition.double(),
        Kind::Uuid | Kind::Bytes => definition.blob(),
        // Times in one fixed form sort as text, and go out without being parsed.
        Kind::Text
        | Kind::Json
        | Kind::Enum(_)
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp => definition.text(),
    };
    if descriptor.key.contains(&index) {
        definition.primary_key();
        if assigned {
            // The number of a record that is gone is not given to another.
            definition.auto_increment();
        }
    }
    if !column.nullable && !assigned {
        definition.not_null();
    }
    definition
}

//! The statements that make tables and indexes where there are none.
//!
//! It does not know what is there already.

use sea_query::{
    Alias, ColumnDef, ForeignKey, ForeignKeyCreateStatement, Index, IndexCreateStatement,
    IndexOrder, SqliteQueryBuilder, Table,
};

use crate::column::{ColumnDefault, Kind};
use crate::descriptor::{ColumnDescriptor, Descriptor, Sort};
use crate::query::total;
use crate::sql::{DECIMAL_COLLATION, Dialect};

/// The statements, in order: all tables, then their indexes.
///
/// `SQLite` takes a reference to a table that is made later, so the resources stand in any order.
pub(crate) fn create_tables(dialect: Dialect, descriptors: &[&'static Descriptor]) -> Vec<String> {
    let tables = descriptors
        .iter()
        .map(|descriptor| create_table(dialect, descriptor));
    let indexes = descriptors
        .iter()
        .flat_map(|descriptor| create_indexes(dialect, descriptor));
    tables.chain(indexes).collect()
}

fn create_table(dialect: Dialect, descriptor: &Descriptor) -> String {
    let mut table = Table::create();
    table.table(Alias::new(descriptor.table)).if_not_exists();
    for (index, column) in descriptor.columns.iter().enumerate() {
        table.col(definition(descriptor, index, column));
    }
    if descriptor.key.len() > 1 {
        table.primary_key(&mut composite_key(descriptor));
    }
    for column in descriptor.columns {
        if let Some(mut reference) = reference(descriptor, column) {
            table.foreign_key(&mut reference);
        }
    }
    match dialect {
        Dialect::Sqlite => table.to_string(SqliteQueryBuilder),
    }
}

fn definition(descriptor: &Descriptor, index: usize, column: &ColumnDescriptor) -> ColumnDef {
    let mut definition = ColumnDef::new(Alias::new(column.name));
    let assigned = matches!(descriptor.default_of(index), ColumnDefault::Database);
    let is_key = descriptor.key == [index];
    match column.kind {
        // Only this very word makes SQLite's row id the key.
        Kind::Integer { .. } => definition.integer(),
        Kind::Boolean => definition.boolean(),
        Kind::Real => definition.float(),
        Kind::Double => definition.double(),
        Kind::Uuid | Kind::Bytes => definition.blob(),
        // As text a decimal keeps all its digits; the collation compares what the text says.
        Kind::Decimal => definition
            .text()
            .extra(format!("COLLATE {DECIMAL_COLLATION}")),
        // Times in one fixed form sort as text, and go out without being parsed.
        Kind::Text
        | Kind::Json
        | Kind::Enum(_)
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp => definition.text(),
    };
    if is_key {
        definition.primary_key();
        if assigned {
            // The number of a record that is gone is not given to another.
            definition.auto_increment();
        }
    }
    if !column.nullable && !assigned {
        definition.not_null();
    }
    if column.unique && !is_key {
        definition.unique_key();
    }
    if column.version {
        // For rows that other programs write.
        definition.default(1);
    }
    definition
}

fn composite_key(descriptor: &Descriptor) -> IndexCreateStatement {
    let mut key = Index::create();
    key.primary();
    for column in descriptor.key_columns() {
        key.col(Alias::new(column.name));
    }
    key
}

fn reference(
    descriptor: &Descriptor,
    column: &ColumnDescriptor,
) -> Option<ForeignKeyCreateStatement> {
    let (table, key) = referred(column)?;
    let mut reference = ForeignKey::create();
    reference
        .from(Alias::new(descriptor.table), Alias::new(column.name))
        .to(Alias::new(table), Alias::new(key));
    Some(reference)
}

/// The table and the column that a column refers to; one column cannot refer to a key of several.
pub(super) fn referred(column: &ColumnDescriptor) -> Option<(&'static str, &'static str)> {
    let target = (column.references?)();
    let mut key = target.key_columns();
    match (key.next(), key.next()) {
        (Some(only), None) => Some((target.table, only.name)),
        _ => None,
    }
}

fn create_indexes(dialect: Dialect, descriptor: &Descriptor) -> Vec<String> {
    let create = |columns: &Vec<Sort>| {
        let mut index = create_index(descriptor, columns);
        index.if_not_exists();
        match dialect {
            Dialect::Sqlite => index.to_string(SqliteQueryBuilder),
        }
    };
    indexes(descriptor).iter().map(create).collect()
}

fn create_index(descriptor: &Descriptor, columns: &[Sort]) -> IndexCreateStatement {
    let mut index = Index::create();
    let mut name = vec![descriptor.table];
    index.table(Alias::new(descriptor.table));
    for sort in columns {
        let column = descriptor.columns[sort.column].name;
        name.push(column);
        if sort.descending {
            index.col((Alias::new(column), IndexOrder::Desc));
        } else {
            index.col(Alias::new(column));
        }
    }
    name.push("idx");
    // No plain name has a dot, so no other columns make the same name, nor those of another table.
    index.name(name.join("."));
    index
}

/// Whether the field asks for an index: by itself, or because other records are found by it.
pub(super) const fn is_marked(column: &ColumnDescriptor) -> bool {
    column.index || column.references.is_some()
}

/// The columns of each index that the resource asks for, besides those that keys and unique columns have by themselves.
///
/// One for each column that is marked, refers to another table or may be filtered by, and one for the collection's own
/// order; that one serves its first column too.
fn indexes(descriptor: &Descriptor) -> Vec<Vec<Sort>> {
    let has_its_own =
        |index: usize| descriptor.columns[index].unique || descriptor.key.first() == Some(&index);
    let order = match descriptor.collection.order {
        [] => None,
        [first, ..] if has_its_own(first.column) => None,
        order => Some(total(descriptor, order.to_vec())),
    };
    let ordered_by = order.iter().flatten().map(|sort| sort.column).next();
    let asked_for = |index: usize| {
        let column = &descriptor.columns[index];
        is_marked(column)
            || (descriptor.collection.filter.contains(&index) && column.kind.is_comparable())
    };
    let single = (0..descriptor.columns.len())
        .filter(|index| asked_for(*index) && !has_its_own(*index) && ordered_by != Some(*index))
        .map(|column| {
            vec![Sort {
                column,
                descending: false,
            }]
        });
    single.chain(order.clone()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use insta::assert_snapshot;
    use rust_decimal::Decimal;
    use uuid::Uuid;

    use super::*;
    use crate::ModelResource;
    use crate::schema::Resources;

    fn shown<R: Resources>() -> String {
        create_tables(Dialect::Sqlite, &R::descriptors()).join(";\n")
    }

    /// Every kind of column.
    #[derive(ModelResource)]
    struct Sample {
        id: i64,
        small: u8,
        real: f32,
        double: Option<f64>,
        price: Decimal,
        boolean: bool,
        text: Option<String>,
        date: NaiveDate,
        moment: DateTime<Utc>,
        bytes: Vec<u8>,
        json: serde_json::Value,
    }

    #[derive(ModelResource)]
    struct Author {
        id: Uuid,
        #[resource(references = Author)]
        mentor_id: Option<Uuid>,
        #[resource(unique, column = "pen_name")]
        name: String,
    }

    #[derive(ModelResource)]
    struct Book {
        id: Uuid,
        #[resource(references = Author)]
        author_id: Uuid,
        #[resource(index)]
        title: String,
        #[resource(unique)]
        price: Option<Decimal>,
        #[resource(version)]
        version: i64,
    }

    /// A key of two columns, each of which could be assigned.
    #[derive(ModelResource)]
    struct Line {
        #[resource(primary_key)]
        order: i64,
        #[resource(primary_key)]
        number: i64,
        #[resource(references = Book)]
        book_id: Uuid,
    }

    /// Two indexes whose columns have the same names, written one after the other.
    #[derive(ModelResource)]
    #[resource(collection(order_by = [author]))]
    struct Play {
        id: Uuid,
        author: String,
        #[resource(index)]
        author_id: Uuid,
    }

    #[test]
    fn every_kind_of_column() {
        assert_snapshot!(shown::<Sample>());
    }

    #[test]
    fn references_unique_columns_and_indexes() {
        assert_snapshot!(shown::<(Book, Author)>());
    }

    #[test]
    fn two_indexes_have_two_names() {
        assert_snapshot!(shown::<Play>());
    }

    #[test]
    fn a_key_of_two_columns() {
        assert_snapshot!(shown::<Line>());
    }

    #[test]
    fn an_order_has_an_index_that_serves_its_first_column_too() {
        static SORTED: Descriptor = Descriptor {
            name: "Book",
            doc: "",
            table: "books",
            path: "/books",
            methods: &[],
            columns: Book::DESCRIPTOR.columns,
            key: Book::KEY,
            computed: &[],
            relations: &[],
            fields: crate::descriptor::FieldsByMethod {
                get: &[],
                list: &[],
                post: &[],
                put: &[],
                patch: &[],
            },
            answers: &[],
            collection: crate::descriptor::Collection {
                filter: &[0, 1, 2, 3, 4],
                sort: &[],
                order: &[Sort {
                    column: 2,
                    descending: true,
                }],
                search: &[],
                page: crate::descriptor::PageSize::USUAL,
            },
            envelope: crate::descriptor::Envelope::Data,
            docs: &[],
        };
        assert_snapshot!(create_indexes(Dialect::Sqlite, &SORTED).join(";\n"));
    }
}

//! Resources that share a table: whether the table that one of them makes is one for the other too.
//!
//! It does not know which tables are there already.

use crate::column::ColumnDefault;
use crate::descriptor::{ColumnDescriptor, Descriptor, Method};
use crate::sql::Dialect;

/// What to write, when one of the resources has the table of an earlier one, which makes it so that it does not fit.
pub(crate) fn misfit(dialect: Dialect, descriptors: &[&'static Descriptor]) -> Option<String> {
    let mut later = descriptors.iter().enumerate();
    later.find_map(|(place, descriptor)| {
        let mut earlier = descriptors[..place].iter();
        let maker = earlier.find(|it| is_same(dialect, it.table, descriptor.table))?;
        let wrong = misfit_of(dialect, maker, descriptor)?;
        let (maker_name, name, table) = (maker.name, descriptor.name, descriptor.table);
        let first = match misfit_of(dialect, descriptor, maker) {
            None => format!(", or name `{name}` before `{maker_name}`"),
            Some(_) => String::new(),
        };
        Some(format!(
            "`{maker_name}` and `{name}` have one table, `{table}`, which `{maker_name}` makes {wrong}; \
             write another `table` for one{first}"
        ))
    })
}

/// What is wrong with the table of `maker` for another resource.
fn misfit_of(dialect: Dialect, maker: &Descriptor, other: &Descriptor) -> Option<String> {
    if let Some(lacking) = other.columns.iter().find(|it| !has(dialect, maker, it)) {
        return Some(format!("without the column `{}`", lacking.name));
    }
    let adds_rows = [Method::Post, Method::Put]
        .iter()
        .any(|it| other.methods.contains(it));
    let mut columns = maker.columns.iter().enumerate();
    let (_, required) = columns.find(|(place, column)| {
        let is_assigned = matches!(maker.default_of(*place), ColumnDefault::Database);
        adds_rows && !column.nullable && !is_assigned && !has(dialect, other, column)
    })?;
    let (name, column) = (other.name, required.name);
    Some(format!(
        "with the column `{column}`, which is never null and which `{name}` does not fill"
    ))
}

fn has(dialect: Dialect, descriptor: &Descriptor, column: &ColumnDescriptor) -> bool {
    let mut columns = descriptor.columns.iter();
    columns.any(|it| is_same(dialect, it.name, column.name))
}

/// Whether two names are one: for `SQLite` it does not matter whether ASCII letters are large or small.
fn is_same(dialect: Dialect, name: &str, other: &str) -> bool {
    match dialect {
        Dialect::Sqlite => name.eq_ignore_ascii_case(other),
        Dialect::Postgres => name == other,
    }
}

#[cfg(test)]
mod tests {
    use super::misfit;
    use crate::ModelResource;
    use crate::schema::Resources;
    use crate::sql::Dialect::{Postgres, Sqlite};

    #[derive(ModelResource)]
    #[resource(table = "books", methods(get, list))]
    struct Title {
        id: i64,
        title: String,
    }

    #[derive(ModelResource)]
    #[resource(table = "books")]
    struct NewTitle {
        id: i64,
        title: String,
    }

    #[derive(ModelResource)]
    #[resource(table = "Books")]
    struct FullBook {
        id: i64,
        title: String,
        pages: i32,
    }

    #[derive(ModelResource)]
    #[resource(table = "Books")]
    struct Author {
        id: i64,
        name: String,
    }

    fn said<R: Resources>() -> String {
        misfit(Sqlite, &R::descriptors()).unwrap_or_default()
    }

    #[test]
    fn a_table_with_all_columns_is_shared() {
        assert_eq!(said::<(FullBook, Title)>(), "");
        assert_eq!(said::<(Title, NewTitle)>(), "");
    }

    #[test]
    fn a_table_without_a_column_is_not() {
        assert_eq!(
            said::<(Title, FullBook)>(),
            "`Title` and `FullBook` have one table, `Books`, which `Title` makes without the column `pages`; \
             write another `table` for one, or name `FullBook` before `Title`"
        );
    }

    #[test]
    fn neither_is_one_with_a_column_that_new_records_do_not_fill() {
        assert_eq!(
            said::<(FullBook, NewTitle)>(),
            "`FullBook` and `NewTitle` have one table, `books`, which `FullBook` makes with the column `pages`, \
             which is never null and which `NewTitle` does not fill; write another `table` for one"
        );
    }

    #[test]
    fn no_order_is_proposed_where_none_helps() {
        assert_eq!(
            said::<(FullBook, Author)>(),
            "`FullBook` and `Author` have one table, `Books`, which `FullBook` makes without the column `name`; \
             write another `table` for one"
        );
    }

    #[test]
    fn postgresql_tells_large_letters_from_small_ones() {
        assert_eq!(misfit(Postgres, &<(Title, FullBook)>::descriptors()), None);
    }
}

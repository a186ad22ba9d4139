//! The grammar of a collection's URL: `field=value`, `sort`, `limit`, `offset`, `fields`.
//!
//! Everything in it is either understood or refused: an unknown name never means "all rows".

use std::borrow::Cow;
use std::collections::HashSet;

use super::{Condition, Operator, PageSize, Query, Sort};
use crate::column::parse_text;
use crate::descriptor::{Descriptor, Field, Method};
use crate::error::{ApiError, Report, shortened};

/// Reads the query string of a collection whose pages have this size.
///
/// # Errors
/// As [`narrow`].
pub fn parse(descriptor: &Descriptor, size: PageSize, raw: &str) -> Result<Query, Report> {
    narrow(descriptor, Query::first_page(descriptor, size), size, raw)
}

/// Narrows, sorts and pages a query as a query string says.
///
/// # Errors
/// A [`Report`] of everything that is unknown, twice or of the wrong type, each with what is allowed.
pub fn narrow(
    descriptor: &Descriptor,
    mut query: Query,
    size: PageSize,
    raw: &str,
) -> Result<Query, Report> {
    let mut report = Report::new();
    let mut seen: HashSet<Cow<'_, str>> = HashSet::new();
    let given = query.conditions.len();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name);
        let value = decode(value);
        let result = if seen.contains(&name) {
            Err(twice(&name))
        } else {
            apply(descriptor, size, &mut query, &name, &value)
        };
        report.extend(result.err());
        if report.is_full() {
            // What more is wrong would not be told.
            break;
        }
        // The same column under its other name.
        if let [earlier @ .., last] = &query.conditions[given..]
            && earlier.iter().any(|earlier| earlier.column == last.column)
        {
            report.push(twice(&name));
            query.conditions.pop();
        }
        seen.insert(name);
    }
    report.into_result().map(|()| query)
}

/// Reads the query string of a single record, which takes `fields` alone.
///
/// # Errors
/// As [`parse`].
pub fn parse_fields(
    descriptor: &Descriptor,
    method: Method,
    raw: &str,
) -> Result<Vec<Field>, Report> {
    let mut shown = None;
    let mut report = Report::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match decode(name).as_ref() {
            "fields" => match fields(descriptor, &decode(value)) {
                Ok(_) if shown.is_some() => report.push(twice("fields")),
                Ok(named) => shown = Some(named),
                Err(error) => report.push(error),
            },
            other => report.push(ApiError::query_parameter(
                other,
                "unknown_parameter",
                "no such parameter; allowed: fields",
            )),
        }
    }
    let usual = || descriptor.fields.of(method).to_vec();
    report.into_result().map(|()| shown.unwrap_or_else(usual))
}

/// Reads the query string of a request that takes no parameter: a condition on a `DELETE` is not passed over.
///
/// # Errors
/// A [`Report`] of all that is in it.
pub fn parse_none(raw: &str) -> Result<(), Report> {
    let pairs = raw.split('&').filter(|pair| !pair.is_empty());
    let report: Report = pairs
        .map(|pair| {
            let name = decode(pair.split('=').next().unwrap_or_default());
            let detail = "no such parameter; none is allowed";
            ApiError::query_parameter(&name, "unknown_parameter", detail)
        })
        .collect();
    report.into_result()
}

fn twice(name: &str) -> ApiError {
    ApiError::query_parameter(name, "duplicate", "given twice")
}

fn apply(
    descriptor: &Descriptor,
    size: PageSize,
    query: &mut Query,
    name: &str,
    value: &str,
) -> Result<(), ApiError> {
    match name {
        "sort" => query.order = sort(descriptor, value)?,
        "limit" => query.limit = number(name, value)?.min(size.max),
        "offset" => query.offset = number(name, value)?,
        "fields" => query.fields = fields(descriptor, value)?,
        _ => query.conditions.push(condition(descriptor, name, value)?),
    }
    Ok(())
}

fn condition(descriptor: &Descriptor, name: &str, value: &str) -> Result<Condition, ApiError> {
    let (field, operator) = match name.split_once('[') {
        Some((field, operator)) => (field, operator.strip_suffix(']').unwrap_or_default()),
        None => (name, "eq"),
    };
    let column = filterable(descriptor, field).ok_or_else(|| unknown(descriptor, name))?;
    if operator != "eq" {
        return Err(ApiError::query_parameter(
            name,
            "operator",
            "there is no such operator; allowed: eq",
        ));
    }
    let value = parse_text(descriptor.columns[column].kind, value)
        .map_err(|error| ApiError::query_parameter(name, error.code, error.detail))?;
    Ok(Condition {
        column,
        operator: Operator::Equal(value),
    })
}

fn sort(descriptor: &Descriptor, value: &str) -> Result<Vec<Sort>, ApiError> {
    let mut sorts: Vec<Sort> = Vec::new();
    for name in list(value) {
        let (descending, field) = match name.strip_prefix('-') {
            Some(field) => (true, field),
            None => (false, name),
        };
        let Some(column) = filterable(descriptor, field) else {
            let detail = format!(
                "no field `{}` to sort by; allowed: {}",
                shortened(field),
                filterable_names(descriptor)
            );
            return Err(ApiError::query_parameter("sort", "unknown_field", detail));
        };
        // A second time it would change nothing; refused, a list is never longer than the columns.
        if sorts.iter().any(|sort| sort.column == column) {
            let detail = format!("`{field}` is given twice");
            return Err(ApiError::query_parameter("sort", "duplicate", detail));
        }
        sorts.push(Sort { column, descending });
    }
    Ok(sorts)
}

fn fields(descriptor: &Descriptor, value: &str) -> Result<Vec<Field>, ApiError> {
    let mut fields = list(value)
        .map(|name| {
            let column = descriptor.column_named(name).map(Field::Column);
            showable(descriptor)
                .find(|field| descriptor.field_name(*field) == name || Some(*field) == column)
                .ok_or_else(|| {
                    let allowed: Vec<_> = showable(descriptor)
                        .map(|field| descriptor.field_name(field))
                        .collect();
                    let (name, allowed) = (shortened(name), allowed.join(", "));
                    let detail = format!("no field `{name}`; allowed: {allowed}");
                    ApiError::query_parameter("fields", "unknown_field", detail)
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if fields.is_empty() {
        return Err(ApiError::query_parameter(
            "fields",
            "empty",
            "name at least one field",
        ));
    }
    // An object has each key once.
    let mut named = Vec::new();
    fields.retain(|field| {
        !named.contains(field) && {
            named.push(*field);
            true
        }
    });
    Ok(fields)
}

/// The names of a comma-separated list.
fn list(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// All fields that may be asked for: those that some method shows.
fn showable(descriptor: &Descriptor) -> impl Iterator<Item = Field> {
    let columns = (0..descriptor.columns.len()).map(Field::Column);
    columns
        .chain((0..descriptor.computed.len()).map(Field::Computed))
        .filter(|field| descriptor.fields.all().any(|shown| shown == *field))
}

/// The column that may be filtered and sorted by under this name.
///
/// A write-only column could be read letter by letter through a filter, so it has none.
fn filterable(descriptor: &Descriptor, name: &str) -> Option<usize> {
    descriptor.column_named(name).filter(|index| {
        let column = &descriptor.columns[*index];
        !column.write_only && column.kind.is_comparable()
    })
}

fn filterable_names(descriptor: &Descriptor) -> String {
    let names: Vec<_> = descriptor
        .columns
        .iter()
        .map(|column| column.wire)
        .filter(|name| filterable(descriptor, name).is_some())
        .collect();
    names.join(", ")
}

fn unknown(descriptor: &Descriptor, name: &str) -> ApiError {
    let detail = format!(
        "no such parameter; allowed: {}, sort, limit, offset, fields",
        filterable_names(descriptor)
    );
    ApiError::query_parameter(name, "unknown_parameter", detail)
}

fn number(name: &str, value: &str) -> Result<u64, ApiError> {
    value
        .parse::<u64>()
        .ok()
        // SQLite and PostgreSQL count rows in signed 64 bits.
        .filter(|number| i64::try_from(*number).is_ok())
        .ok_or_else(|| {
            ApiError::query_parameter(name, "type", "must be a whole number, zero or more")
        })
}

/// The link to another page of the same query: `path` and the query string `raw` with another `limit` and `offset`.
pub fn page_link(path: &str, raw: &str, limit: u64, offset: u64) -> String {
    let mut link = format!("{path}?");
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let name = decode(pair.split('=').next().unwrap_or_default());
        if name != "limit" && name != "offset" {
            link.push_str(pair);
            link.push('&');
        }
    }
    link + &format!("limit={limit}&offset={offset}")
}

/// Undoes percent-encoding and `+`; what is no UTF-8 becomes the replacement character.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy();
    Cow::Owned(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelResource;
    use crate::column::{ColumnType as _, Value};

    #[derive(ModelResource)]
    #[resource(serial_fields = [id, title, label()])]
    struct Book {
        id: i64,
        #[resource(max_length = 10)]
        title: String,
        #[resource(write_only)]
        secret: String,
        extra: serde_json::Value,
    }

    impl Book {
        fn label(&self) -> String {
            self.title.to_uppercase()
        }
    }

    fn codes(raw: &str) -> Vec<String> {
        let report = parse(Book::descriptor(), PageSize::default(), raw).unwrap_err();
        report
            .errors()
            .iter()
            .map(|error| error.code().to_owned())
            .collect()
    }

    #[test]
    fn a_full_query() {
        let query = parse(
            Book::descriptor(),
            PageSize::default(),
            "title=a+b%26c&id[eq]=5&sort=-title,id&limit=1000&offset=3&fields=label,id",
        )
        .unwrap();
        assert_eq!(
            query.conditions[0].operator,
            Operator::Equal("a b&c".to_owned().to_value())
        );
        assert_eq!(
            query.conditions[1].operator,
            Operator::Equal(Value::BigInt(Some(5)))
        );
        assert_eq!(
            query.order,
            [
                Sort {
                    column: 1,
                    descending: true
                },
                Sort {
                    column: 0,
                    descending: false
                }
            ]
        );
        assert_eq!((query.limit, query.offset), (200, 3));
        assert_eq!(query.fields, [Field::Computed(0), Field::Column(0)]);
    }

    #[test]
    fn nothing_unknown_is_passed_over() {
        assert_eq!(
            codes("titel=x&id[like]=5&id=x&sort=nope&fields=nope"),
            [
                "unknown_parameter",
                "operator",
                "type",
                "unknown_field",
                "unknown_field",
            ]
        );
        assert_eq!(
            codes("limit=-1&offset=9223372036854775808"),
            ["type", "type"]
        );
        assert_eq!(codes("id=1&id=2"), ["duplicate"]);
        assert_eq!(codes("sort=id,-id"), ["duplicate"]);
    }

    #[test]
    fn write_only_and_json_columns_cannot_be_asked_about() {
        assert_eq!(codes("secret=a"), ["unknown_parameter"]);
        assert_eq!(codes("sort=secret"), ["unknown_field"]);
        assert_eq!(codes("fields=secret"), ["unknown_field"]);
        assert_eq!(codes("extra=1"), ["unknown_parameter"]);
        let detail = parse(Book::descriptor(), PageSize::default(), "nope=1")
            .unwrap_err()
            .errors()[0]
            .detail()
            .to_owned();
        assert!(!detail.contains("secret"), "{detail}");
    }
}

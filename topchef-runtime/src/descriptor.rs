//! What a resource is, as `&'static` data: the whole of what the derive tells the runtime about a struct besides its codec.
//!
//! It holds no code that reads a request or a row.

use std::fmt;

use serde_json::value::RawValue;

use crate::column::{CheckJson, Column, ColumnDefault, InputError, Kind, Value, parse_json};

/// A derived resource.
#[derive(Debug)]
pub struct Descriptor {
    /// The struct's name; errors say "`Book` Not Found".
    pub name: &'static str,
    /// The struct's documentation.
    pub doc: &'static str,
    /// The table.
    pub table: &'static str,
    /// The path of the collection, `/books`.
    pub path: &'static str,
    /// The methods that exist; all others answer 405.
    pub methods: &'static [Method],
    /// The columns, in the struct's order.
    pub columns: &'static [ColumnDescriptor],
    /// The primary key, as places in `columns`.
    pub key: &'static [usize],
    /// The methods of the struct that go out as fields, by their wire names.
    pub computed: &'static [&'static str],
    /// Which fields go out, by method.
    pub fields: FieldsByMethod,
}

impl Descriptor {
    /// The column of the primary key.
    ///
    /// The derive lets nothing pass that has not exactly one.
    pub fn key_column(&self) -> (usize, &'static ColumnDescriptor) {
        let index = self.key[0];
        (index, &self.columns[index])
    }

    /// What the column holds when nothing was given; a key has its type's own default.
    pub fn default_of(&self, index: usize) -> ColumnDefault {
        let column = &self.columns[index];
        match column.default {
            ColumnDefault::None if self.key.contains(&index) => column.key_default,
            default => default,
        }
    }

    /// The column with this wire name, or (with `rename_all`) this field name.
    pub fn column_named(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.wire == name)
            .or_else(|| self.columns.iter().position(|column| column.name == name))
    }

    /// The wire name of the column that the table calls `name`.
    pub fn wire_name(&self, name: &str) -> Option<&'static str> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.wire)
    }

    /// The wire name of a field.
    pub fn field_name(&self, field: Field) -> &'static str {
        match field {
            Field::Column(index) => self.columns[index].wire,
            Field::Computed(index) => self.computed[index],
        }
    }
}

/// What can be done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET` of one record.
    Get,
    /// `GET` of the collection.
    List,
    /// `POST` to the collection.
    Post,
    /// `PUT` of one record.
    Put,
    /// `PATCH` of one record.
    Patch,
    /// `DELETE` of one record.
    Delete,
}

impl Method {
    /// Whether it is a method of the collection, not of one record.
    pub const fn is_of_collection(self) -> bool {
        matches!(self, Self::List | Self::Post)
    }

    /// The HTTP method.
    pub const fn verb(self) -> http::Method {
        match self {
            Self::Get | Self::List => http::Method::GET,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Patch => http::Method::PATCH,
            Self::Delete => http::Method::DELETE,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        })
    }
}

/// Something that goes out under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The column at this place.
    Column(usize),
    /// The computed field at this place.
    Computed(usize),
}

/// Which fields go out, in which order, by method; `DELETE` answers without a body.
#[derive(Debug)]
pub struct FieldsByMethod {
    /// For `GET` of one record.
    pub get: &'static [Field],
    /// For `GET` of the collection.
    pub list: &'static [Field],
    /// For `POST`.
    pub post: &'static [Field],
    /// For `PUT`.
    pub put: &'static [Field],
    /// For `PATCH`.
    pub patch: &'static [Field],
}

impl FieldsByMethod {
    /// The fields of a method; for `DELETE`, which answers without a record, those of `get`.
    pub fn of(&self, method: Method) -> &'static [Field] {
        match method {
            Method::Get | Method::Delete => self.get,
            Method::List => self.list,
            Method::Post => self.post,
            Method::Put => self.put,
            Method::Patch => self.patch,
        }
    }

    /// Every field that some method shows; one that several show comes several times.
    pub fn all(&self) -> impl Iterator<Item = Field> {
        let methods = [self.get, self.list, self.post, self.put, self.patch];
        methods.into_iter().flatten().copied()
    }
}

/// One column of a resource.
#[derive(Clone, Copy, Debug)]
pub struct ColumnDescriptor {
    /// The name in the table and in the struct.
    pub name: &'static str,
    /// The name in JSON and URLs.
    pub wire: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether clients may write it: a read-only column does not exist in input.
    pub read_only: bool,
    /// Whether it never goes out.
    pub write_only: bool,
    /// What it holds when nothing was given.
    pub default: ColumnDefault,
    /// What it holds as a primary key when nothing was given.
    key_default: ColumnDefault,
    /// The most characters (Unicode scalar values) of a text.
    pub max_length: Option<usize>,
    /// The field's documentation.
    pub doc: &'static str,
    /// Whether JSON from a client is one of the field's type; for fields marked `json`.
    check: Option<CheckJson>,
}

impl ColumnDescriptor {
    /// What a typed column and its name in the table say.
    pub const fn of<M, T>(column: Column<M, T>, name: &'static str) -> Self {
        let codec = column.codec();
        Self {
            name,
            wire: name,
            kind: codec.kind,
            nullable: codec.nullable,
            read_only: false,
            write_only: false,
            default: ColumnDefault::None,
            key_default: codec.key_default,
            max_length: None,
            doc: "",
            check: codec.check,
        }
    }

    /// With another name in JSON and URLs.
    #[must_use]
    pub const fn wire(mut self, wire: &'static str) -> Self {
        self.wire = wire;
        self
    }

    /// Null is allowed.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Clients cannot write it.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// It never goes out.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// With a value for when nothing was given.
    #[must_use]
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.default = ColumnDefault::Value(default);
        self
    }

    /// At most this many characters.
    ///
    /// # Panics
    /// For a column that is not text; in a descriptor, which is a static, that is an error of the compiler.
    #[must_use]
    pub const fn max_length(mut self, characters: usize) -> Self {
        // Descriptors are statics: what is wrong here is an error of the compiler.
        assert!(matches!(self.kind, Kind::Text), "`max_length` is for text");
        self.max_length = Some(characters);
        self
    }

    /// With the field's documentation.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The value that a client sent for this column.
    ///
    /// # Errors
    /// [`InputError`] when the column cannot take it.
    pub fn parse(&self, json: &RawValue) -> Result<Value, InputError> {
        let value = parse_json(self.kind, json)?;
        if value == self.kind.null() {
            if !self.nullable {
                return Err(InputError::new("null", "must not be null"));
            }
            return Ok(value);
        }
        if let Some(check) = self.check {
            check(json.get()).map_err(|reason| InputError::new("type", reason))?;
        }
        if let (Some(limit), Value::String(Some(text))) = (self.max_length, &value)
            && text.chars().nth(limit).is_some()
        {
            return Err(InputError::new(
                "max_length",
                format!("must have at most {limit} characters"),
            ));
        }
        Ok(value)
    }
}

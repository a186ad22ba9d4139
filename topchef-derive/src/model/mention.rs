//! The words in attributes that name something, in the order in which they stand there: for editors alone.
//!
//! It does not know what an editor makes of them.

use syn::{ExprPath, Ident};

/// What stands in one place of an attribute.
pub(crate) enum Mention {
    /// Fields, methods and relations of this struct, or fields and methods of another one.
    Members(Option<ExprPath>, Vec<Ident>),
    /// Fields of this struct, or of another one.
    Fields(Option<ExprPath>, Vec<Ident>),
    /// A hook, and how many arguments it is given.
    Hook(ExprPath, usize),
    /// A value, or the function that makes it.
    Value(ExprPath),
    /// A resource.
    Resource(ExprPath),
    /// Words out of those that can stand there, and the name of their list.
    Words(&'static str, Vec<Ident>),
}

/// All that is mentioned.
#[derive(Default)]
pub(crate) struct Mentions {
    pub(crate) list: Vec<Mention>,
    /// The words that name the relations of this struct.
    pub(crate) relations: Vec<Ident>,
}

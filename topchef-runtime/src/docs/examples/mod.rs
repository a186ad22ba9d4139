//! Five applications, each of one file, with every request that they are walked through with, and its answer.
//!
//! There is no code here: a page is the application's source, which is compiled, and a walk, which is a test.
//!
//! | application | shows |
//! | --- | --- |
//! | [`simple`] | all methods, relations both ways, filters, pages |
//! | [`post_only`] | a command: one `POST`, answered with a message and a status of its own |
//! | [`invoice`] | parent and children in one `POST` |
//! | [`owner`] | who sends a request, and their rows; a second version that answers with jobs |
//! | [`register`] | hooks of all phases: an address, a password, a mail |
//!
//! `cargo run -p topchef-runtime --example simple` starts one, and the requests are sent from another terminal.

/// Authors and their books: all methods, relations both ways, filters, pages.
#[doc = "\n# The application\n\n```no_run"]
#[doc = include_str!("../../../examples/simple.rs")]
#[doc = "```\n"]
#[doc = include_str!("simple.md")]
pub mod simple {}

/// A command: one `POST`, answered with a message and a status of its own.
#[doc = "\n# The application\n\n```no_run"]
#[doc = include_str!("../../../examples/post_only.rs")]
#[doc = "```\n"]
#[doc = include_str!("post_only.md")]
pub mod post_only {}

/// Invoices with their items: parent and children in one `POST`.
#[doc = "\n# The application\n\n```no_run"]
#[doc = include_str!("../../../examples/invoice.rs")]
#[doc = "```\n"]
#[doc = include_str!("invoice.md")]
pub mod invoice {}

/// Orders that belong to somebody, and a second version that answers with jobs.
#[doc = "\n# The application\n\n```no_run"]
#[doc = include_str!("../../../examples/owner.rs")]
#[doc = "```\n"]
#[doc = include_str!("owner.md")]
pub mod owner {}

/// Signing up: hooks of all phases settle an address, hash a password and leave a mail.
#[doc = "\n# The application\n\n```no_run"]
#[doc = include_str!("../../../examples/register.rs")]
#[doc = "```\n"]
#[doc = include_str!("register.md")]
pub mod register {}

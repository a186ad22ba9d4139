//! The pages of the documentation, beside the reference of each item.
//!
//! There is no code here: the pages are `.md` files beside this one, and their examples are compiled and run as tests.
//!
//! | page | for |
//! | --- | --- |
//! | [`tutorial`] | from a struct to an API in ten minutes |
//! | [`attributes`] | every attribute of a struct and of a field |
//! | [`expansion`] | what the derive writes, what it says of mistakes, what it costs to build |
//! | [`http`] | what each request answers: bodies, statuses, headers, errors |
//! | [`queries`] | what the URL of a `GET` may ask |
//! | [`hooks`] | code of yours before, in and after the transaction |
//! | [`transactions`] | transactions in code, hooks that survive a crash, SQLite and PostgreSQL |
//! | [`performance`] | how fast it is beside others, what hooks cost, what to set |
//! | [`authorization`] | who may do what, and with which rows |
//! | [`documentation`] | what an API says of itself: OpenAPI, Swagger UI, JSON Schema |
//! | [`examples`] | five applications of one file each, and every request that they are walked through with |

#[doc = include_str!("tutorial.md")]
pub mod tutorial {}

#[doc = include_str!("attributes.md")]
pub mod attributes {}

#[doc = include_str!("expansion.md")]
pub mod expansion {}

#[doc = include_str!("http.md")]
pub mod http {}

#[doc = include_str!("queries.md")]
pub mod queries {}

#[doc = include_str!("hooks.md")]
pub mod hooks {}

#[doc = include_str!("transactions.md")]
pub mod transactions {}

#[doc = include_str!("performance.md")]
pub mod performance {}

#[doc = include_str!("authorization.md")]
pub mod authorization {}

#[doc = include_str!("documentation.md")]
pub mod documentation {}

pub mod examples;

//! `token`: makes a new token, prints it once, and the line that accepts it.
//! It does not know where the line is put, and keeps nothing.

use std::io::{self, Write};

use clap::Args;

use crate::tokens;

/// The arguments of `token`.
#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// Whose token it is: up to 64 letters, digits and any of - _ . @, unique among the tokens
    pub(super) name: String,
}

/// Why there is no new token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Nobody may be called that.
    #[error("a token is named by 1 to 64 letters, digits and any of - _ . @")]
    Name,
    /// The operating system has no randomness to give.
    #[error("cannot make a token")]
    Random(#[source] io::Error),
    /// It cannot be printed.
    #[error("cannot write to stdout")]
    Print(#[from] io::Error),
}

/// Prints a new token, and below it the line for the file; what they are is said on stderr.
pub(super) fn run(name: &str) -> Result<(), TokenError> {
    if !tokens::is_name(name) {
        return Err(TokenError::Name);
    }
    let token = tokens::generate().map_err(TokenError::Random)?;
    // Nobody is there to be told when stderr is closed.
    let _ = writeln!(
        io::stderr(),
        "the token, which is not shown again, and its line for [tokens] in the configuration file:"
    );
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{token}\n{}", tokens::line(name, &token))?;
    Ok(stdout.flush()?)
}

//! `completions`: a script that lets a shell complete the command line of this program.
//! It does not know the commands; they are read from the command line's own definition.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;

/// The flags of `completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell that reads it
    #[arg(value_name = "SHELL")]
    pub(super) shell: Shell,
}

/// Prints the script.
pub(super) fn run(shell: Shell) -> io::Result<()> {
    let script = script(shell)?;
    let mut stdout = io::stdout().lock();
    stdout.write_all(script.as_bytes())?;
    stdout.flush()
}

fn script(shell: Shell) -> io::Result<String> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    // The generator for bash writes a hyphen of the name in two ways that do not meet, and then nothing is completed
    // behind a command: it is given a name without one, and only what registers the script has the real name.
    let given = match shell {
        Shell::Bash => name.replace('-', "_"),
        _ => name.clone(),
    };
    // Into memory first: the generator panics where it cannot write, as when who reads has seen enough.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, given.as_str(), &mut script);
    let script = String::from_utf8(script).map_err(io::Error::other)?;
    Ok(script.replace(
        &format!("-o default {given}\n"),
        &format!("-o default {name}\n"),
    ))
}

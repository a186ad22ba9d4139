//! The binary: reads the command line, starts the runtime, runs the command and says in one line why it failed.
//! It does not know what the commands do.

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use tokio::runtime::Builder;
use topchef_server::{
    cli::{Cli, CliError},
    config, telemetry,
};

// A request is many small allocations, on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long blocking work may hold up the end of the process.
const LAST_WORK: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(io::stderr(), "topchef-server: {}", with_causes(&error));
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: &Cli) -> Result<(), CliError> {
    let plan = cli.plan(config::process_environment)?;
    let _guard = plan.log().map(telemetry::init).transpose()?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(plan.threads().get())
        .enable_all()
        .build()
        .map_err(CliError::Runtime)?;
    let result = runtime.block_on(plan.run());
    runtime.shutdown_timeout(LAST_WORK);
    result
}

/// The message of an error followed by those of its causes, without those a message has repeated already.
fn with_causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !line.ends_with(&message) {
            line.push_str(": ");
            line.push_str(&message);
        }
        cause = error.source();
    }
    line
}

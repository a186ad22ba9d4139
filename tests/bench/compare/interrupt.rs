//! That somebody wants it to end: what was started is stopped in order then, and what is known is printed.
//!
//! It does not know what was started.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal::unix::{SignalKind, signal};

use crate::Failure;

static CAME: AtomicBool = AtomicBool::new(false);

/// From now on the usual signals do not end the program at once.
pub(crate) fn listen() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build()?;
    let (mut interrupt, mut terminate) = runtime.block_on(async {
        let interrupt = signal(SignalKind::interrupt())?;
        Ok::<_, Failure>((interrupt, signal(SignalKind::terminate())?))
    })?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        CAME.store(true, Ordering::Relaxed);
    });
    Ok(())
}

/// Fails when one came.
pub(crate) fn check() -> Result<(), Failure> {
    if CAME.load(Ordering::Relaxed) {
        Err("interrupted".into())
    } else {
        Ok(())
    }
}

//! When the server stops and how long it takes: the signals, and the drain with its bound.
//! It does not know what is being served.

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

/// How long requests under way may take after a signal until they are cut off.
pub const DRAIN: Duration = Duration::from_secs(30);

/// Whether the server has begun to stop; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// From now on it stops; there is no way back.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has begun to.
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The signals that ask the server to stop: SIGTERM and SIGINT.
#[cfg(unix)]
#[derive(Debug)]
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Takes the signals over from their default, which would end the process at once.
    ///
    /// # Errors
    /// The operating system does not let them be taken over.
    pub fn install() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal and returns its name.
    pub async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// The signal that asks the server to stop where there is no SIGTERM: Ctrl-C.
#[cfg(not(unix))]
#[derive(Debug)]
pub struct Signals(());

#[cfg(not(unix))]
impl Signals {
    /// Nothing is taken over before the first wait.
    ///
    /// # Errors
    /// None.
    pub fn install() -> io::Result<Self> {
        Ok(Self(()))
    }

    /// Waits for the next Ctrl-C.
    pub async fn next(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}

/// Runs what `serve` returns until the first signal, then lets it finish within [`DRAIN`].
///
/// `serve` is given the future that resolves when it should take no more work.
/// A second signal cuts the drain short; a drain that was cut short is logged.
pub async fn serve_until_signal<S>(mut signals: Signals, serve: impl FnOnce(StopRequested) -> S)
where
    S: Future<Output = ()>,
{
    serve_until(async || signals.next().await, DRAIN, serve).await;
}

/// Resolves when no more work should be taken.
pub type StopRequested = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn serve_until<S>(
    mut next_signal: impl AsyncFnMut() -> &'static str,
    bound: Duration,
    serve: impl FnOnce(StopRequested) -> S,
) where
    S: Future<Output = ()>,
{
    let (stop, stopped) = oneshot::channel::<()>();
    let mut serving = pin!(serve(Box::pin(async {
        // Resolves as well when the sender is gone, and then nobody waits for the service any more.
        let _ = stopped.await;
    })));
    let signal = tokio::select! {
        () = &mut serving => return,
        signal = next_signal() => signal,
    };
    tracing::info!(
        signal,
        "stopping: no new connections, finishing requests under way"
    );
    let _ = stop.send(());
    tokio::select! {
        () = &mut serving => tracing::info!("stopped"),
        () = tokio::time::sleep(bound) => {
            tracing::warn!(seconds = bound.as_secs(), "stopped: requests still under way were cut off");
        }
        signal = next_signal() => {
            tracing::warn!(signal, "stopped by a second signal: requests still under way were cut off");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::pending, time::Instant};

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    /// Signals that come at once, so many times, and then never again.
    fn signals(count: usize) -> impl AsyncFnMut() -> &'static str {
        let mut left = count;
        async move || {
            if left == 0 {
                pending::<()>().await;
            }
            left -= 1;
            "SIGTEST"
        }
    }

    #[tokio::test]
    async fn the_service_is_asked_to_stop_and_finishes() {
        let asked = Cell::new(false);
        serve_until(signals(1), LONG, |stop| async {
            stop.await;
            asked.set(true);
        })
        .await;
        assert!(asked.get());
    }

    #[tokio::test]
    async fn a_service_that_does_not_finish_is_cut_off_at_the_bound() {
        let started = Instant::now();
        let bound = Duration::from_millis(20);
        serve_until(signals(1), bound, |_stop| pending()).await;
        assert!(started.elapsed() >= bound);
    }

    #[tokio::test]
    async fn a_second_signal_cuts_the_drain_short() {
        let started = Instant::now();
        serve_until(signals(2), LONG, |_stop| pending()).await;
        assert!(started.elapsed() < LONG);
    }
}

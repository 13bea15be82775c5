//! Watching a run: live on a terminal, plain in a pipe, one event a line with `--json`.

mod plain;
mod view;

use std::{path::PathBuf, time::Duration};

use jackfield_protocol::{
    error::Failure,
    ids::{RunId, Seq},
    model::CancelReport,
};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use self::view::View;
use super::save;
use crate::{
    client::Client,
    exit::Exit,
    follow::{Followed, Follower},
    output::{Out, Tone},
};

/// How often live lines are drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// How long the answer to a cancel is waited for once the run has ended.
const CANCEL_ANSWER: Duration = Duration::from_secs(5);

/// How to watch.
#[derive(Debug, Clone)]
pub(crate) struct WatchOptions {
    /// After which event.
    pub(crate) after: Seq,
    /// How long the hub may be away.
    pub(crate) patience: Duration,
    /// Ctrl-C asks the peer to stop; else it only leaves.
    pub(crate) cancel_on_interrupt: bool,
    /// Where to put files that the run made.
    pub(crate) save: Option<PathBuf>,
    /// Files and links are part of the result, and are named where only the result is printed.
    pub(crate) every_kind: bool,
}

/// Watches a run to its end.
pub(crate) async fn watch(
    client: &Client,
    run: RunId,
    options: WatchOptions,
    out: &Out,
) -> Result<Exit, Failure> {
    let mut follower = Follower::start(client.clone(), run, options.after, options.patience);
    let mut view = View::new(client.clone(), run, out);
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut interrupts = crate::lifecycle::Interrupts::new()?;
    let mut interrupted = false;
    let mut cancelling: Option<JoinHandle<Cancelled>> = None;
    let mut lines: Option<mpsc::Receiver<String>> = None;
    let exit = loop {
        if view.asking && lines.is_none() {
            lines = Some(stdin_lines());
        }
        tokio::select! {
            biased;
            () = interrupts.next() => {
                if interrupted || !options.cancel_on_interrupt || view.ended() {
                    view.clear_prompt();
                    view.finish();
                    if !view.ended() && !out.json {
                        out.note(out.err.paint(Tone::Dim, format!("The run goes on: jackfield runs follow {run}")));
                    }
                    return Ok(Exit::Interrupted);
                }
                interrupted = true;
                cancelling = Some(view.interrupt());
            }
            cancelled = cancelled(&mut cancelling) => {
                cancelling = None;
                view.say_cancelled(cancelled);
            }
            news = follower.next() => match news {
                Some(Followed::Event(received)) => view.event(&received)?,
                Some(Followed::Lost(failure)) => view.lost(&failure),
                Some(Followed::Back) => view.back(),
                Some(Followed::Failed(failure)) => {
                    view.finish();
                    return Err(failure);
                }
                None => {
                    // The run may end before the answer to the cancel is here.
                    if cancelling.is_some()
                        && let Ok(cancelled) = timeout(CANCEL_ANSWER, cancelled(&mut cancelling)).await
                    {
                        view.say_cancelled(cancelled);
                    }
                    break Exit::of_run(view.transcript());
                }
            },
            line = typed(&mut lines) => view.answer(line).await,
            _ = ticks.tick(), if view.is_live() => view.tick(),
        }
    };
    view.finish();
    if !out.json && !view.streams() {
        plain::answer(view.transcript(), run, options.every_kind, out);
    }
    if let Some(folder) = &options.save {
        let flag = if options.every_kind { "--out" } else { "--save" };
        save::artifacts(client, view.transcript(), folder, flag, out).await?;
    }
    Ok(if interrupted { Exit::Interrupted } else { exit })
}

/// What a cancel came to.
type Cancelled = Result<CancelReport, Failure>;

async fn cancelled(task: &mut Option<JoinHandle<Cancelled>>) -> Cancelled {
    match task {
        Some(task) => match task.await {
            Ok(cancelled) => cancelled,
            Err(error) => Err(Failure::internal(format!("The request to stop was lost: {error}."))),
        },
        None => std::future::pending().await,
    }
}

async fn typed(lines: &mut Option<mpsc::Receiver<String>>) -> String {
    if let Some(lines) = lines
        && let Some(line) = lines.recv().await
    {
        return line;
    }
    std::future::pending().await
}

/// Lines from the terminal. The thread ends with the process: a read that waits for a person cannot be called off.
fn stdin_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(8);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

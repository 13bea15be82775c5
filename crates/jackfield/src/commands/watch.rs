//! Watching a run: live on a terminal, plain in a pipe, one event a line with `--json`.

use std::{path::PathBuf, time::Duration};

use jackfield_protocol::{
    api::AnswerInput,
    error::{ErrorCode, Failure},
    event::{EventBody, InputKind, Outcome, Transcript},
    ids::{RunId, Seq},
    model::{CancelEffect, CancelReport, RunStatus},
};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

use super::save;
use crate::{
    client::Client,
    exit::Exit,
    follow::{Followed, Follower, Received},
    output::{Asking, Live, Op, Out, Question, Screen, Shown, Tone, Typed, describe, plain, pretty},
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
        plain_answer(view.transcript(), run, out);
    }
    if let Some(folder) = &options.save {
        save::artifacts(client, view.transcript(), folder, out).await?;
    }
    Ok(if interrupted { Exit::Interrupted } else { exit })
}

/// The answer of a run that was not shown while it came; why it failed goes to stderr.
pub(crate) fn plain_answer(transcript: &Transcript, run: RunId, out: &Out) {
    let mut text = plain(&transcript.answer());
    for artifact in &transcript.artifacts {
        if let Some(json) = &artifact.json {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&pretty(json));
        }
    }
    if !text.is_empty() {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        out.text(&text);
    }
    let Some(done) = &transcript.done else { return };
    if done.outcome == Outcome::Succeeded || out.stderr_terminal {
        return;
    }
    match transcript.errors.iter().rev().find(|error| error.fatal) {
        Some(error) => {
            let mut failure = Failure::new(error.code, error.message.clone());
            failure.hint = error.hint.clone();
            failure.peer_status = error.peer_status;
            out.failure(&failure);
        }
        None => {
            let reason = done.reason.as_deref().map(plain).unwrap_or_default();
            out.note(format!("The run ended as {}. {reason}", run_word(done.outcome)));
        }
    }
    out.note(format!("See jackfield trace {run}"));
}

fn run_word(outcome: Outcome) -> &'static str {
    RunStatus::from(outcome).as_str()
}

/// What a cancel came to.
type Cancelled = Result<CancelReport, Failure>;

/// What is on the screen.
struct View<'a> {
    client: Client,
    run: RunId,
    out: &'a Out,
    live: Live,
    screen: Screen,
    tick: usize,
    hub_lost: bool,
    /// Questions that wait for an answer, the one being asked first.
    questions: Vec<Question>,
    asking: bool,
}

impl<'a> View<'a> {
    fn new(client: Client, run: RunId, out: &'a Out) -> Self {
        Self {
            client,
            run,
            out,
            live: Live::new(out.width, out.err),
            screen: Screen::new(out.width),
            tick: 0,
            hub_lost: false,
            questions: Vec::new(),
            asking: false,
        }
    }

    fn transcript(&self) -> &Transcript {
        self.live.transcript()
    }

    fn ended(&self) -> bool {
        self.transcript().done.is_some()
    }

    /// Text goes to stdout while it comes.
    fn streams(&self) -> bool {
        self.out.stdout_terminal && !self.out.json
    }

    /// Lines are redrawn on stderr.
    fn is_live(&self) -> bool {
        self.out.stderr_terminal && !self.out.json
    }

    fn event(&mut self, received: &Received) -> Result<(), Failure> {
        if self.out.json {
            self.out.line(&received.raw);
        }
        let Some(event) = &received.event else { return Ok(()) };
        let shown = self.live.apply(event);
        if self.out.json {
            return Ok(());
        }
        let disturbed = self.asking && !shown.is_empty();
        if disturbed {
            self.clear_prompt();
        }
        self.show(shown);
        match &event.body {
            EventBody::InputRequired(input) => {
                let question = Question::new(input.clone());
                if question.asking(self.out.err) == Asking::Nothing {
                    let lines = describe(input, self.out.width, self.out.err);
                    if input.kind == InputKind::External {
                        self.lines(lines);
                    }
                } else {
                    self.questions.push(question);
                    self.ask();
                }
            }
            EventBody::InputResolved(resolved) => {
                let first = self.questions.first().map(|question| question.input().request_id.clone());
                self.questions.retain(|question| question.input().request_id != resolved.request_id);
                if first.as_ref() == Some(&resolved.request_id) {
                    self.asking = false;
                    self.ask();
                }
            }
            _ => {}
        }
        if disturbed && self.asking {
            self.prompt();
        } else {
            self.redraw();
        }
        Ok(())
    }

    fn show(&mut self, shown: Vec<Shown>) {
        for shown in shown {
            match shown {
                Shown::Text(text) if self.streams() => {
                    let ops = self.screen.text(&text);
                    self.perform(&ops);
                }
                Shown::Text(_) => {}
                Shown::Line(line) => self.lines(vec![line]),
            }
        }
    }

    fn lines(&mut self, lines: Vec<String>) {
        if self.is_live() {
            let ops = self.screen.lines(&lines);
            self.perform(&ops);
        }
    }

    /// Without live lines, only text is left of what the screen works out.
    fn perform(&self, ops: &[Op]) {
        if self.is_live() {
            self.out.perform(ops);
        } else {
            for op in ops {
                if let Op::Text(text) = op {
                    self.out.text(text);
                }
            }
        }
    }

    fn tick(&mut self) {
        self.tick += 1;
        let columns = Out::columns();
        self.screen.resize(columns);
        self.live.resize(columns);
        self.redraw();
    }

    fn redraw(&mut self) {
        if !self.is_live() {
            return;
        }
        let mut lines = Vec::new();
        // While somebody types, nothing may move.
        if !self.asking {
            if self.hub_lost {
                lines.push(format!("  {}", self.out.err.paint(Tone::Warn, "↻ reaching the hub again")));
            }
            lines.extend(self.live.live(jackfield_protocol::time::now(), self.tick));
        }
        let ops = self.screen.live(lines);
        self.perform(&ops);
    }

    fn lost(&mut self, failure: &Failure) {
        self.hub_lost = true;
        if self.is_live() {
            let text = format!("  {} {}", self.out.err.paint(Tone::Warn, "↻"), failure.message);
            self.lines(vec![text]);
            self.redraw();
        } else if !self.out.json {
            self.out.note(&failure.message);
        }
    }

    fn back(&mut self) {
        self.hub_lost = false;
        self.lines(vec![format!(
            "  {} the hub is back; nothing was missed",
            self.out.err.paint(Tone::Good, "↻")
        )]);
        self.redraw();
    }

    /// Takes the live lines away and ends the line of the text.
    fn finish(&mut self) {
        let ops = self.screen.live(Vec::new());
        self.perform(&ops);
        if self.screen.inside_line() {
            let ops = self.screen.text("\n");
            self.perform(&ops);
        }
    }

    /// Asks the peer to stop, without holding up the events.
    fn interrupt(&mut self) -> JoinHandle<Cancelled> {
        self.clear_prompt();
        self.lines(vec![format!(
            "  {} asking the peer to stop … (Ctrl-C again leaves the run alone)",
            self.out.err.paint(Tone::Warn, "⊘")
        )]);
        self.asking = false;
        let (client, run) = (self.client.clone(), self.run);
        tokio::spawn(async move { client.cancel(run).await })
    }

    fn say_cancelled(&mut self, cancelled: Cancelled) {
        let (tone, text) = match cancelled {
            Ok(report) if report.effect == CancelEffect::GoesOn => (Tone::Warn, report.message),
            Ok(report) => (Tone::Good, report.message),
            Err(failure) if failure.code == ErrorCode::RunEnded => (Tone::Dim, failure.message),
            Err(failure) => (Tone::Bad, failure.message),
        };
        let line = format!("{} {}", self.out.err.paint(tone, "⊘"), plain(&text));
        if self.is_live() {
            self.lines(vec![format!("  {line}")]);
        } else {
            self.out.note(line);
        }
    }

    /// Asks the first question, if there is somebody to ask.
    fn ask(&mut self) {
        let Some(question) = self.questions.first() else { return };
        if self.asking {
            return;
        }
        let mut lines = describe(question.input(), self.out.width, self.out.err);
        if !self.out.stdin_terminal || !self.is_live() {
            lines.push(format!("    Answer it: jackfield runs answer {} …", self.run));
            if self.is_live() {
                self.lines(lines);
            } else {
                for line in lines {
                    self.out.note(line);
                }
            }
            return;
        }
        self.asking = true;
        self.lines(lines);
        self.prompt();
    }

    fn prompt(&mut self) {
        self.redraw();
        if let Some(Asking::Prompt(prompt)) =
            self.questions.first().map(|question| question.asking(self.out.err))
        {
            self.out.err_text(&prompt);
        }
    }

    /// Takes away the prompt, or the `^C` that the terminal wrote, so that something can stand in its place.
    fn clear_prompt(&self) {
        if self.is_live() && !self.screen.inside_line() {
            self.out.err_text("\r\u{1b}[K");
        }
    }

    async fn answer(&mut self, line: String) {
        if !self.asking {
            return;
        }
        let Some(question) = self.questions.first_mut() else { return };
        match question.typed(&line) {
            Typed::More => self.prompt(),
            Typed::Again(why) => {
                self.out.note(format!("  {} {why}", self.out.err.paint(Tone::Warn, "!")));
                self.prompt();
            }
            Typed::Answer(answer) => {
                let request_id = question.input().request_id.clone();
                self.asking = false;
                self.send(AnswerInput { request_id, answer }).await;
            }
        }
    }

    async fn send(&mut self, answer: AnswerInput) {
        match self.client.answer_input(self.run, &answer).await {
            // The event says the rest.
            Ok(_) => {}
            Err(failure) => {
                self.out.failure(&failure);
                // Ask once more, unless it is settled.
                if !matches!(failure.code, ErrorCode::NotWaiting | ErrorCode::RunEnded) {
                    if let Some(question) = self.questions.first_mut() {
                        *question = Question::new(question.input().clone());
                    }
                    self.ask();
                }
            }
        }
        self.redraw();
    }
}

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

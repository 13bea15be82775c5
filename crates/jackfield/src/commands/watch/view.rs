//! What is on the screen while a run is watched.

use jackfield_protocol::{
    api::AnswerInput,
    error::{ErrorCode, Failure},
    event::{EventBody, InputKind, Transcript},
    ids::RunId,
    model::CancelEffect,
};
use tokio::task::JoinHandle;

use super::Cancelled;
use crate::{
    client::Client,
    follow::Received,
    output::{Asking, Live, Op, Out, Question, Screen, Shown, Tone, Typed, describe, plain},
};

/// What is on the screen.
pub(super) struct View<'a> {
    client: Client,
    run: RunId,
    out: &'a Out,
    live: Live,
    screen: Screen,
    tick: usize,
    hub_lost: bool,
    /// Questions that wait for an answer, the one being asked first.
    questions: Vec<Question>,
    /// Somebody is being asked: a line is to be read.
    pub(super) asking: bool,
}

impl<'a> View<'a> {
    pub(super) fn new(client: Client, run: RunId, out: &'a Out) -> Self {
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

    pub(super) fn transcript(&self) -> &Transcript {
        self.live.transcript()
    }

    pub(super) fn ended(&self) -> bool {
        self.transcript().done.is_some()
    }

    /// Text goes to stdout while it comes.
    pub(super) fn streams(&self) -> bool {
        self.out.stdout_terminal && !self.out.json
    }

    /// Lines are redrawn on stderr.
    pub(super) fn is_live(&self) -> bool {
        self.out.stderr_terminal && !self.out.json
    }

    pub(super) fn event(&mut self, received: &Received) -> Result<(), Failure> {
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

    pub(super) fn tick(&mut self) {
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

    pub(super) fn lost(&mut self, failure: &Failure) {
        self.hub_lost = true;
        if self.is_live() {
            let text = format!("  {} {}", self.out.err.paint(Tone::Warn, "↻"), failure.message);
            self.lines(vec![text]);
            self.redraw();
        } else if !self.out.json {
            self.out.note(&failure.message);
        }
    }

    pub(super) fn back(&mut self) {
        self.hub_lost = false;
        self.lines(vec![format!(
            "  {} the hub is back; nothing was missed",
            self.out.err.paint(Tone::Good, "↻")
        )]);
        self.redraw();
    }

    /// Takes the live lines away and ends the line of the text.
    pub(super) fn finish(&mut self) {
        let ops = self.screen.live(Vec::new());
        self.perform(&ops);
        if self.screen.inside_line() {
            let ops = self.screen.text("\n");
            self.perform(&ops);
        }
    }

    /// Asks the peer to stop, without holding up the events.
    pub(super) fn interrupt(&mut self) -> JoinHandle<Cancelled> {
        self.clear_prompt();
        self.lines(vec![format!(
            "  {} asking the peer to stop … (Ctrl-C again leaves the run alone)",
            self.out.err.paint(Tone::Warn, "⊘")
        )]);
        self.asking = false;
        let (client, run) = (self.client.clone(), self.run);
        tokio::spawn(async move { client.cancel(run).await })
    }

    pub(super) fn say_cancelled(&mut self, cancelled: Cancelled) {
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
    pub(super) fn clear_prompt(&self) {
        if self.is_live() && !self.screen.inside_line() {
            self.out.err_text("\r\u{1b}[K");
        }
    }

    pub(super) async fn answer(&mut self, line: String) {
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

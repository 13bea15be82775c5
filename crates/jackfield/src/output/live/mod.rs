//! What a person sees while a run goes on: from events to text, lines that stay, and lines that are live.
//! Pure: events in, [`Shown`] out.

mod steps;

use std::collections::HashSet;

use jackfield_protocol::{
    event::{
        Artifact, Done, EventBody, InputKind, LinkState, Part, ResolvedBy, Start, StreamEvent, TraceStep,
        Transcript,
    },
    ids::{MessageId, StepId},
    model::Verdict,
};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    Style, Tone, bytes, cut, duration, join, one_line, plain, plural, report::outcome_mark, width, wrap,
};

pub(crate) use self::steps::{compact, pretty};

/// What to show, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Text of the answer.
    Text(String),
    /// A line that stays.
    Line(String),
}

/// Whether a message says nothing but this value: tools give what is structured as text too.
pub(crate) fn said_already(transcript: &Transcript, json: &Value) -> bool {
    let mut messages = transcript.messages().iter();
    messages.any(|message| serde_json::from_str::<Value>(&message.text).is_ok_and(|said| said == *json))
}

/// Most live lines.
const LIVE_LINES: usize = 6;
const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// The fold from events to what is shown.
#[derive(Debug)]
pub(crate) struct Live {
    transcript: Transcript,
    style: Style,
    columns: usize,
    /// The message whose text is being shown, and whether its last character ended a line.
    message: Option<MessageId>,
    line_open: bool,
    any_text: bool,
    /// Lines that wait until the text has come to a rest.
    waiting: Vec<String>,
    shown_steps: HashSet<StepId>,
    step_lines: usize,
    hidden_steps: usize,
    link: Option<String>,
}

impl Live {
    /// Before the first event.
    pub(crate) fn new(columns: usize, style: Style) -> Self {
        Self {
            transcript: Transcript::new(),
            style,
            columns,
            message: None,
            line_open: false,
            any_text: false,
            waiting: Vec::new(),
            shown_steps: HashSet::new(),
            step_lines: 0,
            hidden_steps: 0,
            link: None,
        }
    }

    /// What the events said so far.
    pub(crate) fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The terminal may have been resized.
    pub(crate) fn resize(&mut self, columns: usize) {
        self.columns = columns;
    }

    /// Takes the next event.
    pub(crate) fn apply(&mut self, event: &StreamEvent) -> Vec<Shown> {
        let chosen = self.chosen(event);
        self.transcript.apply(event);
        let mut shown = Vec::new();
        match &event.body {
            EventBody::Start(start) => self.started(start, &mut shown),
            EventBody::Delta(delta) => match delta.part {
                Part::Text => {
                    if delta.supersedes.is_some() {
                        self.rest(&mut shown);
                        shown.push(Shown::Line(self.style.paint(
                            Tone::Warn,
                            "↻ The peer recorded another answer than it streamed; this one counts:",
                        )));
                    }
                    self.text(event.message_id.as_ref(), &delta.text, &mut shown);
                }
                Part::Log => {
                    for line in plain(&delta.text).lines() {
                        self.line(self.style.paint(Tone::Dim, format!("  │ {line}")), &mut shown);
                    }
                }
                Part::Reasoning | Part::ToolArguments => {}
            },
            EventBody::StepStart(start) => {
                if event.parent_step_id.is_none() && !start.inferred {
                    self.rest(&mut shown);
                }
            }
            EventBody::StepEnd(_) => self.step_ended(event.step_id.as_ref(), &mut shown),
            EventBody::ToolEnd(_) => {
                let id = event.tool_id.clone().map(StepId::from);
                self.step_ended(id.as_ref(), &mut shown);
            }
            EventBody::Error(error) => {
                let (mark, tone) = if error.fatal { ("✗", Tone::Bad) } else { ("!", Tone::Warn) };
                let who = event.source.tool.as_ref().or(event.source.node.as_ref());
                let who = who.map(|name| format!("{}: ", one_line(name))).unwrap_or_default();
                self.wrapped(mark, tone, &format!("{who}{}", plain(&error.message)), &mut shown);
                if let Some(hint) = &error.hint {
                    self.wrapped("→", Tone::Accent, &plain(hint), &mut shown);
                }
            }
            EventBody::Artifact(artifact) => self.artifact(artifact, &mut shown),
            EventBody::Citation(citation) => {
                let parts = [citation.title.as_deref(), citation.url.as_deref()];
                let text = parts.into_iter().flatten().map(one_line).collect::<Vec<_>>().join("  ");
                let number = self.transcript.citations.len();
                let text = cut(&text, self.columns.saturating_sub(8));
                self.line(self.style.paint(Tone::Dim, format!("  [{number}] {text}")), &mut shown);
            }
            EventBody::InputRequired(input) => {
                self.rest(&mut shown);
                if input.kind == InputKind::Timer {
                    let until = input.expires_at.map(|at| format!(" until {at:.0}")).unwrap_or_default();
                    self.wrapped(
                        "◔",
                        Tone::Warn,
                        &format!("Waits{until}: {}", plain(&input.prompt)),
                        &mut shown,
                    );
                }
            }
            EventBody::InputResolved(resolved) => {
                let text = match (resolved.by, chosen) {
                    (ResolvedBy::Answer, Some(choice)) => format!("answered: {}", one_line(&choice)),
                    (ResolvedBy::Answer, None) => "answered".to_owned(),
                    (ResolvedBy::Peer, _) => {
                        "goes on: the peer was answered, or its timer ran out".to_owned()
                    }
                    (ResolvedBy::RunEnded, _) => "no longer asked: the run has ended".to_owned(),
                };
                self.wrapped("◔", Tone::Dim, &text, &mut shown);
            }
            EventBody::Link(link) => {
                let reason =
                    link.reason.as_deref().map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
                self.link = match link.state {
                    LinkState::Identified => self.link.take(),
                    LinkState::Lost => {
                        self.wrapped("↻", Tone::Warn, &format!("The hub lost the peer{reason}"), &mut shown);
                        Some("finding the run again".to_owned())
                    }
                    LinkState::Reconnecting => Some("reaching the peer again".to_owned()),
                    LinkState::Recovering => {
                        Some("reading what is missing from the peer's record".to_owned())
                    }
                    LinkState::Recovered => {
                        self.wrapped("↻", Tone::Good, "Recovered: what was missing is here", &mut shown);
                        None
                    }
                };
            }
            EventBody::Usage(_) | EventBody::Raw(_) | EventBody::ToolStart(_) => {}
            EventBody::Done(done) => self.done(event, done, &mut shown),
        }
        shown
    }

    /// The lines that are live now: what is going on, outermost first.
    pub(crate) fn live(&self, now: Timestamp, tick: usize) -> Vec<String> {
        if self.transcript.done.is_some() || self.transcript.start.is_none() {
            return Vec::new();
        }
        let spinner =
            self.style.paint(Tone::Accent, SPINNER.get(tick % SPINNER.len()).copied().unwrap_or("·"));
        let mut lines = Vec::new();
        if let Some(link) = &self.link {
            lines.push(format!("  {spinner} {}", self.style.paint(Tone::Warn, link)));
        }
        let open: Vec<&TraceStep> =
            self.transcript.steps().iter().filter(|step| step.status.is_none()).collect();
        let left_out = open.len().saturating_sub(LIVE_LINES);
        for step in open.iter().skip(left_out) {
            let elapsed = now.as_millisecond().saturating_sub(step.started_at.as_millisecond());
            lines.push(self.step_line(step, &spinner, duration(u64::try_from(elapsed).unwrap_or(0))));
        }
        if open.is_empty() && self.link.is_none() {
            let word = if self.transcript.pending.is_empty() { "running" } else { "waiting" };
            lines.push(format!("  {spinner} {}", self.style.paint(Tone::Dim, word)));
        }
        lines
    }

    /// What runs, where; on one line where there is room.
    fn started(&self, start: &Start, shown: &mut Vec<Shown>) {
        let name = cut(&one_line(&start.workflow), self.columns.saturating_sub(3));
        let simulated = if start.simulated { " · simulated" } else { "" };
        let from = format!("{} · {}", one_line(&start.backend), start.platform.title());
        let fits = width(&name) + width(&from) + width(simulated) + 4 <= self.columns;
        let from = cut(&from, self.columns.saturating_sub(3 + width(simulated)));
        let from =
            format!("{}{}", self.style.paint(Tone::Dim, from), self.style.paint(Tone::Warn, simulated));
        let mark = self.style.paint(Tone::Accent, "▶");
        let name = self.style.paint(Tone::Bold, name);
        if fits {
            shown.push(Shown::Line(format!("{mark} {name}  {from}")));
        } else {
            shown.push(Shown::Line(format!("{mark} {name}")));
            shown.push(Shown::Line(format!("  {from}")));
        }
    }

    /// The label of the button that was pressed; the question is gone once the event is folded.
    fn chosen(&self, event: &StreamEvent) -> Option<String> {
        let EventBody::InputResolved(resolved) = &event.body else { return None };
        let id = resolved.choice.as_ref()?;
        let question = self.transcript.pending.iter().find(|input| input.request_id == resolved.request_id);
        let choice = question.and_then(|input| input.choices.iter().find(|choice| choice.id == *id));
        Some(choice.map_or_else(|| id.clone(), |choice| choice.label.clone()))
    }

    /// Text of a message; another message begins after a blank line.
    fn text(&mut self, id: Option<&MessageId>, text: &str, shown: &mut Vec<Shown>) {
        if self.message.as_ref() != id {
            if self.any_text {
                let lines = self.waiting.is_empty();
                self.rest(shown);
                if lines {
                    shown.push(Shown::Text("\n".to_owned()));
                }
            }
            self.message = id.cloned();
        }
        let text = plain(text);
        if text.is_empty() {
            return;
        }
        self.any_text = true;
        self.line_open = !text.ends_with('\n');
        shown.push(Shown::Text(text));
    }

    /// Ends the line of the text and shows what waited for that.
    fn rest(&mut self, shown: &mut Vec<Shown>) {
        if self.line_open {
            shown.push(Shown::Text("\n".to_owned()));
            self.line_open = false;
        }
        shown.extend(self.waiting.drain(..).map(Shown::Line));
    }

    /// A line that stays; while text stands in the middle of a line it waits.
    fn line(&mut self, line: String, shown: &mut Vec<Shown>) {
        if self.line_open {
            self.waiting.push(line);
        } else {
            shown.push(Shown::Line(line));
        }
    }

    fn wrapped(&mut self, mark: &str, tone: Tone, text: &str, shown: &mut Vec<Shown>) {
        for (at, line) in wrap(text, self.columns.saturating_sub(6).max(20)).into_iter().enumerate() {
            let start =
                if at == 0 { format!("  {} ", self.style.paint(tone, mark)) } else { "    ".to_owned() };
            self.line(format!("{start}{line}"), shown);
        }
    }

    fn artifact(&mut self, artifact: &Artifact, shown: &mut Vec<Shown>) {
        if let Some(json) = &artifact.json {
            if said_already(&self.transcript, json) {
                return;
            }
            self.rest(shown);
            self.any_text = true;
            shown.push(Shown::Text(format!("{}\n", pretty(json))));
            return;
        }
        let mut facts = vec![one_line(&artifact.name), one_line(&artifact.media_type)];
        facts.extend(artifact.size.map(bytes));
        facts.extend(artifact.url.as_deref().map(one_line));
        facts.retain(|fact| !fact.is_empty());
        self.line(format!("  {} {}", self.style.paint(Tone::Accent, "◆"), facts.join(" · ")), shown);
    }

    fn done(&mut self, event: &StreamEvent, done: &Done, shown: &mut Vec<Shown>) {
        self.rest(shown);
        if self.hidden_steps > 0 {
            let more = format!("  … and {} more", plural(self.hidden_steps, "step"));
            shown.push(Shown::Line(self.style.paint(Tone::Dim, more)));
        }
        let (mark, word, tone) = outcome_mark(done.outcome);
        let took = done.duration_ms.map(|ms| format!(" in {}", duration(ms))).unwrap_or_default();
        let mut facts = vec![self.style.paint(tone, format!("{mark} {word}{took}"))];
        let steps = self.transcript.trace().len();
        if steps > 0 {
            facts.push(plural(steps, "step"));
        }
        let usage = &self.transcript.usage;
        if usage.input_tokens + usage.output_tokens > 0 {
            facts.push(format!("{} + {} tokens", usage.input_tokens, usage.output_tokens));
        }
        if done.verdict == Verdict::Unverified {
            facts.push("not verified".to_owned());
        }
        if self.transcript.raw_frames > 0 {
            let frames = usize::try_from(self.transcript.raw_frames).unwrap_or(usize::MAX);
            facts.push(format!("{} not understood", plural(frames, "frame")));
        }
        for line in join(&facts, self.columns, self.style) {
            shown.push(Shown::Line(line));
        }
        // A fatal error has said it already.
        let said = self.transcript.errors.iter().any(|error| Some(&error.message) == done.reason.as_ref());
        if let Some(reason) = done.reason.as_ref().filter(|_| !said) {
            for line in wrap(&plain(reason), self.columns.saturating_sub(4).max(20)) {
                shown.push(Shown::Line(format!("  {line}")));
            }
        }
        shown.push(Shown::Line(self.style.paint(Tone::Dim, format!("  jackfield trace {}", event.run_id))));
    }
}

#[cfg(test)]
mod tests;

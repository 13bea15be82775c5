//! The trace of a run as a tree: names, times, a bar on a time axis where there is room. Pure.

use std::collections::{HashMap, HashSet};

use jackfield_protocol::{api::Trace, event::TraceStep, ids::StepId};
use serde_json::Value;

use super::{
    Style, Tone, cut, duration, join,
    live::{compact, pretty},
    one_line, plain, plural,
    report::{outcome_mark, status_mark, step_mark},
    width, wrap,
};

/// What to show.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TreeOptions {
    /// Deepest level, from 1; `None`: all.
    pub(crate) depth: Option<usize>,
    /// What went in and out of every step, in place of a glance at tool calls.
    pub(crate) io: bool,
}

/// Most lines of one input or output.
const IO_LINES: usize = 12;
/// Below this many columns the bars are left out.
const WIDE: usize = 76;
/// Columns of the longest duration.
const TIME: usize = 11;

/// The lines.
pub(crate) fn tree(trace: &Trace, options: TreeOptions, columns: usize, style: Style) -> Vec<String> {
    let mut lines = header(trace, columns, style);
    let rows = rows(&trace.steps, options.depth);
    if rows.is_empty() {
        lines.push(
            style
                .paint(Tone::Dim, "  No steps are known. A peer that keeps no record of the run shows none."),
        );
    } else {
        let layout = Layout::of(&rows, columns);
        let axis = Axis::of(&trace.steps);
        for row in &rows {
            lines.push(step_line(row, &layout, &axis, style));
            lines.extend(below(row, options, columns, style));
        }
        if let Some(depth) = options.depth {
            let hidden = trace.steps.len() - rows.len();
            if hidden > 0 {
                let text = format!("  … {} below level {depth}", plural(hidden, "step"));
                lines.push(style.paint(Tone::Dim, text));
            }
        }
    }
    lines.extend(answer(trace, columns, style));
    lines
}

/// One step with its place in the tree.
struct Row<'a> {
    step: &'a TraceStep,
    /// Branches before the name, for example `│  ├─ `.
    branches: String,
    /// Branches below it.
    under: String,
}

/// Places the steps: the trace has parents before children and siblings in order.
fn rows(steps: &[TraceStep], depth: Option<usize>) -> Vec<Row<'_>> {
    let mut levels: HashMap<&StepId, usize> = HashMap::new();
    let placed: Vec<(&TraceStep, usize)> = by_time(steps)
        .into_iter()
        .map(|step| {
            let level =
                step.parent_id.as_ref().and_then(|parent| levels.get(parent)).map_or(0, |level| level + 1);
            levels.insert(&step.id, level);
            (step, level)
        })
        .filter(|(_, level)| depth.is_none_or(|depth| *level < depth))
        .collect();
    // From the end: whether a level has a later sibling before its parent's level returns.
    let mut open: Vec<bool> = Vec::new();
    let mut rows: Vec<Row<'_>> = Vec::with_capacity(placed.len());
    for (step, level) in placed.iter().rev() {
        open.truncate(level + 1);
        open.resize(level + 1, false);
        let mut branches = String::new();
        let mut under = String::new();
        for (at, goes_on) in open.iter().enumerate().skip(1) {
            let line = if *goes_on { "│  " } else { "   " };
            under.push_str(line);
            branches.push_str(match (at == *level, *goes_on) {
                (true, true) => "├─ ",
                (true, false) => "└─ ",
                (false, _) => line,
            });
        }
        if let Some(level) = open.get_mut(*level) {
            *level = true;
        }
        rows.push(Row { step, branches, under });
    }
    rows.reverse();
    rows
}

/// The steps with siblings in the order of their begin: beside a time axis, what began first stands first.
/// Siblings whose times come from two clocks stay as the hub ordered them.
fn by_time(steps: &[TraceStep]) -> Vec<&TraceStep> {
    let known: HashSet<&StepId> = steps.iter().map(|step| &step.id).collect();
    let mut children: HashMap<Option<&StepId>, Vec<&TraceStep>> = HashMap::new();
    for step in steps {
        let parent = step.parent_id.as_ref().filter(|parent| known.contains(parent));
        children.entry(parent).or_default().push(step);
    }
    for siblings in children.values_mut() {
        if siblings.iter().all(|step| step.peer_times) {
            siblings.sort_by_key(|step| step.started_at);
        }
    }
    let mut ordered = Vec::with_capacity(steps.len());
    let mut stack: Vec<&TraceStep> = children.remove(&None).unwrap_or_default();
    stack.reverse();
    while let Some(step) = stack.pop() {
        ordered.push(step);
        // Taken out, so that nothing is placed twice whatever the parents say.
        stack.extend(children.remove(&Some(&step.id)).unwrap_or_default().into_iter().rev());
    }
    ordered
}

/// Widths of the columns.
struct Layout {
    name: usize,
    tokens: usize,
    bar: usize,
}

impl Layout {
    fn of(rows: &[Row<'_>], columns: usize) -> Self {
        let name = rows.iter().map(|row| width(&row.branches) + width(&label(row.step))).max().unwrap_or(0);
        let tokens = rows.iter().map(|row| width(&tokens(row.step))).max().unwrap_or(0);
        let fixed = 4 + 1 + TIME + if tokens > 0 { tokens + 2 } else { 0 };
        let room = columns.saturating_sub(fixed).max(12);
        if columns < WIDE {
            return Self { name: name.min(room), tokens, bar: 0 };
        }
        let bar = room.saturating_sub(name + 3).clamp(18, 44);
        Self { name: name.min(room.saturating_sub(bar + 3)), tokens, bar }
    }
}

/// The run's time, from the first begin to the last end.
struct Axis {
    begin: i64,
    length: i64,
}

impl Axis {
    fn of(steps: &[TraceStep]) -> Self {
        let begin = steps.iter().map(|step| step.started_at.as_microsecond()).min().unwrap_or(0);
        let end = steps.iter().map(end).max().unwrap_or(begin);
        Self { begin, length: (end - begin).max(1) }
    }

    /// A bar of `columns` cells; the shortest step has one cell.
    fn bar(&self, step: &TraceStep, columns: usize) -> (String, String) {
        let cells = i64::try_from(columns).unwrap_or(i64::MAX);
        let at = |time: i64| (time - self.begin).saturating_mul(cells) / self.length;
        let from = at(step.started_at.as_microsecond()).clamp(0, cells - 1);
        let to = at(end(step)).clamp(from + 1, cells);
        let blank = usize::try_from(from).unwrap_or(0);
        let full = usize::try_from(to - from).unwrap_or(1);
        (" ".repeat(blank), "━".repeat(full))
    }
}

fn end(step: &TraceStep) -> i64 {
    let took = i64::try_from(step.duration_ms.unwrap_or(0)).unwrap_or(i64::MAX);
    step.started_at.as_microsecond().saturating_add(took.saturating_mul(1_000))
}

fn label(step: &TraceStep) -> String {
    let mut label = one_line(&step.name);
    // Repetitions and items tell otherwise equal lines apart; the first of only one says nothing.
    if let Some(round) = step.iteration.filter(|round| *round > 0) {
        label.push_str(&format!(" ×{}", round + 1));
    }
    if let Some(item) = step.item.filter(|item| *item > 0) {
        label.push_str(&format!(" [{item}]"));
    }
    if step.inferred {
        label.push_str(" (inferred)");
    }
    label
}

fn tokens(step: &TraceStep) -> String {
    step.usage
        .as_ref()
        .map(|usage| format!("{}+{} tok", usage.input_tokens, usage.output_tokens))
        .unwrap_or_default()
}

fn step_line(row: &Row<'_>, layout: &Layout, axis: &Axis, style: Style) -> String {
    let (mark, tone) = step_mark(row.step.status);
    let room = layout.name.saturating_sub(width(&row.branches));
    let name = cut(&label(row.step), room);
    let blanks = " ".repeat(room.saturating_sub(width(&name)));
    let took = row.step.duration_ms.map_or_else(|| "running".to_owned(), duration);
    let mut line = format!(
        "  {} {}{}{blanks} {took:>TIME$}",
        style.paint(tone, mark),
        style.paint(Tone::Dim, &row.branches),
        if row.step.is_tool_call { style.paint(Tone::Accent, name) } else { name },
    );
    if layout.tokens > 0 {
        line.push_str(&format!(
            "  {}",
            style.paint(Tone::Dim, format!("{:>1$}", tokens(row.step), layout.tokens))
        ));
    }
    if layout.bar > 0 {
        let (blank, bar) = axis.bar(row.step, layout.bar);
        line.push_str(&format!("   {blank}{}", style.paint(tone, bar)));
    }
    line.truncate(line.trim_end().len());
    line
}

/// What stands below a step: its error; what went in and out, or a glance at a tool call.
fn below(row: &Row<'_>, options: TreeOptions, columns: usize, style: Style) -> Vec<String> {
    let step = row.step;
    let start = format!("    {}", style.paint(Tone::Dim, &row.under));
    let room = columns.saturating_sub(width(&start) + 6).max(16);
    let mut lines = Vec::new();
    if let Some(error) = &step.error {
        for line in wrap(&one_line(error), room).into_iter().take(IO_LINES) {
            lines.push(format!("{start}{}", style.paint(Tone::Bad, line)));
        }
    }
    let parts = [("in ", step.input.as_ref()), ("out", step.output.as_ref())];
    for (word, value) in parts.into_iter().filter_map(|(word, value)| Some((word, value?))) {
        if options.io {
            for (at, line) in block(value, room).into_iter().enumerate() {
                let word = if at == 0 { word } else { "   " };
                lines.push(format!("{start}{} {line}", style.paint(Tone::Dim, word)));
            }
        } else if step.is_tool_call {
            let text = format!("{word} {}", cut(&compact(value), room));
            lines.push(format!("{start}{}", style.paint(Tone::Dim, text)));
        }
    }
    lines
}

/// A value in lines: short ones as they are, long ones indented and cut.
fn block(value: &Value, room: usize) -> Vec<String> {
    let short = compact(value);
    if width(&short) <= room && !matches!(value, Value::String(text) if text.contains('\n')) {
        return vec![short];
    }
    let text = pretty(value);
    let all: Vec<&str> = text.lines().collect();
    let mut lines: Vec<String> =
        all.iter().take(IO_LINES).map(|line| cut(&line.replace('\t', "  "), room)).collect();
    if all.len() > IO_LINES {
        lines.push(format!("… {} more lines (--json has all of them)", all.len() - IO_LINES));
    }
    lines
}

fn header(trace: &Trace, columns: usize, style: Style) -> Vec<String> {
    let run = &trace.run;
    let (mark, tone) = status_mark(run.status);
    let mut facts = Vec::new();
    match &run.done {
        Some(done) => {
            let (mark, word, tone) = outcome_mark(done.outcome);
            let took = done.duration_ms.map(|ms| format!(" in {}", duration(ms))).unwrap_or_default();
            facts.push(style.paint(tone, format!("{mark} {word}{took}")));
        }
        None => facts.push(style.paint(tone, format!("{mark} {}", run.status.as_str()))),
    }
    facts.push(plural(trace.steps.len(), "step"));
    facts.push(format!("{:.0}", run.created_at));
    facts.extend(run.external_id.as_ref().map(|id| format!("peer's id {}", one_line(id))));
    let mut lines = vec![style.paint(Tone::Bold, cut(&one_line(&run.workflow_name), columns))];
    lines.extend(join(&facts, columns, style));
    if let Some(reason) = run.done.as_ref().and_then(|done| done.reason.as_ref()) {
        lines.extend(wrap(&plain(reason), columns.saturating_sub(2)));
    }
    lines.push(String::new());
    lines
}

/// The answer, after the tree.
fn answer(trace: &Trace, columns: usize, style: Style) -> Vec<String> {
    let named = trace.run.done.as_ref().map(|done| done.answer.as_slice()).unwrap_or_default();
    let text: Vec<String> = trace
        .messages
        .iter()
        .filter(|message| if named.is_empty() { !message.superseded } else { named.contains(&message.id) })
        .map(|message| plain(&message.text))
        .filter(|text| !text.trim().is_empty())
        .collect();
    if text.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), style.paint(Tone::Dim, "answer")];
    for text in text {
        lines
            .extend(wrap(text.trim(), columns.saturating_sub(2)).into_iter().map(|line| format!("  {line}")));
    }
    lines
}

#[cfg(test)]
mod tests;

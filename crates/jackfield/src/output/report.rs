//! Marks and the report of a connection test.

use jackfield_protocol::{
    event::{Outcome, StepStatus},
    model::{Check, CheckStatus, ConnectionReport, HealthState, RunStatus},
};

use super::{Style, Tone, duration, plain, width, wrap};

/// Mark and colour of a connection's state.
pub(crate) fn health_mark(state: HealthState) -> (&'static str, &'static str, Tone) {
    match state {
        HealthState::Unknown => ("○", "unknown", Tone::Dim),
        HealthState::Connecting => ("○", "connecting", Tone::Dim),
        HealthState::Connected => ("●", "connected", Tone::Good),
        HealthState::Degraded => ("●", "degraded", Tone::Warn),
        HealthState::Unauthorized => ("●", "unauthorized", Tone::Bad),
        HealthState::SignInRequired => ("●", "sign-in needed", Tone::Warn),
        HealthState::Unreachable => ("●", "unreachable", Tone::Bad),
    }
}

/// Mark and colour of a run's status.
pub(crate) fn status_mark(status: RunStatus) -> (&'static str, Tone) {
    match status {
        RunStatus::Queued => ("○", Tone::Dim),
        RunStatus::Running => ("●", Tone::Accent),
        RunStatus::Waiting => ("◔", Tone::Warn),
        RunStatus::Recovering => ("↻", Tone::Warn),
        RunStatus::Succeeded => ("✓", Tone::Good),
        RunStatus::Failed => ("✗", Tone::Bad),
        RunStatus::Cancelled => ("⊘", Tone::Warn),
        RunStatus::Unknown => ("?", Tone::Warn),
    }
}

/// Mark and colour of a step; `None`: it is going on.
pub(crate) fn step_mark(status: Option<StepStatus>) -> (&'static str, Tone) {
    match status {
        None => ("●", Tone::Accent),
        Some(StepStatus::Succeeded) => ("✓", Tone::Good),
        Some(StepStatus::Failed) => ("✗", Tone::Bad),
        Some(StepStatus::Cancelled) => ("⊘", Tone::Warn),
        Some(StepStatus::Skipped) => ("–", Tone::Dim),
        Some(StepStatus::Unknown) => ("?", Tone::Warn),
    }
}

/// Mark, word and colour of an outcome.
pub(crate) fn outcome_mark(outcome: Outcome) -> (&'static str, &'static str, Tone) {
    match outcome {
        Outcome::Succeeded => ("✓", "succeeded", Tone::Good),
        Outcome::Failed => ("✗", "failed", Tone::Bad),
        Outcome::Cancelled => ("⊘", "cancelled", Tone::Warn),
        Outcome::Unknown => ("?", "outcome unknown", Tone::Warn),
    }
}

/// A connection test, check by check, each with what to do where something is wrong.
pub(crate) fn checks(report: &ConnectionReport, columns: usize, style: Style) -> Vec<String> {
    let mut lines = check_lines(&report.checks, columns, style);
    let (mark, word, tone) = health_mark(report.state);
    let mut facts = vec![style.paint(tone, format!("{mark} {word}"))];
    facts.extend(report.version.as_ref().map(|version| format!("version {}", plain(version))));
    facts.extend(report.latency_ms.map(|ms| format!("{} round trip", duration(ms))));
    facts.extend(
        report.workflows.map(|count| super::plural(usize::try_from(count).unwrap_or(usize::MAX), "workflow")),
    );
    lines.push(format!("  {}", facts.join(&style.paint(Tone::Dim, " · "))));
    lines
}

/// Checks, each with what to do where something is wrong.
pub(crate) fn check_lines(checks: &[Check], columns: usize, style: Style) -> Vec<String> {
    let name_room = checks.iter().map(|check| width(&check.name)).max().unwrap_or(0).min(28);
    let indent = 4 + name_room + 2;
    let mut lines = Vec::new();
    for check in checks {
        let (mark, tone) = match check.status {
            CheckStatus::Passed => ("✓", Tone::Good),
            CheckStatus::Warning => ("!", Tone::Warn),
            CheckStatus::Failed => ("✗", Tone::Bad),
            CheckStatus::Skipped => ("–", Tone::Dim),
        };
        let name = plain(&check.name);
        let blanks = " ".repeat(name_room.saturating_sub(width(&name)));
        let start = format!("  {} {}{blanks}  ", style.paint(tone, mark), style.paint(Tone::Bold, name));
        let hint = check.failure.as_ref().and_then(|failure| failure.hint.as_deref());
        let message = wrap(&plain(&check.message), columns.saturating_sub(indent).max(24));
        for (at, text) in message.into_iter().enumerate() {
            let text = if check.status == CheckStatus::Skipped { style.paint(Tone::Dim, text) } else { text };
            lines.push(if at == 0 {
                format!("{start}{text}")
            } else {
                format!("{}{text}", " ".repeat(indent))
            });
        }
        for (at, text) in wrap(&plain(hint.unwrap_or_default()), columns.saturating_sub(indent + 2).max(24))
            .into_iter()
            .enumerate()
        {
            if !text.is_empty() {
                let arrow = if at == 0 { "→ " } else { "  " };
                lines.push(format!(
                    "{}{}",
                    " ".repeat(indent),
                    style.paint(Tone::Accent, format!("{arrow}{text}"))
                ));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::error::{ErrorCode, Failure};

    use super::*;

    #[test]
    fn each_check_has_its_mark_and_what_to_do() {
        let check = |name: &str, status, message: &str, failure| Check {
            name: name.into(),
            status,
            message: message.into(),
            failure,
        };
        let scope = Failure::new(ErrorCode::PeerScopeMissing, "No execution:read.")
            .hint("Edit the key and add execution:read, so that steps and outcomes can be read.");
        let report = ConnectionReport {
            state: HealthState::Degraded,
            latency_ms: Some(12),
            version: Some(">= 2.19".into()),
            workflows: Some(48),
            checks: vec![
                check("reachable", CheckStatus::Passed, "http://127.0.0.1:5678 answers.", None),
                check(
                    "scope execution:read",
                    CheckStatus::Warning,
                    "The key may not read executions.",
                    Some(scope),
                ),
                check("webhook", CheckStatus::Skipped, "Nothing to test.", None),
            ],
        };
        insta::assert_snapshot!(checks(&report, 72, Style::default()).join("\n"));
    }
}

//! One backend in full.

use jackfield_protocol::{api::BackendView, model::BackendType};
use serde_json::Value;

use super::backend::state;
use crate::output::{Out, Tone, ago, duration, one_line, plain, plural, wrap};

/// Names and values, aligned; what is not known is left out.
pub(crate) fn facts(out: &Out, facts: &[(&str, Option<String>)]) {
    let room =
        facts.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in facts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        let blanks = " ".repeat(room - name.len());
        out.line(format!("  {}{blanks}  {}", out.style.paint(Tone::Dim, name), one_line(value)));
    }
}

/// Shows a backend.
pub(crate) fn show(view: &BackendView, workflows: usize, out: &Out) {
    let backend = &view.backend;
    let health = &view.health;
    let now = jackfield_protocol::time::now();
    let (mark, word, tone) = state(view);
    let simulated =
        if backend.simulated { out.style.paint(Tone::Warn, "  simulated") } else { String::new() };
    out.line(format!(
        "{}  {}{simulated}",
        out.style.paint(Tone::Bold, one_line(&backend.name)),
        out.style.paint(tone, format!("{mark} {word}"))
    ));
    let options = backend.options.as_object().filter(|options| !options.is_empty());
    let said = view.peer.as_ref().map(|peer| &peer.capabilities);
    let text = |pointer: &str| {
        said.and_then(|said| said.pointer(pointer)).and_then(Value::as_str).map(str::to_owned)
    };
    let count = |name: &str| said.and_then(|said| said.get(name)).and_then(Value::as_u64);
    let offers: Vec<String> = [("tools", "tool"), ("resources", "resource"), ("prompts", "prompt")]
        .into_iter()
        .filter_map(|(name, one)| Some(plural(usize::try_from(count(name)?).ok()?, one)))
        .collect();
    let is_mcp = backend.kind == BackendType::Mcp;
    facts(
        out,
        &[
            ("platform", Some(backend.platform.title().to_owned())),
            ("address", Some(backend.base_url.clone())),
            ("version", view.peer.as_ref().and_then(|peer| peer.version.clone())),
            ("since", Some(ago(health.since, now))),
            ("checked", health.checked_at.map(|at| ago(at, now))),
            ("latency", health.latency_ms.map(duration)),
            ("server", text("/server/title").or_else(|| text("/server/name"))),
            ("protocol", text("/protocol")),
            ("transport", text("/transport")),
            ("workflows", (!is_mcp).then(|| workflows.to_string())),
            ("offers", (is_mcp && !offers.is_empty()).then(|| offers.join(", "))),
            ("discovered", view.peer.as_ref().and_then(|peer| peer.discovered_at).map(|at| ago(at, now))),
            (
                "secrets",
                (!backend.secrets.is_empty()).then(|| format!("{} (sealed)", backend.secrets.join(", "))),
            ),
            ("options", options.map(|options| serde_json::to_string(options).unwrap_or_default())),
            ("id", Some(backend.id.to_string())),
        ],
    );
    if let Some(instructions) = text("/instructions") {
        out.line("");
        out.line(out.style.paint(Tone::Dim, "what the server says about how to use it"));
        out.lines(wrap(&plain(&instructions), out.width.min(100)));
    }
    if let Some(failure) = &health.last_error {
        out.line("");
        out.lines(wrap(&plain(&failure.message), out.width.min(110)));
        if let Some(hint) = &failure.hint {
            let hint = wrap(&plain(hint), out.width.min(110));
            out.lines(hint.into_iter().map(|line| out.style.paint(Tone::Accent, line)));
        }
        out.line(out.style.paint(Tone::Dim, format!("jackfield error {}", failure.code)));
    }
}

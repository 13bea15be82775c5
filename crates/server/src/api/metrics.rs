//! Figures for Prometheus.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse as _, Response},
};

use super::Answer;
use crate::{Auth, auth::authenticate, state::App};

/// Figures in Prometheus' text format. Asks for a token unless the configuration opens it.
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, description = "Figures.", body = String, content_type = "text/plain",
        example = json!("# TYPE jackfield_active_runs gauge\njackfield_active_runs 2\n"))))]
pub(crate) async fn metrics(
    State(app): State<Arc<App>>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    if app.config.auth == Auth::Required && !app.config.open_metrics {
        authenticate(&app, &method, &headers).await?;
    }
    let stats = app.engine.stats();
    let readers = app.open_readers() as u64;
    let mut text = String::new();
    let version = BTreeMap::from([(env!("CARGO_PKG_VERSION"), 1)]);
    labelled(&mut text, "build_info", "gauge", "The version that runs.", "version", &version);
    plain(&mut text, "active_runs", "gauge", "Runs that go on now.", stats.active_runs);
    plain(&mut text, "run_readers", "gauge", "Readers of runs' events now.", stats.readers);
    plain(&mut text, "http_streams", "gauge", "Open event streams over HTTP.", readers);
    plain(&mut text, "events_total", "counter", "Events written.", stats.events);
    plain(&mut text, "raw_frames_total", "counter", "Frames that nobody understood.", stats.raw_frames);
    labelled(&mut text, "runs_total", "counter", "Runs that ended, by outcome.", "outcome", &stats.outcomes);
    let help = "Backends, by the state of their connection.";
    labelled(&mut text, "backends", "gauge", help, "state", &stats.backends);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing into a string does not fail.
    let _ = writeln!(text, "# HELP jackfield_{name} {help}\n# TYPE jackfield_{name} {kind}");
}

fn plain(text: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    head(text, name, kind, help);
    let _ = writeln!(text, "jackfield_{name} {value}");
}

fn labelled(
    text: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    label: &str,
    values: &BTreeMap<&'static str, u64>,
) {
    head(text, name, kind, help);
    for (of, value) in values {
        let _ = writeln!(text, "jackfield_{name}{{{label}=\"{of}\"}} {value}");
    }
}

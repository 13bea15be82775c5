//! The events of one run: as a stream, or a page at a time.

use std::{sync::Arc, time::Duration};

use axum::{
    Json as Reply,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::BytesMut;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    api::Page,
    error::{ErrorCode, Failure},
    event::StreamEvent,
    ids::{RunId, Seq},
    model::Run,
};

use super::Answer;
use crate::{
    extract::Id,
    params::{Params, parse},
    state::App,
    stream,
};

/// The header with which a browser says how far it got.
pub(super) const LAST_EVENT_ID: &str = "last-event-id";

/// The events of a run, from the cursor on, in order, each once; ends after `done`.
///
/// As `text/event-stream`: `id` is the seq, `event` the type, `data` the whole envelope. The cursor is `after` or
/// `Last-Event-ID`, whichever is larger: a browser repeats the `after` it began with, and adds how far it got.
/// 204 when the run has ended and nothing comes after the cursor, which keeps a browser from reconnecting. A fault of
/// the hub in mid-stream is sent as `event: problem` with a problem document; come back with the cursor.
///
/// With `Accept: application/json`: a page of events; `next` is the cursor for the next one. `wait` holds the answer
/// back until there is an event.
#[utoipa::path(get, path = "/api/v1/runs/{id}/events", tag = "runs",
    params(
        ("id" = RunId, Path, description = "Id of the run."),
        ("after" = Option<u64>, Query, description = "Seq of the last event that is known; default 0.", example = 0),
        ("limit" = Option<u32>, Query, description = "JSON only: at most this many, 1 to 1000; default 500.", example = 500),
        ("wait" = Option<u64>, Query, description = "JSON only: seconds to wait for an event when there is none yet, 0 to 60.",
            example = 0),
        ("Last-Event-ID" = Option<u64>, Header, description = "As browsers send it when they reconnect.", example = 0),
    ),
    responses(
        (status = 200, description = "Events.", content(
            (StreamEvent = "text/event-stream"),
            (Page<StreamEvent> = "application/json"),
        )),
        (status = 204, description = "The run has ended, and the reader has everything."),
    ),
    extensions(("x-errors" = json!(["not_found", "seq_out_of_range", "too_many_readers"]))))]
pub(crate) async fn run_events(
    State(app): State<Arc<App>>,
    Id(id): Id<RunId>,
    params: Params,
    headers: HeaderMap,
) -> Answer<Response> {
    let params = params.only(&["after", "limit", "wait"])?;
    let after = cursor(&params, &headers)?;
    let limit = params.number("limit", 1, 1000, 500)?;
    let wait = Duration::from_secs(params.number("wait", 0, 60, 0)?);
    let run = app.engine.run(id).await?;
    check_range(&run, after)?;
    if prefers_json(&headers) {
        return Ok(Reply(page(&app, &run, after, limit, wait).await?).into_response());
    }
    if run.status.has_ended() && after >= run.last_seq {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let reader = app.reader()?;
    let events = app.engine.follow(id, after).await?;
    let base = app.config.base_path.clone();
    let frames = events.ready_chunks(stream::AT_ONCE).map(move |events| {
        let mut buffer = BytesMut::with_capacity(512 * events.len());
        for event in events {
            match event {
                Ok(event) => stream::run_event(&mut buffer, &event),
                Err(failure) => stream::broken(&mut buffer, &base, failure),
            }
        }
        buffer.freeze()
    });
    Ok(stream::respond(&app, reader, frames.boxed()))
}

async fn page(
    app: &App,
    run: &Run,
    after: Seq,
    limit: u32,
    wait: Duration,
) -> Result<Page<StreamEvent>, Failure> {
    let mut items = app.engine.events(run.id, after, limit).await?;
    let ended = run.status.has_ended() && after >= run.last_seq;
    if items.is_empty() && !wait.is_zero() && !ended {
        let mut bell = app.engine.follow(run.id, after).await?;
        tokio::select! {
            _ = bell.next() => items = app.engine.events(run.id, after, limit).await?,
            () = tokio::time::sleep(wait) => {}
            () = app.shutdown.cancelled() => {}
        }
    }
    let full = items.len() >= limit as usize;
    let next = items.last().filter(|_| full).map(|event| event.seq.to_string());
    Ok(Page { items, next })
}

fn cursor(params: &Params, headers: &HeaderMap) -> Result<Seq, Failure> {
    let expectation = "the seq of an event, a whole number from 0";
    let asked: Option<Seq> = params.get("after", expectation)?;
    let seen = match headers.get(LAST_EVENT_ID) {
        None => None,
        Some(value) => {
            let text = value.to_str().unwrap_or("?").trim();
            Some(parse(text, "Last-Event-ID", expectation).map_err(|f| f.at("header:Last-Event-ID"))?)
        }
    };
    Ok(asked.max(seen).unwrap_or(0))
}

/// Refuses a cursor beyond the end of the log: such a reader has mixed up runs or hubs.
pub(super) fn check_range(run: &Run, after: Seq) -> Result<(), Failure> {
    if after <= run.last_seq {
        return Ok(());
    }
    let message = format!("The log of run {} ends at {}; there is no event {after}.", run.id, run.last_seq);
    Err(Failure::new(ErrorCode::SeqOutOfRange, message)
        .hint("Start again with after=0 if you do not know how far you got.")
        .at("query:after"))
}

/// JSON is asked for, and a stream is not.
fn prefers_json(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut types =
        accept.flat_map(|line| line.split(',')).map(|item| item.split(';').next().unwrap_or("").trim());
    let (mut json, mut stream) = (false, false);
    types.by_ref().for_each(|media_type| {
        json |= media_type.eq_ignore_ascii_case("application/json");
        stream |= media_type.eq_ignore_ascii_case(stream::MEDIA_TYPE);
    });
    json && !stream
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn json_only_when_it_is_asked_for_and_a_stream_is_not() {
        for (accept, json) in [
            ("application/json", true),
            ("application/json;q=0.9, text/plain", true),
            ("*/*", false),
            ("text/event-stream, application/json", false),
            ("text/html", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(prefers_json(&headers), json, "{accept}");
        }
        assert!(!prefers_json(&HeaderMap::new()));
    }
}

//! One stream for a whole page: news of the hub, and the events of the runs that the page shows.

use std::{collections::BTreeMap, fmt, sync::Arc};

use axum::{extract::State, http::HeaderMap, response::Response};
use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt as _,
    stream::{BoxStream, SelectAll},
};
use jackfield_protocol::{
    api::HubNews,
    error::{ErrorCode, Failure},
    event::StreamEvent,
    ids::{RunId, Seq},
};

use super::{
    Answer,
    follow::{LAST_EVENT_ID, check_range},
};
use crate::{BasePath, params::Params, state::App, stream};

/// Most runs on one stream.
const MOST_RUNS: usize = 32;

/// News of the hub, and on request the events of runs, over one connection: browsers allow only six to one host.
///
/// News come as `event: run`, `health`, `catalogue`, `run_removed` or `missed` (the reader was too slow: read the lists
/// again), with the whole `HubNews` as data. News are not kept: connect first, then read the lists, and read them again
/// after every reconnect.
///
/// For every `run={id}@{seq}` the events of that run after that seq come as `event: run_event` with the whole
/// `StreamEvent` as data, in order, each once. Their `id` holds the cursors of all runs of the stream, so that a browser
/// that reconnects by itself misses nothing.
#[utoipa::path(get, path = "/api/v1/events", tag = "events",
    params(
        ("run" = Option<String>, Query, description = "`{run id}@{seq of the last known event}`; may be repeated, up to 32 times.",
            example = "0198c0de-0000-7000-8000-000000000000@0"),
        ("Last-Event-ID" = Option<String>, Header, description = "As browsers send it when they reconnect."),
    ),
    responses((status = 200, description = "News, and the events of runs.", content((HubNews = "text/event-stream")))),
    extensions(("x-errors" = json!(["not_found", "seq_out_of_range", "too_many_readers"]))))]
pub(crate) async fn hub_events(
    State(app): State<Arc<App>>,
    params: Params,
    headers: HeaderMap,
) -> Answer<Response> {
    let params = params.only(&["run"])?;
    let last = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let cursors = Cursors::read(params.all("run"), last)?;
    let reader = app.reader()?;
    let mut sources: SelectAll<BoxStream<'static, Item>> = SelectAll::new();
    sources.push(app.engine.news().map(|news| Item::News(Box::new(news))).boxed());
    for (&id, &after) in &cursors.0 {
        check_range(&app.engine.run(id).await?, after)?;
        sources.push(app.engine.follow(id, after).await?.map(Item::Event).boxed());
    }
    let mut encoder = Encoder { base: app.config.base_path.clone(), cursors };
    let frames = sources.ready_chunks(stream::AT_ONCE).map(move |items| encoder.encode(items));
    Ok(stream::respond(&app, reader, frames.boxed()))
}

enum Item {
    News(Box<HubNews>),
    Event(Result<Arc<StreamEvent>, Failure>),
}

struct Encoder {
    base: BasePath,
    cursors: Cursors,
}

impl Encoder {
    fn encode(&mut self, items: Vec<Item>) -> Bytes {
        let mut buffer = BytesMut::with_capacity(512 * items.len());
        for item in items {
            match item {
                Item::News(news) => stream::frame(&mut buffer, None, kind(&news), &*news),
                Item::Event(Ok(event)) => {
                    self.cursors.0.insert(event.run_id, event.seq);
                    stream::frame(&mut buffer, Some(&self.cursors), "run_event", &*event);
                }
                Item::Event(Err(failure)) => stream::broken(&mut buffer, &self.base, failure),
            }
        }
        buffer.freeze()
    }
}

fn kind(news: &HubNews) -> &'static str {
    match news {
        HubNews::Run(_) => "run",
        HubNews::Health { .. } => "health",
        HubNews::Catalogue { .. } => "catalogue",
        HubNews::Missed => "missed",
        HubNews::RunRemoved { .. } => "run_removed",
    }
}

/// How far a reader got in each run. On the wire: `{run id}@{seq}`, separated by spaces.
#[derive(Debug, Default, PartialEq)]
struct Cursors(BTreeMap<RunId, Seq>);

impl Cursors {
    /// What is asked for, moved on to where the reader says it got. Runs that are not asked for are left out.
    fn read<'a>(asked: impl Iterator<Item = &'a str>, last: &str) -> Result<Self, Failure> {
        let mut cursors = BTreeMap::new();
        for text in asked {
            let (id, seq) = one(text).map_err(|failure| failure.at("query:run"))?;
            cursors.insert(id, seq);
        }
        if cursors.len() > MOST_RUNS {
            let message = format!("One stream carries at most {MOST_RUNS} runs.");
            return Err(Failure::new(ErrorCode::InvalidRequest, message).at("query:run"));
        }
        for text in last.split_ascii_whitespace() {
            let (id, seen) = one(text).map_err(|failure| failure.at("header:Last-Event-ID"))?;
            if let Some(seq) = cursors.get_mut(&id) {
                *seq = seen.max(*seq);
            }
        }
        Ok(Self(cursors))
    }
}

fn one(text: &str) -> Result<(RunId, Seq), Failure> {
    let parsed = text.split_once('@').and_then(|(id, seq)| Some((id.parse().ok()?, seq.parse().ok()?)));
    parsed.ok_or_else(|| {
        let shown: String = text.chars().take(80).collect();
        Failure::new(ErrorCode::InvalidRequest, format!("'{shown}' names no run and seq."))
            .hint("Write {run id}@{seq}, with 0 for the beginning.")
    })
}

impl fmt::Display for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (id, seq)) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{id}@{seq}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_back_and_only_move_on() {
        let (first, second) = (RunId::new(), RunId::new());
        let asked = [format!("{first}@5"), format!("{second}@0")];
        let ask = || asked.iter().map(String::as_str);
        let cursors = Cursors::read(ask(), &format!("{first}@3 {second}@9 {}@1", RunId::new())).unwrap();
        assert_eq!(cursors.0, BTreeMap::from([(first, 5), (second, 9)]));
        assert_eq!(Cursors::read(ask(), &cursors.to_string()).unwrap(), cursors);
    }

    #[test]
    fn what_is_no_cursor_is_refused_with_its_place() {
        for text in
            ["", "x@1", "0198c0de-0000-7000-8000-000000000000", "0198c0de-0000-7000-8000-000000000000@-1"]
        {
            let failure = Cursors::read([text].into_iter(), "").unwrap_err();
            assert_eq!(failure.place.as_deref(), Some("query:run"), "{text:?}");
        }
        assert_eq!(
            Cursors::read([].into_iter(), "7").unwrap_err().place.as_deref(),
            Some("header:Last-Event-ID")
        );
    }
}

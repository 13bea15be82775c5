//! Plays one segment of a run, whether or not anybody listens.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::run::Run;
use crate::replay::Pacing;

#[derive(Debug, Clone, Copy)]
enum Event {
    Head,
    Chunk,
    Answered,
    Say(usize),
    Hear,
    Close,
    Snapshot(usize),
}

/// Starts the player of a segment.
pub(super) fn play(run: &Arc<Run>, segment: usize, pacing: Pacing, held: watch::Receiver<bool>) {
    let (ear, hears) = mpsc::channel(8);
    run.change(|live| {
        live.segment = segment;
        if segment > 0 {
            live.begun.push(jackfield_protocol::time::now());
        }
        (live.head, live.chunks, live.answered, live.rests) = (false, 0, false, false);
        live.said.clear();
        live.closed = false;
        live.ear = Some(ear);
    });
    let task = tokio::spawn(player(run.clone(), segment, pacing, held, hears));
    run.change(|live| live.player = Some(task.abort_handle()));
}

async fn player(
    run: Arc<Run>,
    number: usize,
    pacing: Pacing,
    mut held: watch::Receiver<bool>,
    mut hears: mpsc::Receiver<()>,
) {
    if held.wait_for(|held| !held).await.is_err() {
        return;
    }
    let case = run.case.clone();
    let Some(segment) = case.segments.get(number) else { return };
    let mut events: Vec<(u64, Event)> = Vec::new();
    if let Some(exchange) = &segment.exchange {
        events.extend(exchange.response.iter().map(|head| (head.t_ms, Event::Head)));
        events.extend(exchange.chunks.iter().map(|chunk| (chunk.t_ms, Event::Chunk)));
        events.push((exchange.end_ms.unwrap_or_default(), Event::Answered));
    }
    for (at, said) in segment.websocket.iter().enumerate() {
        match said.what.as_str() {
            "in" => events.push((said.t_ms, Event::Say(at))),
            // Acknowledged heartbeats are answered by the socket itself.
            "out" if !said.data.starts_with("n8n|") => events.push((said.t_ms, Event::Hear)),
            "close" => events.push((said.t_ms, Event::Close)),
            _ => {}
        }
    }
    events.extend(
        segment.snapshots.iter().enumerate().map(|(at, snapshot)| (snapshot.t_ms, Event::Snapshot(at))),
    );
    // Stable: what was recorded in the same millisecond keeps the order head, chunks, end, record.
    events.sort_by_key(|(t_ms, _)| *t_ms);

    let (mut anchor, mut anchor_at) = (Instant::now(), 0);
    for (t_ms, event) in events {
        let after = Duration::from_millis(t_ms.saturating_sub(anchor_at));
        match event {
            Event::Hear => {
                if hears.recv().await.is_none() {
                    return;
                }
                (anchor, anchor_at) = (Instant::now(), t_ms);
                continue;
            }
            // A gate lets chunks through; the rest follows them.
            Event::Chunk => pacing.due(anchor, after).await,
            _ if matches!(pacing, Pacing::Gated(_)) => {}
            _ => pacing.due(anchor, after).await,
        }
        run.change(|live| match event {
            Event::Head => live.head = true,
            Event::Chunk => live.chunks += 1,
            Event::Answered => live.answered = true,
            Event::Say(at) => live.said.extend(segment.websocket.get(at).map(|said| said.data.clone())),
            Event::Close => live.closed = true,
            Event::Snapshot(at) => live.snapshot = Some((number, at)),
            Event::Hear => {}
        });
    }
    let last = number + 1 >= case.segments.len();
    run.change(|live| {
        live.rests = true;
        live.closed = true;
        live.gone = last && (case.gone || case.last().is_none());
    });
}

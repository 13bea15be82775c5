//! What breaks, and what must not be lost or done twice.

use std::time::Duration;

use futures_util::StreamExt as _;
use jackfield_protocol::{
    event::Outcome,
    model::{CancelEffect, CancelReport},
    port::{AttemptEnd, Progress, ProgressStream},
};

use super::{
    Bench, Broken, Checked, Driver, PATIENCE, Peer, PeerCase,
    connection::refused,
    must,
    runs::{SAMPLE, judge, streaming},
};
use crate::replay::{Gate, Pacing};

pub(super) async fn a_cut_connection_is_recovered(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    for case in streaming(peer.as_ref()).into_iter().take(SAMPLE) {
        peer.prepare(&case, Pacing::None);
        let mut undisturbed = Driver::new(bench, peer.as_ref(), &case).await?;
        undisturbed.to_the_end().await?;
        let whole = undisturbed.transcript.answer();
        for cut in [0, 1, 3, case.pieces / 2, case.pieces - 1] {
            let gate = Gate::new();
            peer.prepare(&case, Pacing::Gated(gate.clone()));
            let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
            let mut stream = driver.open();
            gate.let_go(cut);
            let reached = async {
                gate.reached(cut).await;
                while peer.runs_of(driver.request()) == 0 {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            // The stream has to be polled for anything to be sent; it may not end before it is cut.
            let mut said = Vec::new();
            let early = {
                tokio::pin!(reached);
                let mut until = tokio::time::Instant::now() + PATIENCE;
                let mut sent = false;
                loop {
                    tokio::select! {
                        () = &mut reached, if !sent => {
                            sent = true;
                            // What is on its way may arrive, or be lost with the connection.
                            until = tokio::time::Instant::now() + Duration::from_millis(if cut % 2 == 0 { 0 } else { 30 });
                        }
                        next = stream.next() => match next {
                            Some(progress) => said.push(progress),
                            None => break true,
                        },
                        () = tokio::time::sleep_until(until) => break !sent,
                    }
                    if matches!(said.last(), Some(Progress::End(_))) {
                        break true;
                    }
                }
            };
            must(!early, || format!("{}: ended before it was cut after {cut}: {said:?}", case.name))?;
            peer.cut_connections();
            gate.open();
            let rest = futures_util::stream::iter(said);
            let stream = Box::pin(rest.chain(stream));
            let end = driver.follow_to_the_end(stream).await;
            let end = end.map_err(|problem| format!("{} cut after {cut}: {problem}", case.name))?;
            let (case, may_be_lost) = broken(peer.as_ref(), &case, Broken::Cut);
            judge(&driver, &end, peer.as_ref(), &case)
                .map_err(|problem| format!("cut after {cut}: {problem}"))?;
            // Text that only the stream told (before a tool call, of an earlier agent) may be lost with it; what is
            // there is there once, and nothing else is.
            let answer = driver.transcript.answer();
            let known = may_be_lost || whole.ends_with(&answer) || answer.len() <= whole.len();
            must(known, || format!("{} cut after {cut}: {answer:?} in place of {whole:?}", case.name))?;
        }
    }
    Ok(())
}

pub(super) async fn what_was_not_sent_says_so(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let case = peer.cases().into_iter().next().ok_or("no case")?;
    let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
    peer.vanish();
    peer.idle().await;
    refused(&peer.resolved().base_url).await?;
    let mut stream = driver.open();
    let end = driver.follow(&mut stream, |_| false).await?;
    must(matches!(end, Some(AttemptEnd::NotSent(_))), || format!("{end:?}"))?;
    must(peer.runs_of(driver.request()) == 0, || "it was sent".to_owned())
}

pub(super) async fn silence_does_not_hang(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let case = streaming(peer.as_ref()).into_iter().next().ok_or("no case streams")?;
    let gate = Gate::new();
    peer.prepare(&case, Pacing::Gated(gate.clone()));
    let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
    let mut stream = driver.open();
    gate.let_go(4);
    let request = driver.request().clone();
    let runs = |progress: &Progress| matches!(progress, Progress::Draft(_)) && peer.runs_of(&request) > 0;
    let first = driver.follow(&mut stream, runs).await?;
    must(first.is_none(), || format!("ended early: {first:?}"))?;
    peer.freeze(true);
    gate.open();
    let thaw = async {
        // Longer than the silence that the configuration of the bench allows.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        peer.freeze(false);
        std::future::pending::<()>().await;
    };
    let end = tokio::select! {
        end = driver.follow_to_the_end(stream) => end,
        () = thaw => Err("cannot be".to_owned()),
    }?;
    let (case, _) = broken(peer.as_ref(), &case, Broken::Silent);
    judge(&driver, &end, peer.as_ref(), &case)
}

/// What a case demands of a run whose connection broke, and whether that may be less.
fn broken(peer: &dyn Peer, case: &PeerCase, how: Broken) -> (PeerCase, bool) {
    let (mut case, further) = (case.clone(), peer.broken_outcomes(case, how));
    let may_be_lost = !further.is_empty();
    if may_be_lost {
        // A tool that was never reached was not called.
        case.tools = None;
    }
    case.outcomes.extend(further);
    (case, may_be_lost)
}

pub(super) async fn cancel_stops_or_says_that_it_cannot(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    // One that the platform can stop, and one that it cannot, where it has both.
    let cases = streaming(peer.as_ref());
    let stops = cases.iter().find(|case| peer.can_stop_case(case));
    let goes_on = cases.iter().find(|case| !peer.can_stop_case(case));
    must(stops.or(goes_on).is_some(), || "no case streams".to_owned())?;
    drop(peer);
    for case in stops.into_iter().chain(goes_on) {
        cancel(bench, case).await.map_err(|problem| format!("{}: {problem}", case.name))?;
    }
    Ok(())
}

async fn cancel(bench: &dyn Bench, case: &PeerCase) -> Checked {
    let peer = bench.peer().await?;
    let can_stop = peer.can_stop_case(case);
    let gate = Gate::new();
    peer.prepare(case, Pacing::Gated(gate.clone()));
    let mut driver = Driver::new(bench, peer.as_ref(), case).await?;
    let mut stream = driver.open();
    gate.let_go(4);
    // Only a run that can be found can be stopped.
    let request = driver.request().clone();
    let found = |progress: &Progress| match progress {
        Progress::Checkpoint(_) => true,
        Progress::Draft(_) => !can_stop && peer.runs_of(&request) > 0,
        Progress::End(_) => false,
    };
    let first = driver.follow(&mut stream, found).await?;
    must(first.is_none(), || format!("ended before it could be stopped: {first:?}"))?;
    let (report, said) = cancel_while_it_runs(&driver, &mut stream).await?;
    let stream: ProgressStream = Box::pin(futures_util::stream::iter(said).chain(stream));
    must(!report.message.is_empty(), || "cancel says nothing".to_owned())?;
    if peer.was_told_to_stop(case).is_some() {
        let told = async {
            while peer.was_told_to_stop(case) == Some(false) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(5), told).await;
        must(told.is_ok(), || format!("the peer was not told to stop: {report:?}"))?;
    }
    if !can_stop {
        gate.open();
        return must(report.effect == CancelEffect::GoesOn, || format!("{report:?}"));
    }
    must(report.effect == CancelEffect::Stopped, || format!("{report:?}"))?;
    match driver.follow_to_the_end(stream).await? {
        // The peer's record may say that it was stopped, but not by whom: the engine, which asked, knows.
        AttemptEnd::Done(done) => {
            must(matches!(done.outcome, Outcome::Cancelled | Outcome::Failed), || format!("{done:?}"))
        }
        other => Err(format!("{other:?}")),
    }
}

/// Cancels, and reads on meanwhile, as the engine does.
async fn cancel_while_it_runs(
    driver: &Driver,
    stream: &mut ProgressStream,
) -> Result<(CancelReport, Vec<Progress>), String> {
    let (client, request) = (driver.client(), driver.resume_request());
    let cancelling = client.cancel(&request);
    tokio::pin!(cancelling);
    let mut said = Vec::new();
    let mut goes_on = true;
    loop {
        tokio::select! {
            report = &mut cancelling => {
                return report.map(|report| (report, said)).map_err(|failure| failure.to_string());
            }
            next = stream.next(), if goes_on => {
                goes_on = next.is_some();
                said.extend(next);
            }
        }
    }
}

pub(super) async fn a_dropped_stream_leaves_nothing_behind(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let case = streaming(peer.as_ref()).into_iter().next().ok_or("no case streams")?;
    let gate = Gate::new();
    peer.prepare(&case, Pacing::Gated(gate.clone()));
    let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
    let mut stream = driver.open();
    gate.let_go(3);
    let request = driver.request().clone();
    // The first word may come before anything was sent.
    let runs = |progress: &Progress| matches!(progress, Progress::Draft(_)) && peer.runs_of(&request) > 0;
    driver.follow(&mut stream, runs).await?;
    drop(stream);
    let runs = peer.runs_of(&request);
    drop(driver);
    let idle = tokio::time::timeout(Duration::from_secs(5), peer.idle()).await;
    must(idle.is_ok(), || "connections stay open".to_owned())?;
    must(runs == 1, || format!("{runs} runs"))
}

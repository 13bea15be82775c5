//! What breaks, and what must not be lost or done twice.

use std::time::Duration;

use jackfield_protocol::{
    event::Outcome,
    model::CancelEffect,
    port::{AttemptEnd, Progress},
};

use super::{
    Bench, Checked, Driver, PATIENCE, PeerCase, must,
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
                use futures_util::StreamExt as _;
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
            let stream = Box::pin(futures_util::StreamExt::chain(rest, stream));
            let end = driver.follow_to_the_end(stream).await;
            let end = end.map_err(|problem| format!("{} cut after {cut}: {problem}", case.name))?;
            let mut case = case.clone();
            if peer.ends_with_its_connection() {
                case.outcomes.push(Outcome::Failed);
                // A tool that was never reached was not called.
                case.tools = None;
            }
            judge(&driver, &end, peer.as_ref(), &case)
                .map_err(|problem| format!("cut after {cut}: {problem}"))?;
            // Text that only the stream told (before a tool call, of an earlier agent) may be lost with it; what is
            // there is there once, and nothing else is.
            let answer = driver.transcript.answer();
            let known =
                peer.ends_with_its_connection() || whole.ends_with(&answer) || answer.len() <= whole.len();
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
    let first = driver.follow(&mut stream, |progress| matches!(progress, Progress::Draft(_))).await?;
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
    judge(&driver, &end, peer.as_ref(), &case)
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
    let found = |progress: &Progress| match progress {
        Progress::Checkpoint(_) => true,
        Progress::Draft(_) => !can_stop,
        Progress::End(_) => false,
    };
    let first = driver.follow(&mut stream, found).await?;
    must(first.is_none(), || format!("ended before it could be stopped: {first:?}"))?;
    let report =
        driver.client().cancel(&driver.resume_request()).await.map_err(|failure| failure.to_string())?;
    must(!report.message.is_empty(), || "cancel says nothing".to_owned())?;
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

pub(super) async fn a_dropped_stream_leaves_nothing_behind(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let case = streaming(peer.as_ref()).into_iter().next().ok_or("no case streams")?;
    let gate = Gate::new();
    peer.prepare(&case, Pacing::Gated(gate.clone()));
    let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
    let mut stream = driver.open();
    gate.let_go(3);
    driver.follow(&mut stream, |progress| matches!(progress, Progress::Draft(_))).await?;
    drop(stream);
    let runs = peer.runs_of(driver.request());
    drop(driver);
    let idle = tokio::time::timeout(Duration::from_secs(5), peer.idle()).await;
    must(idle.is_ok(), || "connections stay open".to_owned())?;
    must(runs == 1, || format!("{runs} runs"))
}

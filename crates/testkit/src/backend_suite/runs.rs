//! Runs that nobody disturbs, and streams that arrive in other pieces.

use jackfield_protocol::{event::Outcome, port::AttemptEnd};

use super::{Bench, Checked, Driver, Peer, PeerCase, must};
use crate::replay::Pacing;

/// Looks at what came of a run: outcome, answer, tool calls, one run at the peer, nothing forbidden.
pub(super) fn judge(driver: &Driver, end: &AttemptEnd, peer: &dyn Peer, case: &PeerCase) -> Checked {
    let name = &case.name;
    let AttemptEnd::Done(done) = end else { return Err(format!("{name}: {end:?}")) };
    must(case.outcomes.contains(&done.outcome), || {
        format!("{name}: {:?} in place of {:?}: {:?}", done.outcome, case.outcomes, done.reason)
    })?;
    must(done.outcome == Outcome::Succeeded || done.reason.is_some(), || format!("{name}: no reason"))?;
    let answer = driver.transcript.answer();
    if let Some(expected) = &case.answer
        && done.outcome == Outcome::Succeeded
    {
        must(answer.contains(expected.as_str()), || format!("{name}: {answer:?} in place of {expected:?}"))?;
    }
    if let Some(expected) = &case.tools {
        must(driver.tools() == *expected, || {
            format!("{name}: tool calls {:?} in place of {expected:?}", driver.tools())
        })?;
    }
    let runs = peer.runs_of(driver.request());
    must(runs == 1, || format!("{name}: the peer made {runs} runs of it"))?;
    must(peer.violations().is_empty(), || format!("{name}: {}", peer.violations().join(", ")))
}

pub(super) async fn every_case_ends_as_it_should(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let mut failed = Vec::new();
    for case in peer.cases() {
        peer.prepare(&case, Pacing::None);
        let result = async {
            let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
            let end = driver.to_the_end().await.map_err(|problem| format!("{}: {problem}", case.name))?;
            judge(&driver, &end, peer.as_ref(), &case)
        };
        failed.extend(result.await.err());
    }
    must(failed.is_empty(), || failed.join("\n  "))
}

/// How many cases a costly check takes.
pub(super) const SAMPLE: usize = 4;

/// The cases whose stream is worth breaking.
pub(super) fn streaming(peer: &dyn Peer) -> Vec<PeerCase> {
    let mut cases: Vec<_> = peer.cases();
    cases.retain(|case| case.pieces > 6 && case.answers.is_empty() && case.outcomes == [Outcome::Succeeded]);
    cases
}

pub(super) async fn splitting_changes_nothing(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    for case in streaming(peer.as_ref()).into_iter().take(SAMPLE) {
        let mut whole = None;
        for size in [0, 1, 7, 64] {
            peer.prepare(&case, Pacing::None);
            peer.split(size);
            let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
            let end = driver.to_the_end().await.map_err(|problem| format!("{}: {problem}", case.name))?;
            judge(&driver, &end, peer.as_ref(), &case)?;
            let answer = driver.transcript.answer();
            let expected = whole.get_or_insert_with(|| answer.clone());
            must(*expected == answer, || {
                format!("{}: pieces of {size}: {answer:?} in place of {expected:?}", case.name)
            })?;
        }
    }
    Ok(())
}

pub(super) async fn a_bad_frame_is_kept_and_the_run_goes_on(bench: &dyn Bench) -> Checked {
    let peer = bench.peer().await?;
    let cases = streaming(peer.as_ref());
    must(!cases.is_empty(), || "no case streams".to_owned())?;
    peer.spoil();
    for case in cases.into_iter().take(SAMPLE) {
        peer.prepare(&case, Pacing::None);
        let mut driver = Driver::new(bench, peer.as_ref(), &case).await?;
        let end = driver.to_the_end().await.map_err(|problem| format!("{}: {problem}", case.name))?;
        judge(&driver, &end, peer.as_ref(), &case)?;
        let is_kept = if peer.frames_belong_to_runs() {
            driver.transcript.raw_frames > 0
        } else {
            // The words of the bad frame.
            driver.client().journal().iter().any(|line| line.text.contains("524"))
        };
        must(is_kept, || format!("{}: the bad frame is gone", case.name))?;
    }
    Ok(())
}

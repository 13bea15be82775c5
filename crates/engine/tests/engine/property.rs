//! Whatever a peer says and wherever it is cut: the transcript is the one of the run that was not cut.

use std::sync::Arc;

use jackfield_engine::EngineConfig;
use jackfield_protocol::{
    event::{Draft, EventBody, Outcome, StepEnd, StepStatus, Transcript},
    port::Progress,
};
use proptest::prelude::*;

use crate::support::{
    Fault, Hub, MemoryStore, assert_whole, checkpoint, done, lost, question, quick, step, text,
};

#[derive(Debug, Clone)]
enum Act {
    Text(String),
    Step,
    EndStep,
    Ask,
    Checkpoint,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => "[a-zä🎛]{1,8}".prop_map(Act::Text),
        2 => Just(Act::Step),
        2 => Just(Act::EndStep),
        1 => Just(Act::Ask),
        1 => Just(Act::Checkpoint),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![Just(Fault::Io), Just(Fault::WrittenButIo)]
}

/// The script as a peer would say it: every step that is ended is open.
fn said(script: &[Act]) -> Vec<Progress> {
    let mut open = Vec::new();
    let mut said = Vec::new();
    for (at, act) in script.iter().enumerate() {
        said.push(match act {
            Act::Text(part) => text(part),
            Act::Step => {
                open.push(format!("s{at}"));
                step(&format!("s{at}"))
            }
            Act::EndStep => {
                let Some(id) = open.pop() else { continue };
                let end = StepEnd::of(StepStatus::Succeeded);
                Progress::Draft(Draft::new(EventBody::StepEnd(end)).step(id.as_str()))
            }
            Act::Ask => question(&format!("q{at}")),
            Act::Checkpoint => checkpoint(&format!("c{at}")),
        });
    }
    said
}

type Folded = (String, Vec<(String, Option<StepStatus>)>, Vec<String>, Option<Outcome>, u64);

async fn run(script: &[Act], cuts: &[usize], faults: Vec<Fault>) -> (Folded, Arc<MemoryStore>) {
    let hub = Hub::with(EngineConfig {
        resume_backoff: std::time::Duration::ZERO,
        resume_backoff_max: std::time::Duration::from_millis(1),
        ..quick()
    })
    .await;
    hub.store.fail(faults);
    let all = said(script);
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (all.len() + 1)).collect();
    cuts.sort_unstable();
    let mut from = 0;
    for (at, to) in cuts.iter().copied().chain([all.len()]).enumerate() {
        let mut part = all[from..to].to_vec();
        part.push(if at == cuts.len() { done(Outcome::Succeeded) } else { lost() });
        if at == 0 {
            hub.peer.sends(part)
        } else {
            hub.peer.resumes_with(part)
        }
        from = to;
    }
    let run = hub.start().await;
    let events = hub.ended(run.id).await;
    assert_whole(&events, 0);
    let transcript = Transcript::of(&events);
    let steps = transcript.steps().iter().map(|step| (step.id.0.clone(), step.status)).collect();
    let mut asked: Vec<String> = transcript.asked.iter().map(|id| id.0.clone()).collect();
    asked.sort();
    let outcome = transcript.done.as_ref().map(|done| done.outcome);
    ((transcript.answer(), steps, asked, outcome, transcript.raw_frames), hub.store)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_and_a_failing_store_change_nothing_of_what_is_told(
        script in prop::collection::vec(act(), 0..40),
        cuts in prop::collection::vec(any::<usize>(), 0..5),
        faults in prop::collection::vec(fault(), 0..4),
    ) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let (whole, cut) = runtime.block_on(async {
            (run(&script, &[], Vec::new()).await.0, run(&script, &cuts, faults).await.0)
        });
        prop_assert_eq!(&whole, &cut);
        prop_assert_eq!(whole.4, 0, "nothing was raw");
    }
}

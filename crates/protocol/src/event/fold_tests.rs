use proptest::prelude::*;
use serde_json::json;

use super::{samples::*, *};
use crate::ids::StepId;

fn fold(drafts: impl IntoIterator<Item = Draft>) -> Transcript {
    Transcript::of(&stamped(drafts))
}

fn ids(transcript: &Transcript) -> Vec<String> {
    transcript.trace().into_iter().map(|step| step.id.0).collect()
}

fn inferred(id: &str) -> Draft {
    let start = StepStart { name: id.into(), inferred: true, kind: StepKind::Tool, ..StepStart::default() };
    Draft::new(EventBody::StepStart(start)).step(id)
}

#[test]
fn deltas_make_messages() {
    let transcript = fold([
        start(),
        delta("m", Part::Text, "a"),
        delta("n", Part::Text, "b"),
        delta("m", Part::Reasoning, "r"),
        delta("m", Part::Log, "l"),
        delta("m", Part::Text, "c"),
    ]);
    let message = transcript.message(&"m".into()).unwrap();
    assert_eq!((&*message.text, &*message.reasoning, &*message.log), ("ac", "r", "l"));
    assert_eq!(transcript.answer(), "acb");
}

#[test]
fn the_answer_is_what_done_names_in_its_order() {
    let messages = || vec![start(), delta("a", Part::Text, "1"), delta("b", Part::Text, "2")];
    let mut end = done();
    let EventBody::Done(data) = &mut end.body else { unreachable!() };
    data.answer = vec!["b".into(), "a".into()];
    let mut drafts = messages();
    drafts.push(end);
    assert_eq!(fold(drafts).answer(), "21");
    let mut drafts = messages();
    let better = Delta { part: Part::Text, text: "3".into(), supersedes: Some("a".into()) };
    drafts.push(Draft::new(EventBody::Delta(better)).message("c"));
    let transcript = fold(drafts);
    assert_eq!(transcript.answer(), "23");
    assert!(transcript.message(&"a".into()).unwrap().superseded);
}

#[test]
fn arguments_become_the_input_of_their_tool_call() {
    let transcript = fold([
        start(),
        tool_start("t"),
        tool_start("u"),
        arguments("t", "{\"a\""),
        arguments("u", "{\"a"),
        arguments("t", ":1}"),
    ]);
    assert_eq!(transcript.step(&"t".into()).unwrap().input_text, "{\"a\":1}");
    assert!(transcript.messages().is_empty(), "arguments are no message");
    let mut transcript = transcript;
    for (seq, end) in (7..).zip([tool_end("t"), tool_end("u")]) {
        let last = stamped([end]).remove(0);
        transcript.apply(&StreamEvent { seq, ..last });
    }
    let (t, u) = (transcript.step(&"t".into()).unwrap(), transcript.step(&"u".into()).unwrap());
    assert_eq!((&t.input, &*t.input_text), (&Some(json!({"a": 1})), ""));
    assert_eq!((&u.input, &*u.input_text), (&None, "{\"a"), "what is no JSON stays as it was");
}

#[test]
fn a_duration_is_never_the_difference_of_two_clocks() {
    let mut begin = step_start("a");
    let EventBody::StepStart(data) = &mut begin.body else { unreachable!() };
    data.started_at = Some(time(-3_600_000));
    let transcript = fold([start(), begin, delta("m", Part::Text, "x"), step_end("a")]);
    let step = transcript.step(&"a".into()).unwrap();
    assert!(step.peer_times);
    assert_eq!((step.started_at, step.duration_ms), (time(-3_600_000), Some(20)));
}

#[test]
fn true_times_replace_our_own() {
    let mut end = step_end("a");
    let EventBody::StepEnd(data) = &mut end.body else { unreachable!() };
    data.times = Times { started_at: Some(time(3)), duration_ms: Some(4), order: Some(9) };
    let step = fold([start(), step_start("a"), end]).step(&"a".into()).unwrap().clone();
    assert_eq!((step.started_at, step.duration_ms, step.order), (time(3), Some(4), Some(9)));
    assert!(step.peer_times);
}

#[test]
fn figures_of_a_hostile_peer_do_not_overflow() {
    let usage = || Usage { input_tokens: u64::MAX, output_tokens: 1, ..Usage::default() };
    let events = [start(), Draft::new(EventBody::Usage(usage())), Draft::new(EventBody::Usage(usage()))];
    let usage = fold(events).usage;
    assert_eq!((usage.input_tokens, usage.output_tokens), (u64::MAX, 2));
}

#[test]
fn the_trace_has_parents_before_children_and_siblings_in_order() {
    let numbered = |id: &str, order: u64| {
        let start = StepStart { name: id.into(), order: Some(order), ..StepStart::default() };
        Draft::new(EventBody::StepStart(start)).step(id)
    };
    let transcript = fold([
        start(),
        step_start("late").under("unknown"),
        numbered("b", 2).under("root"),
        numbered("a", 1).under("root"),
        tool_start("tool").under("a"),
        numbered("root", 0),
    ]);
    assert_eq!(ids(&transcript), ["root", "a", "tool", "b", "late"]);
}

#[test]
fn an_inferred_step_goes_when_the_peer_has_told_and_its_children_move_up() {
    let drafts =
        || vec![start(), step_start("agent"), inferred("gap").under("agent"), step_start("in").under("gap")];
    assert_eq!(ids(&fold(drafts())), ["agent", "gap", "in"]);
    let mut drafts = drafts();
    drafts.push(tool_start("told").under("agent"));
    assert_eq!(ids(&fold(drafts)), ["agent", "in", "told"]);
}

#[test]
fn parents_in_a_ring_lose_no_step() {
    let transcript =
        fold([start(), step_start("a").under("b"), step_start("b").under("a"), step_start("c").under("c")]);
    assert_eq!(ids(&transcript), ["c", "a", "b"]);
}

proptest! {
    #[test]
    fn folding_twice_or_in_pieces_or_with_repeats_gives_the_same(
        log in valid_log(),
        repeats in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
        cut in any::<proptest::sample::Index>(),
    ) {
        let events = stamped(log);
        let whole = Transcript::of(&events);
        prop_assert_eq!(&Transcript::of(&events), &whole);
        // A reader that reconnects gets some of what it had again: always something before its cursor.
        let mut repeated = Transcript::new();
        for (at, event) in events.iter().enumerate() {
            repeated.apply(event);
            for again in &repeats {
                repeated.apply(&events[again.index(at + 1)]);
            }
        }
        prop_assert_eq!(&repeated, &whole);
        let (head, tail) = events.split_at(cut.index(events.len()));
        let mut resumed = Transcript::of(head);
        tail.iter().for_each(|event| resumed.apply(event));
        prop_assert_eq!(&resumed, &whole);
    }

    #[test]
    fn a_prefix_is_never_taken_back(log in valid_log(), cut in any::<proptest::sample::Index>()) {
        let events = stamped(log);
        let before = Transcript::of(&events[..cut.index(events.len())]);
        let after = Transcript::of(&events);
        for message in before.messages() {
            let later = after.message(&message.id).unwrap();
            prop_assert!(later.text.starts_with(&message.text));
            prop_assert!(later.superseded || !message.superseded);
        }
        for (step, later) in before.steps().iter().zip(after.steps()) {
            prop_assert_eq!(&step.id, &later.id);
            prop_assert!(step.status.is_none() || step == later, "a step that has ended stays as it is");
        }
    }

    #[test]
    fn the_trace_has_every_step_once(log in valid_log()) {
        let transcript = Transcript::of(&stamped(log));
        let mut all: Vec<StepId> = transcript.steps().iter().map(|step| step.id.clone()).collect();
        let mut traced: Vec<StepId> = transcript.trace().into_iter().map(|step| step.id).collect();
        all.sort();
        traced.sort();
        prop_assert_eq!(traced, all);
    }
}

#[test]
fn a_provisional_end_is_completed_by_the_one_that_follows() {
    let end = |provisional, output| StepEnd {
        provisional,
        output,
        times: Times { duration_ms: Some(7), ..Times::default() },
        ..StepEnd::of(StepStatus::Succeeded)
    };
    let ends = [end(true, None), end(false, Some(json!(4)))];
    let [early, late] = ends.map(|end| Draft::new(EventBody::StepEnd(end)).step("a"));
    let first = fold([start(), step_start("a"), early.clone()]);
    let step = first.step(&"a".into()).unwrap();
    assert!(step.provisional && step.status.is_some() && step.output.is_none());
    let both = fold([start(), step_start("a"), early, late]);
    let step = both.step(&"a".into()).unwrap();
    assert_eq!((step.provisional, &step.output, step.duration_ms), (false, &Some(json!(4)), Some(7)));
}

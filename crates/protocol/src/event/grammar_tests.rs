use proptest::prelude::*;

use super::{samples::*, *};

/// The verdict on each draft; a refused one must leave the state as it was.
fn judge(drafts: impl IntoIterator<Item = Draft>) -> Vec<Result<(), Violation>> {
    let mut grammar = Grammar::new();
    drafts
        .into_iter()
        .map(|draft| {
            let before = grammar.clone();
            let verdict = grammar.accept(&draft);
            if verdict.is_err() {
                assert_eq!(grammar, before, "a refused event changes nothing");
            }
            verdict
        })
        .collect()
}

#[track_caller]
fn accepted(drafts: impl IntoIterator<Item = Draft>) {
    for verdict in judge(std::iter::once(start()).chain(drafts)) {
        assert_eq!(verdict, Ok(()));
    }
}

/// All but the last are accepted; the last is refused with `why`.
#[track_caller]
fn refused(drafts: impl IntoIterator<Item = Draft>, why: &str) {
    let mut verdicts = judge(drafts);
    assert_eq!(verdicts.pop(), Some(Err(Violation(why.into()))));
    assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
}

fn supersede(new: &str, old: &str) -> Draft {
    let delta = Delta { part: Part::Text, text: "x".into(), supersedes: Some(old.into()) };
    Draft::new(EventBody::Delta(delta)).message(new)
}

#[test]
fn start_is_first_and_comes_once() {
    accepted([]);
    refused([done()], "done before start");
    refused([delta("m", Part::Text, "x")], "delta before start");
    refused([start(), start()], "a second start");
}

#[test]
fn done_is_last() {
    accepted([done()]);
    refused([start(), done(), delta("m", Part::Text, "x")], "delta after done");
    refused([start(), done(), done()], "done after done");
    refused([start(), done(), start()], "start after done");
}

#[test]
fn a_step_closes_one_open_start() {
    accepted([step_start("a"), step_start("b"), step_end("a"), step_end("b"), done()]);
    refused([start(), step_end("a")], "the end of a has no start");
    refused([start(), step_start("a"), step_end("a"), step_end("a")], "a is closed twice");
    refused([start(), step_start("a"), step_end("a"), step_start("a")], "the id a is opened twice");
    let nameless = Draft { step_id: None, ..step_start("a") };
    refused([start(), nameless], "a start without id");
    let nameless = Draft { step_id: None, ..step_end("a") };
    refused([start(), step_start("a"), nameless], "an end without id");
}

#[test]
fn a_tool_call_is_closed_as_a_tool_call() {
    accepted([tool_start("t"), tool_end("t"), done()]);
    refused([start(), tool_start("t"), step_end("t")], "the end of t has no start");
    refused([start(), step_start("t"), tool_end("t")], "the end of t has no start");
    refused([start(), step_start("t"), tool_start("t")], "the id t is opened twice");
    refused([start(), tool_start("t"), tool_end("t"), tool_end("t")], "t is closed twice");
}

#[test]
fn a_delta_appends_to_a_message() {
    accepted([delta("m", Part::Text, "a"), delta("m", Part::Log, "b"), delta("n", Part::Reasoning, "c")]);
    refused([start(), delta("m", Part::Text, "")], "an empty delta");
    let homeless = Draft { message_id: None, ..delta("m", Part::Text, "a") };
    refused([start(), homeless], "a delta without message_id");
}

#[test]
fn a_new_message_supersedes_a_known_one() {
    let why = "only a new message supersedes, and only a known one is superseded";
    let first = || delta("m", Part::Text, "a");
    accepted([first(), supersede("n", "m"), supersede("o", "n")]);
    refused([start(), supersede("n", "m")], why);
    refused([start(), first(), supersede("m", "m")], why);
    refused([start(), first(), delta("n", Part::Text, "b"), supersede("n", "m")], why);
}

#[test]
fn arguments_belong_to_an_open_tool_call() {
    accepted([tool_start("t"), arguments("t", "{"), arguments("t", "}"), tool_end("t")]);
    let why = "tool_arguments for t, which is no open tool call";
    refused([start(), arguments("t", "{}")], why);
    refused([start(), step_start("t"), arguments("t", "{}")], why);
    refused([start(), tool_start("t"), tool_end("t"), arguments("t", "{}")], why);
    let homeless = Draft { tool_id: None, ..arguments("t", "{}") };
    refused([start(), homeless], "a delta of tool_arguments without tool_id");
    let delta = Delta { part: Part::ToolArguments, text: "{}".into(), supersedes: Some("m".into()) };
    let draft = Draft::new(EventBody::Delta(delta)).tool("t");
    refused([start(), tool_start("t"), draft], "a delta of tool_arguments supersedes no message");
}

#[test]
fn a_question_is_asked_once_and_resolved_once() {
    accepted([question("q"), question("r"), resolved("r"), resolved("q"), done()]);
    refused([start(), resolved("q")], "the question q is not open");
    refused([start(), question("q"), question("q")], "the question q is asked twice");
    refused([start(), question("q"), resolved("q"), resolved("q")], "the question q is not open");
    refused([start(), question("q"), resolved("q"), question("q")], "the question q is asked twice");
}

#[test]
fn nothing_is_open_when_done_comes() {
    for open in [step_start("a"), tool_start("a"), question("a")] {
        refused([start(), open, done()], "done while something is open");
    }
}

#[test]
fn what_is_open_is_told_innermost_first() {
    let mut grammar = Grammar::new();
    for draft in [start(), step_start("a"), tool_start("t"), step_start("b"), question("q"), step_end("a")] {
        grammar.accept(&draft).unwrap();
    }
    let open = [Open::Step("b".into()), Open::Tool("t".into()), Open::Input("q".into())];
    assert_eq!(grammar.open(), open);
    assert!(!grammar.is_done());
}

proptest! {
    #[test]
    fn the_state_after_a_transcript_is_the_state_after_its_events(log in valid_log()) {
        let mut grammar = Grammar::new();
        let mut transcript = Transcript::new();
        for (draft, event) in log.iter().zip(stamped(log.clone())) {
            grammar.accept(draft).unwrap();
            transcript.apply(&event);
            prop_assert_eq!(&Grammar::after(&transcript), &grammar);
        }
    }
}

#[test]
fn a_provisional_end_may_be_completed_once() {
    let provisional = || Draft {
        body: EventBody::StepEnd(StepEnd { provisional: true, ..StepEnd::of(StepStatus::Succeeded) }),
        ..step_end("a")
    };
    accepted([step_start("a"), provisional(), done()]);
    accepted([step_start("a"), provisional(), step_end("a"), done()]);
    refused([start(), step_start("a"), provisional(), provisional()], "a is closed twice");
    refused([start(), step_start("a"), provisional(), step_end("a"), step_end("a")], "a is closed twice");
    refused([start(), step_start("a"), step_end("a"), provisional()], "a is closed twice");
}

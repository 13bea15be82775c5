use jackfield_protocol::event::Outcome;

use super::*;
use crate::output::{Op, Screen};

/// A log as the API gives it: one event a line.
pub(crate) fn log(name: &str) -> Vec<StreamEvent> {
    let path = format!("{}/tests/logs/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What stands on the terminal at the end, after every event was shown with its live lines.
fn terminal(name: &str, columns: u16) -> String {
    let mut parser = vt100::Parser::new(200, columns, 0);
    let mut live = Live::new(usize::from(columns), Style::default());
    let mut screen = Screen::new(usize::from(columns));
    let mut perform = |ops: Vec<Op>| {
        for op in ops {
            let (Op::Text(text) | Op::Draw(text)) = op;
            parser.process(text.replace('\n', "\r\n").as_bytes());
        }
    };
    for (tick, event) in log(name).iter().enumerate() {
        for shown in live.apply(event) {
            perform(match shown {
                Shown::Text(text) => screen.text(&text),
                Shown::Line(line) => screen.lines(&[line]),
            });
        }
        perform(screen.live(live.live(event.timestamp, tick)));
    }
    let shown = parser.screen().contents();
    shown.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/logs");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn recorded_runs_end_on_the_terminal_as_they_should() {
    for name in names() {
        insta::assert_snapshot!(format!("{name}-80"), terminal(&name, 80));
    }
    assert!(names().len() >= 4, "the logs are there");
}

#[test]
fn lines_fit_a_narrow_terminal() {
    for name in names() {
        let mut live = Live::new(46, Style::default());
        for event in log(&name) {
            for shown in live.apply(&event) {
                let Shown::Line(line) = shown else { continue };
                // A command that is to be copied is never cut.
                assert!(width(&line) <= 46 || line.starts_with("  jackfield "), "{name}: {line}");
            }
        }
    }
}

#[test]
fn all_text_is_shown_once_and_in_order() {
    for name in names() {
        let events = log(&name);
        let mut live = Live::new(80, Style::default());
        let mut text = String::new();
        for event in &events {
            for shown in live.apply(event) {
                if let Shown::Text(piece) = shown {
                    text.push_str(&piece);
                }
            }
        }
        let said: String = live.transcript().messages().iter().map(|message| message.text.as_str()).collect();
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert!(squeezed(&text).contains(&squeezed(&said)), "{name}");
    }
}

#[test]
fn every_log_has_an_end_that_is_shown() {
    for name in names() {
        let mut live = Live::new(80, Style::default());
        let shown: Vec<Shown> = log(&name).iter().flat_map(|event| live.apply(event)).collect();
        let done = live.transcript().done.clone().unwrap();
        let word =
            if done.outcome == Outcome::Unknown { "outcome unknown" } else { outcome_mark(done.outcome).1 };
        assert!(
            shown.iter().any(|shown| matches!(shown, Shown::Line(line) if line.contains(word))),
            "{name}"
        );
        assert!(live.live(jackfield_protocol::time::now(), 0).is_empty(), "nothing is live after the end");
    }
}

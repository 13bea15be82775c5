//! Checks of the tree that no compiler does: paths of a machine, leftovers, oversized files, tests that do not run.

use std::{fs, path::Path};

use crate::{
    TaskResult,
    process::{output, root},
};

/// Largest file that may be committed.
const MAX_BYTES: u64 = 1024 * 1024;
/// Longest source file.
const MAX_LINES: usize = 650;

struct Rule {
    needle: String,
    why: &'static str,
    applies: fn(&str) -> bool,
}

fn rules() -> Vec<Rule> {
    // Written in pieces, so that this file does not find itself.
    let rule = |pieces: &[&str], why, applies| Rule { needle: pieces.concat(), why, applies };
    let everywhere: fn(&str) -> bool = |path| !path.ends_with(".lock") && !path.starts_with("fixtures/");
    let sources: fn(&str) -> bool =
        |path| path.ends_with(".rs") || path.ends_with(".ts") || path.ends_with(".tsx");
    vec![
        rule(&["/wo", "rk/"], "a path of one machine", everywhere),
        rule(&["/ro", "ot/"], "a path of one machine", everywhere),
        rule(&["TO", "DO"], "a leftover", sources),
        rule(&["FIX", "ME"], "a leftover", sources),
        rule(&["dbg", "!("], "a leftover", sources),
        rule(&["#[ig", "nore"], "a test that does not run", sources),
    ]
}

/// Looks at every file that git tracks.
pub(crate) fn run() -> TaskResult {
    println!("── tidy");
    let root = root();
    let rules = rules();
    let mut problems = Vec::new();
    for path in output("git", &["ls-files", "--cached", "--others", "--exclude-standard"])?.lines() {
        check(&root, path, &rules, &mut problems);
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("the tree is not tidy:\n  {}", problems.join("\n  ")).into())
}

fn check(root: &Path, path: &str, rules: &[Rule], problems: &mut Vec<String>) {
    let full = root.join(path);
    let Ok(metadata) = fs::metadata(&full) else { return };
    if metadata.len() > MAX_BYTES {
        problems.push(format!(
            "{path}: {} KiB; at most {} KiB are committed",
            metadata.len() / 1024,
            MAX_BYTES / 1024
        ));
    }
    let Ok(text) = fs::read_to_string(&full) else { return };
    if path.ends_with(".rs") && text.lines().count() > MAX_LINES {
        problems.push(format!("{path}: {} lines; is it one idea?", text.lines().count()));
    }
    for rule in rules.iter().filter(|rule| (rule.applies)(path)) {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.contains(&rule.needle)) {
            problems.push(format!(
                "{path}:{}: {} ({})",
                number + 1,
                rule.why,
                line.trim().chars().take(80).collect::<String>()
            ));
        }
    }
}

//! The official MCP conformance suite against Jackfield's own client path, in every revision, with the number of checks asserted: a scenario
//! without a check counts as passed there.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    TaskResult,
    process::{root, run},
};

/// Versions of the suite and of the Node that it needs.
const SUITE: &str = "@modelcontextprotocol/conformance@0.2.0-alpha.12";
const NODE: &str = "node@24.21.0";

/// A revision: how many scored scenarios there are, and how many checks they make at the least.
struct Expected {
    revision: &'static str,
    /// A frozen requirement set; else every scenario that applies is run.
    frozen: bool,
    scored: usize,
    checks: usize,
}

const REVISIONS: &[Expected] = &[
    Expected { revision: "2025-03-26", frozen: false, scored: 2, checks: 13 },
    Expected { revision: "2025-06-18", frozen: false, scored: 5, checks: 45 },
    Expected { revision: "2025-11-25", frozen: true, scored: 18, checks: 200 },
    Expected { revision: "2026-07-28", frozen: true, scored: 32, checks: 380 },
];

/// Scenarios that fail, each with its reason. Strict both ways: what is listed must fail, and nothing else may.
const FAILING: &[(&str, &str)] = &[
    ("auth/dpop", "DPoP is an extension that the SDK does not speak"),
    ("auth/dpop-nonce", "DPoP is an extension that the SDK does not speak"),
];

/// Installs the suite (once) and runs it. `only`: one revision.
pub(crate) fn run_suite(only: Option<&str>) -> TaskResult {
    let lab = root().join("target").join("mcp-conformance");
    install(&lab)?;
    run("cargo", &["build", "--locked", "--package", "jackfield-backends", "--example", "mcp-conformance"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let program = target.join("debug").join("examples").join("mcp-conformance");
    let mut problems = Vec::new();
    for expected in REVISIONS.iter().filter(|one| only.is_none_or(|only| only == one.revision)) {
        problems.extend(revision(&lab, &program, expected)?);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(format!("conformance:\n  {}", problems.join("\n  ")).into())
    }
}

fn install(lab: &Path) -> TaskResult {
    let marker = lab.join("installed");
    let wanted = format!("{SUITE} {NODE}");
    if std::fs::read_to_string(&marker).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(lab)?;
    std::fs::write(lab.join("package.json"), "{\"private\": true}")?;
    println!("── installing the MCP conformance suite");
    let done = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", SUITE, NODE])
        .current_dir(lab)
        .status()
        .map_err(|error| format!("npm cannot be started: {error}; install Node"))?;
    if !done.success() {
        return Err("the conformance suite could not be installed".into());
    }
    Ok(std::fs::write(marker, wanted)?)
}

fn revision(lab: &Path, program: &Path, expected: &Expected) -> TaskResult<Vec<String>> {
    let modules = lab.join("node_modules");
    let out = lab.join("results").join(expected.revision);
    let _ = std::fs::remove_dir_all(&out);
    std::fs::create_dir_all(&out)?;
    let mut command = Command::new(modules.join("node").join("bin").join("node"));
    command
        .arg(modules.join("@modelcontextprotocol/conformance/dist/index.js"))
        .args(["client", "--command"])
        .arg(program)
        .arg("-o")
        .arg(&out);
    if expected.frozen {
        command.args(["--requirements", expected.revision]);
    } else {
        command.args(["--suite", "all", "--spec-version", expected.revision]);
    }
    let output = command.output()?;
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    std::fs::write(out.join("run.log"), &text)?;
    let found = scenarios(&text);
    let mut problems = Vec::new();
    let is_listed = |name: &str| FAILING.iter().any(|(listed, _)| *listed == name);
    let (mut scored, mut checks) = (0, 0);
    for (name, (passed, failed)) in &found {
        let passes = *failed == 0 && *passed > 0;
        match (passes, is_listed(name)) {
            (true, true) => {
                problems.push(format!("{}: {name} passes, and is listed as failing", expected.revision))
            }
            (false, false) => {
                problems.push(format!("{}: {name}: {passed} passed, {failed} failed", expected.revision));
            }
            (true, false) => {
                scored += 1;
                checks += passed;
            }
            (false, true) => {}
        }
    }
    println!("conformance {}: {scored} scenarios, {checks} checks passed", expected.revision);
    if scored < expected.scored || checks < expected.checks {
        problems.push(format!(
            "{}: {scored} scenarios with {checks} checks; at least {} with {} are expected (see {})",
            expected.revision,
            expected.scored,
            expected.checks,
            out.join("run.log").display()
        ));
    }
    Ok(problems)
}

/// Passed and failed checks of every scenario in the suite's summary.
fn scenarios(text: &str) -> BTreeMap<String, (usize, usize)> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches(['✓', '✗', '⚠', ' ']);
        let Some((name, counts)) = line.split_once(": ") else { continue };
        let count = |word: &str| {
            let before = counts.split_once(word)?.0.trim_end();
            before.rsplit([' ', ',']).next()?.parse::<usize>().ok()
        };
        let is_name = !name.contains(' ') && name != "Total";
        if let (true, Some(passed), Some(failed)) = (is_name, count("passed"), count("failed")) {
            found.insert(name.to_owned(), (passed, failed));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_is_read() {
        let text = "=== SUITE SUMMARY ===\n✓ initialize: 1 passed, 0 failed\n✗ auth/dpop: 2 passed, 3 failed\nTotal: 20 passed, 56 failed, 0 warnings\n  ✓ x (added-after-release)\n";
        let found = scenarios(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found["auth/dpop"], (2, 3));
    }
}

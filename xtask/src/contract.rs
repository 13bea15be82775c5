//! The committed contract files: generated from the code by a test, compared by the same test.

use crate::{TaskResult, process::run_with};

/// Writes `contract/` anew, or only compares.
pub(crate) fn run(check: bool) -> TaskResult {
    let arguments =
        ["nextest", "run", "-p", "jackfield-server", "-E", "test(contract)", "--no-tests", "fail"];
    let update: &[(&str, &str)] = if check { &[] } else { &[("JACKFIELD_UPDATE_CONTRACT", "1")] };
    run_with("cargo", &arguments, update)
}

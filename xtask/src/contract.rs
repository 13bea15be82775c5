//! The committed contract files: the OpenAPI document by a test that also compares it, the licences from Cargo's packages.

use crate::{TaskResult, licences, process::run_with};

/// Writes `contract/` anew, or only compares.
pub(crate) fn run(check: bool) -> TaskResult {
    let arguments =
        ["nextest", "run", "-p", "jackfield-server", "-E", "test(contract)", "--no-tests", "fail"];
    let update: &[(&str, &str)] = if check { &[] } else { &[("JACKFIELD_UPDATE_CONTRACT", "1")] };
    licences::run(check)?;
    run_with("cargo", &arguments, update)
}

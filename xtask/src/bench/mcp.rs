//! What a tool call costs beyond a direct call with the SDK. The measurement itself is an example of the backends crate, because only that
//! knows the SDK.

use crate::{TaskResult, process::run};

/// Measures.
pub(super) fn measure(callers: &[usize], calls: usize) -> TaskResult {
    let callers: Vec<String> = callers.iter().map(ToString::to_string).collect();
    let (callers, calls) = (callers.join(","), calls.to_string());
    let example =
        ["run", "--release", "--locked", "--package", "jackfield-backends", "--example", "mcp-bench", "--"];
    let mut arguments = example.to_vec();
    arguments.extend([callers.as_str(), calls.as_str()]);
    run("cargo", &arguments)
}

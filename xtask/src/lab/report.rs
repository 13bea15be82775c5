//! What the acceptance found, check by check.

use std::time::Duration;

/// Results of all checks so far.
#[derive(Default)]
pub(super) struct Report {
    passed: usize,
    failed: Vec<String>,
    /// Times measured, with the specification's limit.
    times: Vec<(String, Duration, Duration)>,
}

impl Report {
    /// Notes one check and prints it.
    pub(super) fn check(&mut self, name: &str, result: Result<String, String>) {
        match result {
            Ok(detail) => {
                self.passed += 1;
                println!("  ok    {name}{}{detail}", if detail.is_empty() { "" } else { ": " });
            }
            Err(detail) => {
                println!("  FAIL  {name}: {detail}");
                self.failed.push(format!("{name}: {detail}"));
            }
        }
    }

    /// Notes a time beside the limit of the specification.
    pub(super) fn time(&mut self, name: &str, took: Duration, limit: Duration) {
        self.times.push((name.to_owned(), took, limit));
        let result = if took <= limit {
            Ok(format!("{took:.0?}"))
        } else {
            Err(format!("{took:.0?} is over {limit:?}"))
        };
        self.check(&format!("{name} within {limit:?}"), result);
    }

    /// Prints the sum; fails when a check failed.
    pub(super) fn finish(self) -> crate::TaskResult {
        if !self.times.is_empty() {
            println!("\n  {:<34} {:>10} {:>12}", "measured", "took", "limit");
            for (name, took, limit) in &self.times {
                println!("  {name:<34} {:>10} {:>12}", format!("{took:.1?}"), format!("{limit:?}"));
            }
        }
        println!("\n{} passed, {} failed", self.passed, self.failed.len());
        if self.failed.is_empty() {
            return Ok(());
        }
        Err(format!("the acceptance failed:\n  {}", self.failed.join("\n  ")).into())
    }
}

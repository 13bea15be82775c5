//! Statements for many rows at once: a call goes to SQLite's thread and back, and the way costs more than the work.

use std::sync::Arc;

/// How many rows one statement takes; any number of rows is cut into these, so that a few prepared statements do.
const ROWS: [usize; 4] = [256, 32, 8, 1];

/// The same statement for each number of rows.
pub(super) type Statements = [Arc<str>; 4];

/// Makes them; `sql` is given the `(?, …), (?, …)` that follow `VALUES`.
pub(super) fn statements(columns: usize, sql: impl Fn(&str) -> String) -> Statements {
    let row = format!("({})", vec!["?"; columns].join(", "));
    ROWS.map(|rows| sql(&vec![row.as_str(); rows].join(", ")).into())
}

/// Cuts rows into pieces for which there are statements.
pub(super) fn pieces<'r, T>(rows: &'r [T], statements: &Statements) -> Vec<(Arc<str>, &'r [T])> {
    let mut pieces = Vec::new();
    let mut rest = rows;
    for (size, sql) in ROWS.into_iter().zip(statements) {
        while let Some((piece, after)) = rest.split_at_checked(size) {
            pieces.push((sql.clone(), piece));
            rest = after;
        }
    }
    pieces
}

//! The program that is started as a server.

use std::{path::PathBuf, time::Duration};

/// How long a child stays that outlives its server.
const LINGERS: Duration = Duration::from_secs(60);

/// Where the program `odd-mcp` of this crate is, seen from a test of any crate of the workspace.
///
/// # Errors
/// A sentence that says how to build it, when it is not there.
pub fn program() -> Result<PathBuf, String> {
    let own =
        std::env::current_exe().map_err(|error| format!("this program cannot say where it is: {error}"))?;
    let name = format!("odd-mcp{}", std::env::consts::EXE_SUFFIX);
    // A test is in target/<profile>/deps, a program in target/<profile>.
    own.ancestors().skip(1).take(3).map(|folder| folder.join(&name)).find(|path| path.is_file()).ok_or_else(
        || {
            format!(
                "{name} is not built; it is looked for beside {}. Build it: cargo build -p jackfield-testkit",
                own.display()
            )
        },
    )
}

/// What the child of the modes `orphan` and `orphan-group` does: nothing, for a minute.
#[expect(clippy::disallowed_methods, reason = "a program of its own, without a runtime")]
pub fn linger() {
    std::thread::sleep(LINGERS);
}

//! The guard: the hub's own program between hub and server. It ends the server with everything that the server started when
//! the server ends, when it is asked to, and when the hub is gone, however that went.

use std::{
    collections::HashSet,
    ffi::OsString,
    fs,
    process::{Child, Command, ExitCode},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{Instant, sleep, timeout},
};

/// How long the server may take to end once it is asked to.
const GRACE: Duration = Duration::from_millis(1000);
/// How often the server is looked at while it ends.
const LOOK: Duration = Duration::from_millis(20);

/// Runs as a guard: `arguments` are the hub's process id, the program and its arguments. Standard input and output go to
/// the program untouched. Gives the program's exit code.
pub fn guard_program(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let hub = arguments.next().and_then(|id| id.to_str()?.parse::<i32>().ok());
    let Some(program) = arguments.next() else { return ExitCode::from(2) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return ExitCode::from(70) };
    let code = runtime.block_on(watch(hub, program, arguments.collect()));
    ExitCode::from(code)
}

async fn watch(hub: Option<i32>, program: OsString, arguments: Vec<OsString>) -> u8 {
    // What the server leaves behind becomes ours, so that it can be found.
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::TERM));
    }
    let streams = (signal(SignalKind::terminate()), signal(SignalKind::child()));
    let (Ok(mut terminate), Ok(mut children)) = streams else { return 70 };
    // The hub may have gone before its death was asked for.
    if hub.and_then(Pid::from_raw) != rustix::process::getppid() {
        return 0;
    }
    let mut child = match Command::new(&program).args(arguments).spawn() {
        Ok(child) => child,
        Err(error) => {
            say(&format!("{} cannot be started: {error}", program.display()));
            return 127;
        }
    };
    let code = loop {
        if let Some(code) = ended(&mut child) {
            break code;
        }
        tokio::select! {
            _ = children.recv() => {}
            _ = terminate.recv() => break ask_to_end(&mut child).await,
        }
    };
    kill_the_rest().await;
    code
}

/// Standard error is the server's journal.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn ended(child: &mut Child) -> Option<u8> {
    let status = child.try_wait().ok()??;
    Some(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(255))
}

async fn ask_to_end(child: &mut Child) -> u8 {
    for pid in descendants() {
        let _ = kill_process(pid, Signal::TERM);
    }
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if let Some(code) = ended(child) {
            return code;
        }
        sleep(LOOK).await;
    }
    143
}

/// Kills whatever is left, until nothing is: new ones may be started while others are killed.
async fn kill_the_rest() {
    let _ = timeout(GRACE, async {
        loop {
            let rest = descendants();
            if rest.is_empty() {
                return;
            }
            for pid in rest {
                let _ = kill_process(pid, Signal::KILL);
            }
            reap();
            sleep(LOOK).await;
        }
    })
    .await;
}

/// Takes note of dead children, so that they vanish.
fn reap() {
    while let Ok(Some(_)) = rustix::process::wait(rustix::process::WaitOptions::NOHANG) {}
}

/// All processes below this one.
fn descendants() -> Vec<Pid> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut next = vec![rustix::process::getpid().as_raw_nonzero().get()];
    while let Some(pid) = next.pop() {
        for child in children(pid) {
            if seen.insert(child) && seen.len() < 10_000 {
                found.extend(Pid::from_raw(child));
                next.push(child);
            }
        }
    }
    found
}

/// The children of a process, by its threads, as the kernel lists them.
fn children(pid: i32) -> Vec<i32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<i32>>())
        .collect()
}

//! Starting and stopping the hub: one for each directory, soft ends, what lasts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

mod support;

use support::{AGENT, Guard, Hub, PATIENCE, jackfield, say};

#[test]
fn a_second_hub_in_the_same_directory_says_who_has_it() {
    let hub = Hub::demo();
    let second = hub.say(&["serve", "--listen", "127.0.0.1:0", "--key-store", "file"]);
    assert_eq!(second.code, 1);
    let pid = hub.greeting["pid"].to_string();
    assert!(second.err.contains(&pid) && second.err.contains(hub.url()), "{second:?}");
    hub.say(&["backend", "list"]).ok();
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let said = say(dir.path(), &["serve", "--listen", &address, "--key-store", "file"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains(&address) && said.err.contains("--listen"), "{said:?}");
}

#[cfg(unix)]
#[test]
fn the_first_token_is_for_its_owner_alone_and_lasts() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut hub = Hub::start(&data, &[]);
    let file = data.join("token");
    assert_eq!((mode(&data), mode(&file)), (0o700, 0o600));
    let token = std::fs::read_to_string(&file).unwrap();
    assert_eq!(hub.stop("TERM").0, Some(0));
    assert!(!data.join("hub.json").exists());

    // Loosened by somebody: tightened again, the token stays.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut hub = Hub::start(&data, &[]);
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), token.trim());
    assert_eq!(mode(&file), 0o600);
    assert_eq!(hub.say(&["token", "list", "--json"]).ok().json().as_array().unwrap().len(), 1);

    // Lost: a new one is made.
    hub.stop("TERM");
    std::fs::remove_file(&file).unwrap();
    let hub = Hub::start(&data, &[]);
    hub.say(&["backend", "list"]).ok();
    assert_ne!(std::fs::read_to_string(&file).unwrap().trim(), token.trim());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_softly_and_runs_last() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut hub = Hub::start(&data, &["--demo"]);
    let events = hub.say(&["run", AGENT, "Hello", "--json"]).ok().lines();
    let run = events[0]["run_id"].as_str().unwrap();
    let (code, err) = hub.stop("INT");
    assert_eq!(code, Some(0), "{err}");
    assert!(!err.contains("panicked"), "{err}");

    // The simulated peer has a new port: its backend is pointed there and keeps its runs.
    let mut hub = Hub::start(&data, &["--demo"]);
    assert_eq!(hub.say(&["export", "run", run]).ok().lines(), events);
    assert_eq!(hub.say(&["backend", "list", "--json"]).ok().json().as_array().unwrap().len(), 4);
    hub.say(&["run", AGENT, "again"]).ok();
    hub.stop("INT");

    // Without --demo nothing simulated is left.
    let hub = Hub::start(&data, &[]);
    assert_eq!(hub.say(&["backend", "list", "--json"]).ok().json(), serde_json::json!([]));
}

#[cfg(unix)]
#[test]
fn an_interrupt_during_a_run_asks_the_peer_to_stop() {
    use std::{io::BufRead as _, process::Stdio};
    let hub = Hub::demo();
    let mut command = jackfield(&hub.data_dir);
    command.args(["run", support::SLOW, "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut run = Guard(child);
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(serde_json::from_str::<serde_json::Value>(&line).unwrap());
        }
    });
    // Once the peer has named it, it can be stopped there.
    while lines.recv_timeout(PATIENCE).unwrap()["type"] != "link" {}
    run.signal("INT");
    assert_eq!(run.end().code(), Some(130));
    let last = lines.iter().last().unwrap();
    assert_eq!((&last["type"], &last["data"]["outcome"]), (&"done".into(), &"cancelled".into()));
    let mut said = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
    assert!(said.contains('⊘'), "what became of it is said: {said:?}");
}

#[cfg(unix)]
#[test]
fn a_hub_that_comes_back_is_followed_on() {
    use std::{io::BufRead as _, process::Stdio};
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut hub = Hub::start(&data, &["--demo"]);
    let url = hub.url().to_owned();
    let listen = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut command = jackfield(&data);
    command.args(["--server", &url, "run", AGENT, "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let mut run = Guard(child);
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = sender.send(serde_json::from_str::<serde_json::Value>(&line).unwrap());
        }
    });
    // Once the peer has named the run, it can be looked for after the restart.
    let mut seqs = Vec::new();
    loop {
        let event = lines.recv_timeout(PATIENCE).unwrap();
        seqs.extend(event["seq"].as_u64());
        if event["type"] == "link" {
            break;
        }
    }
    hub.stop("KILL");
    drop(hub);
    let hub = Hub::start(&data, &["--demo", "--listen", &listen]);
    // The simulated peer died with the hub, so the outcome is not `succeeded`; but nothing is lost or twice.
    run.end();
    seqs.extend(lines.iter().map(|event| event["seq"].as_u64().unwrap()));
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    assert!(seqs.len() > 1);
    drop(hub);
}

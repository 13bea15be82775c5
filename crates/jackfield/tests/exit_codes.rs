//! Exit codes and what a person reads when something is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

mod support;

use support::{AGENT, Hub, say};

#[test]
fn wrong_usage_is_2() {
    let dir = tempfile::tempdir().unwrap();
    for args in [
        &["frobnicate"][..],
        &["run"],
        &["runs", "show", "not-an-id"],
        &["runs", "list", "--status", "sleeping"],
        &["runs", "list", "--limit", "0"],
        &["error", "no_such_code"],
        &["backend", "list", "--server", "ftp://127.0.0.1"],
        &["serve", "--listen", "nowhere"],
        &["serve", "--base-path", "/a b"],
        &["serve", "--log-filter", "=bad="],
        &["--config", "/no/such/file.toml", "backend", "list"],
    ] {
        let said = say(dir.path(), args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert!(said.out.is_empty() && said.err.contains("error:"), "{args:?}: {said:?}");
    }
    assert!(!dir.path().join("jackfield.db").exists(), "nothing is half-created");
}

#[test]
fn bad_input_is_2_and_starts_nothing() {
    let hub = Hub::demo();
    for args in [
        &["run", AGENT, "--data", "{broken"][..],
        &["run", AGENT, "--data", "@/no/such/file"],
        &["run", AGENT, "--data", "[1]", "--field", "a=1"],
        &["run", AGENT, "--query", "a=1", "--query", "a=2"],
        &["run", AGENT, "--file", "f=name"],
        &["tool", "call", "x", "--args", "[]"],
    ] {
        let said = hub.say(args);
        assert_eq!(said.code, 2, "{args:?}: {said:?}");
        assert!(said.err.contains("where: --"), "the flag is named: {said:?}");
    }
    assert_eq!(hub.say(&["runs", "list", "--json"]).ok().json(), serde_json::json!([]));
}

#[test]
fn what_is_not_there_is_1_and_leads_on() {
    let hub = Hub::demo();
    let said = hub.say(&["run", "demo-n8n/AI: streeming agent"]);
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("Did you mean 'AI: ") && said.err.contains("jackfield error not_found"),
        "{said:?}"
    );
    assert_eq!(hub.say(&["backend", "show", "nobody"]).code, 1);
    assert_eq!(hub.say(&["runs", "show", "0198c0de-0000-7000-8000-000000000000"]).code, 1);
}

#[test]
fn no_hub_is_3_and_no_peer_is_3() {
    let dir = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    let said = say(dir.path(), &["backend", "list", "--server", &nowhere]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("jackfield serve"), "{said:?}");
    assert_eq!(say(dir.path(), &["doctor", "--server", &nowhere]).code, 3);

    let hub = Hub::demo();
    let said = hub.say(&["backend", "add", "n8n", "--url", &nowhere]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.out.contains('✗') && said.err.contains("Nothing was added"), "{said:?}");
    let backends = hub.say(&["backend", "list", "--json"]).ok().json();
    assert!(backends.as_array().unwrap().iter().all(|backend| backend["simulated"] == true), "{backends}");
}

#[test]
fn a_wrong_token_is_4() {
    let hub = Hub::demo();
    let said = hub.say(&["backend", "list", "--token", "jf_wrong"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("process list") && said.err.contains("JACKFIELD_TOKEN"), "{said:?}");
    assert!(!said.err.contains("jf_wrong"));

    let made = hub.say(&["token", "create", "for a test"]).ok().out.trim().to_owned();
    let mut command = support::jackfield(&hub.data_dir);
    let output = command.env("JACKFIELD_TOKEN", &made).args(["backend", "list"]).output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "no warning for the environment");
    hub.say(&["token", "remove", "for a test"]).ok();
    let mut command = support::jackfield(&hub.data_dir);
    let output = command.env("JACKFIELD_TOKEN", &made).args(["backend", "list"]).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn error_pages_need_no_hub() {
    let dir = tempfile::tempdir().unwrap();
    let said = say(dir.path(), &["error", "peer_unauthorized"]).ok();
    assert!(said.out.contains("What to check"), "{said:?}");
    assert!(say(dir.path(), &["error"]).ok().out.contains("seq_out_of_range"));
    assert!(!dir.path().join("hub.lock").exists());
}

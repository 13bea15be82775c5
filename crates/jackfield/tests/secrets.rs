//! A secret that is given to the binary is found nowhere but sealed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

mod support;

use std::path::Path;

use support::Hub;

const CANARY: &str = "canary-7f3a9c51-secret";

#[test]
fn a_secret_is_nowhere_to_be_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut hub = Hub::start(&data, &["--demo", "--log-filter", "trace"]);
    let key = dir.path().join("key");
    std::fs::write(&key, CANARY).unwrap();
    let url = hub.say(&["backend", "list", "--json"]).ok().json()[0]["base_url"].as_str().unwrap().to_owned();
    let key_file = format!("--api-key-file={}", key.display());
    let header = format!("header_value=@{}", key.display());
    let mut said = String::new();
    for args in [
        &["backend", "add", "n8n", "--name", "c", "--url", &url, "--force", &key_file, "--secret", &header][..],
        &["backend", "show", "c"],
        &["backend", "show", "c", "--json"],
        &["backend", "test", "c", "--json"],
        &["backend", "discover", "c"],
        &["backend", "edit", "c", &key_file],
        &["doctor"],
        &["export", "backends"],
        &["run", "c/anything"],
    ] {
        let answer = hub.say(args);
        said.push_str(&answer.out);
        said.push_str(&answer.err);
    }
    let known = hub.say(&["backend", "show", "c", "--json"]).ok().json();
    assert!(known["secrets"].as_array().unwrap().contains(&"api_key".into()), "it is stored: {known}");
    let (_, log) = hub.stop("TERM");
    said.push_str(&log);
    assert!(log.len() > 1_000, "the log was on");
    assert!(!said.contains(CANARY), "{said}");
    let token = std::fs::read_to_string(data.join("token")).unwrap();
    assert!(!said.contains(token.trim()), "the hub's own token is no less a secret");
    search(&data);
}

fn search(dir: &Path) {
    let mut files = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path);
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "{}", path.display());
    }
    assert!(files > 0);
}

//! Configurations of other programs, from the command line to the hub and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

mod support;

use std::process::Stdio;

use jackfield_testkit::registry::SimulatedRegistry;
use support::{Hub, jackfield};

const CANARY: &str = "canary-7f3a9c51-secret";

fn document() -> String {
    format!(
        r#"// written by hand
        {{"mcpServers": {{
            "github": {{"command": "docker", "args": ["run", "-i", "x", "--key", "{CANARY}"], "env": {{"TOKEN": "{CANARY}"}}}},
            "docs": {{"url": "https://docs.example.com/mcp", "headers": {{"Authorization": "Bearer ${{DOCS_TOKEN}}"}}}},
        }}}}"#
    )
}

#[test]
fn nothing_is_added_without_consent_and_no_secret_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let mut hub = Hub::start(&dir.path().join("data"), &["--demo", "--log-filter", "trace"]);
    let file = dir.path().join("mcp.json");
    std::fs::write(&file, document()).unwrap();
    let path = file.to_str().unwrap();
    let mut said = String::new();

    let shown = hub.say(&["import", path]);
    assert_eq!(shown.code, 2, "{shown:?}");
    assert!(shown.out.contains("docker run -i x --key '${secret:arg.4}'"), "{}", shown.out);
    assert!(shown.out.contains("TOKEN = sealed") && shown.out.contains("DOCS_TOKEN"), "{}", shown.out);
    assert!(shown.err.contains("--yes"), "{}", shown.err);

    let report = hub.say(&["import", path, "--json"]).ok();
    assert_eq!(report.json()["entries"][0]["status"], "ready");
    assert_eq!(report.json()["entries"][1]["status"], "needs_variables");

    let var = format!("DOCS_TOKEN=@{}", dir.path().join("token").display());
    std::fs::write(dir.path().join("token"), CANARY).unwrap();
    let filled = hub.say(&["import", path, "--json", "--only", "docs", "--var", &var]).ok();
    assert_eq!(filled.json()["entries"][1]["status"], "ready");
    assert_eq!(hub.say(&["import", path, "--only", "nobody"]).code, 1);
    assert_eq!(hub.say(&["import", path, "--var", "NO_SUCH_VARIABLE_HERE"]).code, 2);
    let backends = hub.say(&["backend", "list", "--json"]).ok().json();
    assert!(backends.as_array().unwrap().iter().all(|backend| backend["simulated"] == true), "{backends}");

    for answer in [shown, report, filled] {
        said.push_str(&answer.out);
        said.push_str(&answer.err);
    }
    let (_, log) = hub.stop("TERM");
    assert!(log.len() > 1_000, "the log was on");
    said.push_str(&log);
    assert!(!said.contains(CANARY), "{said}");
}

#[test]
fn the_files_of_other_programs_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(&dir.path().join("data"), &[]);
    std::fs::create_dir(dir.path().join(".cursor")).unwrap();
    std::fs::write(dir.path().join(".cursor/mcp.json"), document()).unwrap();
    let say = |args: &[&str]| {
        let mut command = jackfield(&hub.data_dir);
        command.env("HOME", dir.path()).env_remove("XDG_CONFIG_HOME").args(args).stdin(Stdio::null());
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, out, _) = say(&["import", "--from", "cursor", "--json"]);
    assert_eq!(code, Some(0));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["format"], "cursor");
    let (code, _, err) = say(&["import", "--from", "claude-code"]);
    assert!(code == Some(1) && err.contains(".claude.json"), "{err}");
    let (code, _, err) = say(&["import", "--from", "emacs"]);
    assert!(code == Some(1) && err.contains("claude-desktop"), "{err}");
    assert_eq!(say(&["import"]).0, Some(2));
}

#[test]
fn what_is_no_configuration_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(&dir.path().join("data"), &[]);
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (name, text, words) in [
        ("a", "hello", "not JSON"),
        ("b", "{}", "no configuration"),
        ("c", r#"{"mcpServers": []}"#, "should be an object"),
        ("d", r#"{"jackfield": 9, "backends": []}"#, "format 9"),
    ] {
        let said = hub.say(&["import", &file(name, text), "--yes"]);
        assert!(said.code == 2 && said.err.contains(words), "{text}: {said:?}");
    }
}

#[test]
fn a_registry_is_searched_and_shows_what_would_run() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let registry = runtime.block_on(SimulatedRegistry::start()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let hub = Hub::start(&dir.path().join("data"), &[]);
    let url = registry.base_url();
    let found = hub.say(&["registry", "search", "weather", "--registry", &url]).ok();
    assert!(
        found.out.contains("io.github.example/weather-mcp") && found.out.contains("(deprecated)"),
        "{}",
        found.out
    );
    let name = "io.modelcontextprotocol.anonymous/brave-search";
    let install =
        |more: &[&str]| hub.say(&[&["registry", "install", name, "--registry", &url], more].concat());
    let shown = install(&[]);
    assert!(shown.out.contains("npx -y @modelcontextprotocol/server-brave-search@1.0.2"), "{}", shown.out);
    assert!(shown.out.contains("BRAVE_API_KEY") && shown.code == 2, "{shown:?}");
    let older = install(&["--version", "1.0.1", "--json", "--var", "BRAVE_API_KEY=x"]).ok().json();
    assert_eq!(older["entries"][0]["status"], "ready");
    assert!(older["notes"][0].as_str().unwrap().contains("later version"), "{older}");
    assert_eq!(install(&["--version", "9.9.9"]).code, 1);
    assert_eq!(hub.say(&["registry", "search", "--registry", "http://127.0.0.1:1"]).code, 3);
}

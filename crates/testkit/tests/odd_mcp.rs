//! The program `odd-mcp` does what its list says. That this test exists also makes cargo build the program before the tests of other crates.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

use std::{process::Stdio, time::Duration};

use jackfield_testkit::mcp::odd;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
};

const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for an answer that would come, short enough to wait for one that must not.
const SILENCE: Duration = Duration::from_millis(200);

struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Client {
    fn start(mode: &str) -> Self {
        let mut child = Command::new(odd::program().unwrap())
            .arg(mode)
            .env("ODD_MCP_SLOW_MS", "300")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, stdin, stdout }
    }

    async fn ask(&mut self, id: u32, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
    }

    async fn send(&mut self, message: &Value) {
        // A server that has left is seen when it is read.
        let _ = self.stdin.as_mut().unwrap().write_all(format!("{message}\n").as_bytes()).await;
    }

    /// The next line as bytes, empty at the end; `None` when nothing comes.
    async fn line(&mut self, patience: Duration) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let read = self.stdout.read_until(b'\n', &mut line);
        tokio::time::timeout(patience, read).await.ok().map(|read| read.map(|_| line).unwrap_or_default())
    }

    async fn message(&mut self) -> Value {
        let line = self.line(PATIENCE).await.expect("an answer");
        serde_json::from_slice(&line)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&line)))
    }

    async fn initialize(&mut self) -> Value {
        self.ask(1, "initialize", json!({"protocolVersion": "2025-11-25", "capabilities": {}})).await;
        let answer = self.message().await;
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        answer
    }

    /// Ends its input and waits for its end.
    async fn exit_code(mut self) -> Option<i32> {
        self.stdin = None;
        tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap().code()
    }

    /// The next piece of stderr.
    async fn stderr(&mut self) -> String {
        let mut text = [0; 200];
        let count = self.child.stderr.as_mut().unwrap().read(&mut text).await.unwrap();
        String::from_utf8_lossy(&text[..count]).into_owned()
    }
}

async fn kill(pid: &str) {
    assert!(Command::new("kill").arg(pid).status().await.unwrap().success());
}

/// Ends the child that was left behind.
async fn end_of_orphan(client: &mut Client) {
    let said = client.stderr().await;
    kill(said.trim().strip_prefix("child ").unwrap_or_else(|| panic!("{said}"))).await;
}

/// Modes that answer initialize, tools/list and tools/call with one JSON object of the right id each.
#[tokio::test]
async fn modes_whose_oddity_is_in_the_content_answer_in_order() {
    for mode in [
        "plain",
        "silent",
        "slowstart",
        "future",
        "bad-tool",
        "bool-schema",
        "extra-fields",
        "loop",
        "unknown-content",
        "nocontent",
        "bad-audio",
        "lookalike",
        "lookalike2",
        "many-tools-paged",
        "endless-pages",
        "bad-schemas",
        "cyclic-refs",
        "remote-ref",
        "duplicate-tools",
        "hidden",
        "changing-silently",
        "env",
        "orphan-group",
    ] {
        let mut client = Client::start(mode);
        let version = client.initialize().await["result"]["protocolVersion"].clone();
        assert_eq!(version, if mode == "future" { "2031-01-01" } else { "2025-11-25" }, "{mode}");
        client.ask(2, "tools/list", json!({})).await;
        let listed = client.message().await;
        assert_eq!(listed["id"], 2, "{mode}");
        assert!(listed["result"]["tools"].as_array().is_some_and(|tools| !tools.is_empty()), "{mode}");
        client.ask(3, "tools/call", json!({"name": "t"})).await;
        let called = client.message().await;
        assert_eq!((&called["id"], called["result"].is_object()), (&json!(3), true), "{mode}");
        if mode == "orphan-group" {
            end_of_orphan(&mut client).await;
        }
        assert_eq!(client.exit_code().await, Some(0), "{mode}");
    }
}

#[tokio::test]
async fn lists_are_as_odd_as_they_say() {
    let mut client = Client::start("many-tools-paged");
    client.initialize().await;
    client.ask(2, "tools/list", json!({"cursor": "99500"})).await;
    let last = client.message().await["result"].clone();
    assert_eq!((last["tools"].as_array().map(Vec::len), &last["nextCursor"]), (Some(500), &Value::Null));

    let mut client = Client::start("many-tools");
    client.initialize().await;
    client.ask(2, "tools/list", json!({})).await;
    let listed = String::from_utf8(client.line(PATIENCE).await.unwrap()).unwrap();
    assert_eq!(listed.matches("\"inputSchema\"").count(), 100_000);

    let mut client = Client::start("changing");
    client.initialize().await;
    client.ask(2, "tools/list", json!({})).await;
    let before = client.message().await["result"].clone();
    client.ask(3, "tools/call", json!({"name": "t"})).await;
    client.message().await;
    assert_eq!(client.message().await["method"], "notifications/tools/list_changed");
    client.ask(4, "tools/list", json!({})).await;
    assert_ne!(client.message().await["result"], before);
}

#[tokio::test]
async fn what_is_no_proper_message_is_sent_as_bytes() {
    let wrong: [(&str, &str, &[u8]); 10] = [
        ("invalid-utf8", "tools/list", b"\xff\xfe"),
        ("batch", "tools/list", b"[{"),
        ("stringid", "tools/list", b"\"id\":\"2\""),
        ("unknownid", "tools/list", b"\"id\":9999"),
        ("wrong-id", "tools/list", b"\"id\":424242"),
        ("noid-error", "tools/list", b"Parse error"),
        ("no-jsonrpc", "tools/list", b"{\"id\":2"),
        ("result-and-error", "tools/list", b"both"),
        ("not-an-object", "tools/list", b"null"),
        ("bignum", "tools/call", b"12345678901234567890123"),
    ];
    for (mode, method, wrong) in wrong {
        let mut client = Client::start(mode);
        client.initialize().await;
        client.ask(2, method, json!({"name": "t"})).await;
        let line = client.line(PATIENCE).await.unwrap();
        let said = String::from_utf8_lossy(&line);
        assert!(line.windows(wrong.len()).any(|window| window == wrong), "{mode}: {said}");
    }
    // Too deep for a reader with a bound, or spread over lines; too large.
    for (mode, method, readable, least) in [
        ("multiline", "tools/list", false, 1),
        ("deep-schema", "tools/list", false, 100_000),
        ("deep-result", "tools/call", false, 50_000),
        ("huge", "tools/list", true, 17 * 1024 * 1024),
        ("huge-result", "tools/call", true, 100_000_000),
    ] {
        let mut client = Client::start(mode);
        client.initialize().await;
        client.ask(2, method, json!({"name": "t"})).await;
        let line = client.line(PATIENCE).await.unwrap();
        assert_eq!(
            (serde_json::from_slice::<Value>(&line).is_ok(), line.len() > least),
            (readable, true),
            "{mode}"
        );
    }
}

#[tokio::test]
async fn some_never_answer() {
    for (mode, method) in [
        ("hang-initialize", "initialize"),
        ("hang-list", "tools/list"),
        ("hang-call", "tools/call"),
        ("silent", "server/discover"),
    ] {
        let mut client = Client::start(mode);
        if method != "initialize" {
            client.initialize().await;
        }
        client.ask(2, method, json!({"name": "t", "protocolVersion": "2025-11-25"})).await;
        assert_eq!(client.line(SILENCE).await, None, "{mode}");
        assert_eq!(client.exit_code().await, Some(0), "{mode}");
    }
    let mut client = Client::start("half-line");
    client.initialize().await;
    client.ask(2, "tools/list", json!({})).await;
    let mut byte = [0];
    client.stdout.read_exact(&mut byte).await.unwrap();
    assert_eq!(client.line(SILENCE).await, None, "a whole line came");
    client.ask(3, "tools/list", json!({})).await;
    assert_eq!(client.line(SILENCE).await, None, "it speaks again");
}

#[tokio::test]
async fn some_end_with_a_code() {
    for (mode, method, code) in [
        ("exit", "server/discover", 3),
        ("die", "tools/list", 9),
        ("half-line-exit", "tools/list", 0),
        ("exit-in-call", "tools/call", 7),
    ] {
        let mut client = Client::start(mode);
        client.ask(1, method, json!({"name": "t"})).await;
        let status = tokio::time::timeout(PATIENCE, client.child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(code), "{mode}");
    }
    let mut client = Client::start("exit-message");
    assert!(client.stderr().await.contains("ODD_TOKEN"));
    assert_eq!(client.exit_code().await, Some(1));
}

#[tokio::test]
async fn eras_are_as_odd_as_they_say() {
    for (mode, pointer, expected) in [
        ("plain", "/error/code", json!(-32601)),
        ("discover-legacy-only", "/result/supportedVersions/0", json!("2025-11-25")),
        ("unsup-legacy-list", "/error/code", json!(-32022)),
        ("discover-garbage", "/result/hello", json!(1)),
        ("modern", "/result/supportedVersions/0", json!("2026-07-28")),
    ] {
        let mut client = Client::start(mode);
        client.ask(0, "server/discover", json!({})).await;
        assert_eq!(client.message().await.pointer(pointer), Some(&expected), "{mode}");
    }
    let mut client = Client::start("modern-resulttype");
    client.ask(0, "tools/list", json!({})).await;
    assert_eq!(client.message().await["result"]["resultType"], "surprise");
    let mut client = Client::start("modern-push");
    client.ask(0, "tools/call", json!({"name": "t"})).await;
    assert_eq!(client.message().await["method"], "elicitation/create");
    assert_eq!(client.message().await["result"]["resultType"], "complete");
}

#[tokio::test]
async fn notifications_come_when_they_should_not() {
    let mut client = Client::start("early-notifications");
    for early in ["notifications/tools/list_changed", "notifications/message", "ping"] {
        assert_eq!(client.message().await["method"], early);
    }
    assert_eq!(client.initialize().await["id"], 1);

    let mut client = Client::start("noise");
    for _ in 0..4 {
        assert!(serde_json::from_slice::<Value>(&client.line(PATIENCE).await.unwrap()).is_err());
    }
    assert_eq!(client.initialize().await["id"], 1);

    let mut client = Client::start("batch-requests");
    client.initialize().await;
    assert_eq!(client.message().await.as_array().map(Vec::len), Some(3));

    let mut client = Client::start("progress");
    client.initialize().await;
    client.ask(2, "tools/call", json!({"name": "t", "_meta": {"progressToken": "p"}})).await;
    for step in 0..200 {
        let progress = client.message().await["params"].clone();
        assert_eq!((&progress["progress"], &progress["progressToken"]), (&json!(step), &json!("p")));
    }
    assert_eq!(client.message().await["id"], 2);
}

#[tokio::test]
async fn floods_have_no_end() {
    let mut client = Client::start("flood-stdout");
    client.initialize().await;
    client.ask(2, "tools/list", json!({})).await;
    // An answer comes in the middle of it.
    while client.message().await["id"] != 2 {}
    for _ in 0..1000 {
        assert_eq!(client.message().await["method"], "notifications/message");
    }

    let mut client = Client::start("flood-line");
    client.initialize().await;
    client.ask(2, "tools/call", json!({"name": "t"})).await;
    let mut piece = vec![0; 1024 * 1024];
    for _ in 0..20 {
        client.stdout.read_exact(&mut piece).await.unwrap();
        assert!(!piece.contains(&b'\n'));
    }

    let mut client = Client::start("flood-stderr");
    let mut stderr = client.child.stderr.take().unwrap();
    stderr.read_exact(&mut piece).await.unwrap();
    let draining = tokio::spawn(async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await });
    assert_eq!(client.initialize().await["id"], 1);
    drop(client);
    tokio::time::timeout(PATIENCE, draining).await.unwrap().unwrap().unwrap();
}

/// A process that is left behind holds its stdout: the reader sees no end.
#[cfg(unix)]
#[tokio::test]
async fn stubborn_and_orphan_outlive_what_should_end_them() {
    let mut client = Client::start("stubborn");
    client.initialize().await;
    client.stdin = None;
    assert!(client.stderr().await.contains("it stays"));
    kill(&client.child.id().unwrap().to_string()).await;
    assert!(tokio::time::timeout(SILENCE, client.child.wait()).await.is_err(), "SIGTERM ended it");
    client.child.kill().await.unwrap();

    let mut client = Client::start("orphan");
    client.initialize().await;
    client.stdin = None;
    assert!(tokio::time::timeout(PATIENCE, client.child.wait()).await.unwrap().unwrap().success());
    assert_eq!(client.line(SILENCE).await, None, "stdout has ended");
    end_of_orphan(&mut client).await;
    assert_eq!(client.line(PATIENCE).await, Some(Vec::new()));
}

#[tokio::test]
async fn it_lists_its_modes_and_knows_no_other() {
    let output = Command::new(odd::program().unwrap()).arg("no-such-mode").output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = Command::new(odd::program().unwrap()).output().await.unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    for mode in odd::STDIO {
        assert!(listed.contains(mode.name), "{}", mode.name);
    }
}

/// Every mode of the two Python servers is here, under its name.
#[test]
fn no_mode_of_the_lab_is_missing() {
    let stdio = "silent exit slowstart discover-legacy-only unsup-legacy-list discover-garbage noise future bad-tool bool-schema extra-fields \
        loop huge stringid unknownid batch multiline noid-error die unknown-content nocontent bad-audio lookalike lookalike2 bignum progress \
        modern modern-resulttype modern-push plain";
    let http = "d400empty d404html d405 d406 d415 d422 d500 d501 d503 d200empty d200html d202 d401 d403 d302 dhang didnull d200err c400idnull c500 \
        c429 cssecut cssecrlf cssenoevent cbatch cslow";
    for (names, known, count) in [(stdio, odd::STDIO, 30), (http, odd::HTTP, 26)] {
        assert_eq!(names.split_whitespace().count(), count);
        for name in names.split_whitespace() {
            assert!(known.iter().any(|mode| mode.name == name), "{name}");
        }
    }
}

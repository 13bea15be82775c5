//! The misbehaving server over stdin and stdout.

use std::{
    io::{self, BufRead, Write},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};

use super::{calls, lists};

/// How a server ends: `None` when its input ended, else its exit code.
type Ended = io::Result<Option<u8>>;

/// What it writes to; shared with the thread that floods.
#[derive(Clone)]
struct Out(Arc<Mutex<dyn Write + Send>>);

impl Out {
    fn raw(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(bytes)?;
        out.flush()
    }

    fn send(&self, message: &Value) -> io::Result<()> {
        self.raw(format!("{message}\n").as_bytes())
    }
}

struct Odd<'a> {
    mode: &'a str,
    out: Out,
    /// The tool has been called.
    called: bool,
    /// It says no more, whatever it is asked.
    mute: bool,
}

/// Speaks MCP in this mode (see [`super::STDIO`]) until the input ends; gives the exit code.
///
/// # Errors
/// When the input cannot be read or the output cannot be written, for example because the client has left.
pub fn serve(mode: &str, input: impl BufRead, output: impl Write + Send + 'static) -> io::Result<u8> {
    let mut server = Odd { mode, out: Out(Arc::new(Mutex::new(output))), called: false, mute: false };
    if let Some(code) = server.begin()? {
        return Ok(code);
    }
    let mut input = input;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(0);
        }
        if let Ok(message) = serde_json::from_slice::<Value>(&line)
            && !server.mute
            && let Some(code) = server.take(&message)?
        {
            return Ok(code);
        }
    }
}

impl Odd<'_> {
    fn begin(&self) -> Ended {
        match self.mode {
            "slowstart" => pause(slow_start()),
            "noise" => self.out.raw(b"npm notice hello\n\nServer running\n{not json\n")?,
            "exit-message" => {
                eprint("Error: the variable ODD_TOKEN is not set. Set it and start again.\n")?;
                return Ok(Some(1));
            }
            "flood-stderr" => {
                std::thread::spawn(|| {
                    while eprint("flood: a line on stderr that nobody asked for\n").is_ok() {}
                });
            }
            "orphan" | "orphan-group" => self.start_child()?,
            "early-notifications" => {
                self.out.send(&json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}))?;
                let log = json!({"level": "info", "data": "before initialize"});
                self.out
                    .send(&json!({"jsonrpc": "2.0", "method": "notifications/message", "params": log}))?;
                self.out.send(&json!({"jsonrpc": "2.0", "id": 77, "method": "ping"}))?;
            }
            _ => {}
        }
        Ok(None)
    }

    /// Starts a child that holds stdout and stderr, and tells its process id on stderr.
    fn start_child(&self) -> io::Result<()> {
        let mut child = std::process::Command::new(std::env::current_exe()?);
        child.arg("linger").stdin(Stdio::null());
        #[cfg(unix)]
        if self.mode == "orphan-group" {
            use std::os::unix::process::CommandExt as _;
            child.process_group(0);
        }
        let child = child.spawn()?;
        eprint(&format!("child {}\n", child.id()))
    }

    fn take(&mut self, message: &Value) -> Ended {
        let (Some(method), id) = (message["method"].as_str(), &message["id"]) else { return Ok(None) };
        match method {
            "server/discover" => return self.discover(id),
            "initialize" => self.initialize(id, message)?,
            "notifications/initialized" => self.initialized()?,
            "tools/list" => return self.list(id, message["params"]["cursor"].as_str()),
            "tools/call" => return self.call(id, &message["params"]),
            _ if !id.is_null() => self.error(id, -32601, "Method not found", None)?,
            _ => {}
        }
        Ok(None)
    }

    fn discover(&self, id: &Value) -> Ended {
        let mut found = json!({"resultType": "complete", "capabilities": {"tools": {}}, "ttlMs": 0, "cacheScope": "private"});
        match self.mode {
            "silent" => {}
            "exit" => return Ok(Some(3)),
            "discover-legacy-only" => {
                found["supportedVersions"] = json!(["2025-11-25", "2025-06-18"]);
                self.result(id, &found)?;
            }
            "unsup-legacy-list" => {
                let data = json!({"supported": ["2025-11-25"], "requested": "2026-07-28"});
                self.error(id, -32022, "Unsupported", Some(data))?;
            }
            "discover-garbage" => self.result(id, &json!({"hello": 1}))?,
            mode if mode.starts_with("modern") => {
                found["supportedVersions"] = json!(["2026-07-28"]);
                found["_meta"] =
                    json!({"io.modelcontextprotocol/serverInfo": {"name": "odd", "version": "0"}});
                self.result(id, &found)?;
            }
            _ => self.error(id, -32601, "nope", None)?,
        }
        Ok(None)
    }

    fn initialize(&self, id: &Value, message: &Value) -> io::Result<()> {
        if self.mode == "hang-initialize" {
            return Ok(());
        }
        let version = if self.mode == "future" {
            json!("2031-01-01")
        } else {
            message["params"]["protocolVersion"].clone()
        };
        let result = json!({
            "protocolVersion": version,
            "capabilities": {"tools": if self.mode == "changing" { json!({"listChanged": true}) } else { json!({}) }},
            "serverInfo": {"name": "odd", "version": "0"},
        });
        // Right in every mode: what is odd comes after it.
        self.out.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}))
    }

    fn initialized(&self) -> io::Result<()> {
        match self.mode {
            "flood-stdout" => {
                let out = self.out.clone();
                let note = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "flood"}});
                std::thread::spawn(move || while out.send(&note).is_ok() {});
            }
            "batch-requests" => self.out.send(&json!([
                {"jsonrpc": "2.0", "id": "b1", "method": "ping"},
                {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"},
                {"jsonrpc": "2.0", "id": "b2", "method": "roots/list"},
            ]))?,
            _ => {}
        }
        Ok(())
    }

    fn list(&mut self, id: &Value, cursor: Option<&str>) -> Ended {
        let tools = lists::tools(self.mode, cursor, self.called, "http://127.0.0.1:9");
        let whole = [format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#).as_bytes(), &tools, b"}\n"].concat();
        match self.mode {
            "hang-list" => {}
            "die" => return Ok(Some(9)),
            "half-line" | "half-line-exit" => {
                self.out.raw(whole.get(..whole.len() / 2).unwrap_or_default())?;
                if self.mode == "half-line-exit" {
                    return Ok(Some(0));
                }
                self.mute = true;
            }
            "noid-error" => {
                self.out
                    .send(&json!({"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}}))?;
            }
            "stringid" => self.reply(&json!(id.to_string()), &tools)?,
            "unknownid" => {
                self.result(&json!(9999), &json!({"tools": []}))?;
                self.reply(id, &tools)?;
            }
            "batch" => {
                let note = r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#;
                let whole = whole.strip_suffix(b"\n").unwrap_or(&whole);
                self.out.raw(&[b"[", note.as_bytes(), b",", whole, b"]\n"].concat())?;
            }
            "multiline" => {
                let value: Value = serde_json::from_slice(&whole)?;
                self.out.raw(format!("{}\n", serde_json::to_string_pretty(&value)?).as_bytes())?;
            }
            mode if mode.starts_with("modern") => {
                let mut result: Value = serde_json::from_slice(&tools)?;
                let kind = if mode == "modern-resulttype" { "surprise" } else { "complete" };
                result["resultType"] = kind.into();
                result["ttlMs"] = 0.into();
                result["cacheScope"] = "private".into();
                self.result(id, &result)?;
            }
            _ => self.reply(id, &tools)?,
        }
        Ok(None)
    }

    fn call(&mut self, id: &Value, params: &Value) -> Ended {
        match self.mode {
            "hang-call" => return Ok(None),
            "exit-in-call" => return Ok(Some(7)),
            "flood-line" => {
                self.out.raw(
                    format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":""#)
                        .as_bytes(),
                )?;
                // Ends when the client closes the pipe.
                loop {
                    self.out.raw(&[b'x'; 64 * 1024])?;
                }
            }
            "progress" => {
                let token = &params["_meta"]["progressToken"];
                for step in 0..200 {
                    let progress = json!({"progressToken": token, "progress": step, "total": 200});
                    self.out.send(
                        &json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress}),
                    )?;
                }
            }
            "modern-push" => self.out.send(&json!({
                "jsonrpc": "2.0", "id": "s1", "method": "elicitation/create",
                "params": {"message": "m", "requestedSchema": {"type": "object", "properties": {}}},
            }))?,
            "env" => {
                self.result(id, &json!({"content": [{"type": "text", "text": environment()?}]}))?;
                return Ok(None);
            }
            _ => {}
        }
        self.called = true;
        if self.mode.starts_with("modern") {
            self.result(id, &json!({"content": [{"type": "text", "text": "ok"}], "resultType": "complete"}))?;
        } else {
            self.reply(id, &calls::result(self.mode))?;
        }
        if self.mode == "changing" {
            self.out.send(&json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}))?;
        }
        Ok(None)
    }

    fn result(&self, id: &Value, result: &Value) -> io::Result<()> {
        self.reply(id, result.to_string().as_bytes())
    }

    /// An answer, or what the mode makes of it.
    fn reply(&self, id: &Value, result: &[u8]) -> io::Result<()> {
        let (before, after) = match self.mode {
            "wrong-id" => (r#"{"jsonrpc":"2.0","id":424242,"result":"#.to_owned(), "}\n"),
            "no-jsonrpc" => (format!(r#"{{"id":{id},"result":"#), "}\n"),
            "result-and-error" => (
                format!(
                    r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32603,"message":"both"}},"result":"#
                ),
                "}\n",
            ),
            "not-an-object" => return self.out.raw(b"null\n42\n\"text\"\n[]\ntrue\n"),
            _ => (format!(r#"{{"jsonrpc":"2.0","id":{id},"result":"#), "}\n"),
        };
        self.out.raw(&[before.as_bytes(), result, after.as_bytes()].concat())
    }

    fn error(&self, id: &Value, code: i32, message: &str, data: Option<Value>) -> io::Result<()> {
        let mut error = json!({"code": code, "message": message});
        if let Some(data) = data {
            error["data"] = data;
        }
        self.out.send(&json!({"jsonrpc": "2.0", "id": id, "error": error}))
    }
}

fn eprint(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, without a runtime: it is to be slow")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, told so by the test that starts it")]
fn slow_start() -> Duration {
    let told = std::env::var("ODD_MCP_SLOW_MS").ok().and_then(|text| text.parse().ok());
    Duration::from_millis(told.unwrap_or(12_000))
}

/// The environment it was started in and its working directory, sorted.
#[expect(clippy::disallowed_methods, reason = "to show what a client starts its servers with")]
fn environment() -> io::Result<String> {
    let mut lines: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    lines.sort();
    lines.push(format!("cwd={}", std::env::current_dir()?.display()));
    Ok(lines.join("\n"))
}

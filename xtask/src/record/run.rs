//! Records one case: starts the run, watches its execution record, answers its questions.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    cases::{Auth, Case, Then},
    chat,
    redact::Ids,
    wire::{Ask, Exchange, exchange, now},
};

/// Between two looks at a running execution.
const LOOK: Duration = Duration::from_millis(100);
/// Longest that a case may take.
const PATIENCE: Duration = Duration::from_secs(100);
/// What a browser says; n8n ignores callers of its approval links that look like programs.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";

pub(super) struct Recorder<'a> {
    base: &'a str,
    state: &'a Value,
    version: &'a str,
    key: String,
}

pub(super) struct Recorded {
    pub(super) pair: Value,
    pub(super) ids: Ids,
    pub(super) traceparent: String,
    pub(super) summary: String,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(base: &'a str, state: &'a Value, version: &'a str) -> Result<Self, String> {
        let key = state["apiKey"].as_str().ok_or("the state file holds no apiKey")?.to_owned();
        Ok(Self { base, state, version, key })
    }

    fn get(&self, path: &str, key: &str) -> Result<Exchange, String> {
        exchange(&Ask {
            method: "GET".to_owned(),
            url: format!("{}{path}", self.base),
            headers: vec![("X-N8N-API-KEY".to_owned(), key.to_owned())],
            body: None,
            idle: Duration::from_secs(20),
        })
    }

    fn api(&self, path: &str) -> Result<Option<Value>, String> {
        let answer = self.get(&format!("/api/v1{path}"), &self.key)?;
        Ok(if answer.status() == 200 { answer.json() } else { None })
    }

    pub(super) fn workflows(&self) -> Result<Value, String> {
        let list = self.api("/workflows?limit=250")?.ok_or("the list of workflows was refused")?;
        let names = self.state["wf"].as_object().cloned().unwrap_or_default();
        let files: serde_json::Map<String, Value> = names
            .iter()
            .filter_map(|(file, workflow)| {
                Some((workflow["id"].as_str()?.to_owned(), Value::from(file.clone())))
            })
            .collect();
        Ok(json!({ "n8n": self.version, "files": files, "data": list["data"] }))
    }

    pub(super) fn discover(&self, key: &str) -> Result<Value, String> {
        Ok(self.get("/api/v1/discover", self.state[key].as_str().unwrap_or_default())?.to_value())
    }

    pub(super) fn record(&self, case: &Case) -> Result<Recorded, String> {
        let workflow = &self.state["wf"][case.workflow];
        let id = workflow["id"].as_str().ok_or("not in the state file")?;
        let url = workflow["urls"][case.url].as_object().ok_or("has no such address")?;
        let method = case.method.or(url["method"].as_str()).unwrap_or("POST").to_owned();
        let run = uuid::Uuid::now_v7().simple().to_string();
        let traceparent = format!("00-{run}-{}-01", &run[16..]);
        let mut headers = vec![("traceparent".to_owned(), traceparent.clone())];
        headers.extend(case.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        headers.extend(self.authorization(case.auth));
        let ask = Ask {
            method,
            url: url["url"].as_str().unwrap_or_default().replace(":orderId", "4711") + case.query,
            headers,
            body: (!case.body.is_empty()).then(|| case.body.to_owned()),
            idle: Duration::from_secs(case.idle_s),
        };
        let before = self.newest()?;
        let mut watch = Watch { recorder: self, workflow: id, traceparent: &traceparent, before, id: None };
        let mut segments = vec![watch.segment("start", move || ask_once(&ask))?];
        for then in case.then {
            let nothing = || format!("nothing to answer with {then:?}: {}", state_of(&segments));
            let segment = if let Then::Chat(answer) = then {
                let url = self.chat_url(case, &segments, watch.id.as_deref()).ok_or_else(nothing)?;
                watch.segment("chat", move || chat::converse(&url, answer))?
            } else {
                let ask = self.answer(then, &segments, watch.id.as_deref()).ok_or_else(nothing)?;
                watch.segment("answer", move || ask_once(&ask))?
            };
            segments.push(segment);
        }
        let (subs, mut ids) = self.sub_executions(&segments)?;
        let gone = match &watch.id {
            Some(id) => {
                ids.executions.insert(0, (id.clone(), "<EXECUTION_ID>".to_owned()));
                self.api(&format!("/executions/{id}"))?.is_none()
            }
            None => false,
        };
        ids.resume_token =
            last(&segments).and_then(|record| record["data"]["resumeToken"].as_str()).map(str::to_owned);
        let summary = format!("execution {:?} {}", watch.id, state_of(&segments));
        let pair = json!({
            "name": case.name, "note": case.note, "n8n": self.version,
            "workflow": case.workflow, "workflow_id": id, "gone": gone, "segments": segments, "sub_executions": subs,
        });
        Ok(Recorded { pair, ids, traceparent, summary })
    }

    /// The newest execution of all. n8n 1.x hides waiting runs from its lists, so look behind the newest listed.
    fn newest(&self) -> Result<u64, String> {
        let list = self.api("/executions?limit=1")?;
        let mut newest =
            list.and_then(|list| list["data"][0]["id"].as_str()?.parse().ok()).unwrap_or_default();
        while self.api(&format!("/executions/{}", newest + 1))?.is_some() {
            newest += 1;
        }
        Ok(newest)
    }

    fn authorization(&self, auth: Auth) -> Option<(String, String)> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let secret = |name: &str| self.state["secrets"][name].as_str().unwrap_or_default();
        match auth {
            Auth::None => None,
            Auth::Basic => {
                let pair = STANDARD.encode(format!("{}:{}", secret("basicUser"), secret("basicPassword")));
                Some(("Authorization".to_owned(), format!("Basic {pair}")))
            }
            Auth::Header => Some((secret("headerName").to_owned(), secret("headerValue").to_owned())),
        }
    }

    /// The call that answers what the execution waits for.
    fn answer(&self, then: &Then, segments: &[Value], id: Option<&str>) -> Option<Ask> {
        let record = last(segments)?;
        let (method, url, body) = match then {
            Then::Resume(method, body) => {
                let signature = record["data"]["resumeToken"].as_str();
                let signature = signature.map(|token| format!("?signature={token}")).unwrap_or_default();
                let url = format!("{}/webhook-waiting/{}{signature}", self.base, id?);
                (*method, url, (!body.is_empty()).then(|| (*body).to_owned()))
            }
            Then::Approve(yes) => ("GET", link(&record.to_string(), *yes)?, None),
            Then::Chat(_) => return None,
        };
        let headers = vec![("User-Agent".to_owned(), BROWSER.to_owned())];
        Some(Ask { method: method.to_owned(), url, headers, body, idle: Duration::from_secs(20) })
    }

    /// The websocket of a hosted chat.
    fn chat_url(&self, case: &Case, segments: &[Value], id: Option<&str>) -> Option<String> {
        let body: Value = serde_json::from_str(case.body).ok()?;
        let token = last(segments)?["data"]["resumeToken"].as_str();
        let token = token.map(|token| format!("&token={token}")).unwrap_or_default();
        let host = self.base.strip_prefix("http://")?;
        let session = body["sessionId"].as_str()?;
        Some(format!("ws://{host}/chat?sessionId={session}&executionId={}&isPublic=true{token}", id?))
    }

    /// The executions of sub-workflows that the last record names.
    fn sub_executions(&self, segments: &[Value]) -> Result<(Vec<Value>, Ids), String> {
        let (mut subs, mut ids) = (Vec::new(), Ids::default());
        let text = last(segments).map(Value::to_string).unwrap_or_default();
        for part in text.split("\"subExecution\":").skip(1) {
            let Some(id) = part.split("\"executionId\":\"").nth(1).and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            if ids.executions.iter().any(|(known, _)| known == id) {
                continue;
            }
            ids.executions.push((id.to_owned(), format!("<SUB_EXECUTION_{}>", subs.len() + 1)));
            subs.push(
                self.api(&format!("/executions/{id}?includeData=true"))?.map(brief).unwrap_or_default(),
            );
        }
        Ok((subs, ids))
    }
}

struct Watch<'a> {
    recorder: &'a Recorder<'a>,
    workflow: &'a str,
    traceparent: &'a str,
    /// The newest execution before the run: n8n 1.x keeps no trace context, so there the next one is ours.
    before: u64,
    id: Option<String>,
}

impl Watch<'_> {
    /// One call, and the execution record as it changes until it ends, waits, or is gone.
    fn segment(
        &mut self,
        what: &str,
        call: impl FnOnce() -> Result<Value, String> + Send + 'static,
    ) -> Result<Value, String> {
        let (sender, receiver) = mpsc::channel();
        let worker = thread::spawn(move || {
            let _ = sender.send(call());
        });
        let (begin, recorded_at) = (Instant::now(), now());
        let (mut snapshots, mut seen) = (Vec::<Value>::new(), String::new());
        let mut answer: Option<Value> = None;
        let mut settled = 0;
        while begin.elapsed() < PATIENCE {
            if answer.is_none() {
                answer = receiver.try_recv().ok().transpose()?;
            }
            if self.id.is_none() {
                self.id = self.find()?;
            }
            if let Some(id) = &self.id {
                let Some(record) = self.recorder.api(&format!("/executions/{id}?includeData=true"))? else {
                    if answer.is_some() {
                        break;
                    }
                    thread_pause();
                    continue;
                };
                let mark = mark(&record);
                let rests = record["stoppedAt"].is_string() && !wakes_soon(&record);
                if mark != seen {
                    seen = mark;
                    settled = 0;
                    let t_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
                    snapshots.push(json!({ "t_ms": t_ms, "execution": brief(record) }));
                } else if rests && answer.is_some() {
                    settled += 1;
                }
            } else if answer.is_some() {
                settled += 1;
            }
            // A record that waits may still go on by itself for a moment: look again before believing it.
            if settled > 8 {
                break;
            }
            thread_pause();
        }
        let answer = match answer {
            Some(answer) => answer,
            None => receiver.recv_timeout(PATIENCE).map_err(|_| "the call never ended")??,
        };
        worker.join().map_err(|_| "the recording thread failed")?;
        let mut segment = answer;
        segment["what"] = what.into();
        segment["recorded_at"] = recorded_at.into();
        segment["snapshots"] = snapshots.into();
        Ok(segment)
    }

    fn find(&self) -> Result<Option<String>, String> {
        for status in ["&status=running", "&status=new", ""] {
            let path = format!("/executions?workflowId={}{status}&limit=5", self.workflow);
            let Some(list) = self.recorder.api(&path)? else { continue };
            for row in list["data"].as_array().into_iter().flatten() {
                let Some(id) = row["id"].as_str() else { continue };
                if id.parse::<u64>().is_ok_and(|id| id <= self.before) {
                    continue;
                }
                if self.recorder.version.starts_with("1.") {
                    return Ok(Some(id.to_owned()));
                }
                let record = self.recorder.api(&format!("/executions/{id}"))?.unwrap_or_default();
                if record["tracingContext"]["traceparent"] == self.traceparent {
                    return Ok(Some(id.to_owned()));
                }
            }
        }
        // n8n 1.x lists no run that waits: there the next numbers are tried.
        for id in (self.before + 1..self.before + 4).filter(|_| self.recorder.version.starts_with("1.")) {
            let record = self.recorder.api(&format!("/executions/{id}"))?.unwrap_or_default();
            if record["workflowId"] == self.workflow {
                return Ok(Some(id.to_string()));
            }
        }
        Ok(None)
    }
}

fn ask_once(ask: &Ask) -> Result<Value, String> {
    Ok(json!({ "exchange": exchange(ask)?.to_value() }))
}

fn thread_pause() {
    thread::sleep(LOOK);
}

fn last(segments: &[Value]) -> Option<&Value> {
    segments
        .iter()
        .rev()
        .find_map(|segment| segment["snapshots"].as_array()?.last())
        .map(|last| &last["execution"])
}

fn state_of(segments: &[Value]) -> String {
    let counts: Vec<String> = segments
        .iter()
        .map(|segment| {
            format!(
                "{} {} chunks, {}, {} snapshots",
                segment["exchange"]["response"]["status"],
                segment["exchange"]["chunks"].as_array().map_or(0, Vec::len),
                segment["exchange"]["end"].as_str().unwrap_or_default(),
                segment["snapshots"].as_array().map_or(0, Vec::len)
            )
        })
        .collect();
    let status = last(segments).map_or("no record", |record| record["status"].as_str().unwrap_or("?"));
    format!("{status} ({})", counts.join("; "))
}

/// What must change for a record to be worth keeping.
fn mark(record: &Value) -> String {
    let runs = &record["data"]["resultData"]["runData"];
    let nodes: Vec<String> = runs
        .as_object()
        .into_iter()
        .flatten()
        .map(|(node, runs)| {
            let states: Vec<_> =
                runs.as_array().into_iter().flatten().map(|run| run["executionStatus"].to_string()).collect();
            format!("{node}={}", states.join(","))
        })
        .collect();
    format!("{} {} {} {}", record["status"], record["stoppedAt"], record["waitTill"], nodes.join(" "))
}

/// The record without the copy of the workflow (it is in the list of workflows) and the engine's own stack.
fn brief(mut record: Value) -> Value {
    if let Some(fields) = record.as_object_mut() {
        fields.remove("workflowData");
        if let Some(data) = fields.get_mut("data").and_then(Value::as_object_mut) {
            data.remove("executionData");
        }
    }
    record
}

/// The link of a button, as it stands in a record.
fn link(text: &str, yes: bool) -> Option<String> {
    let mark = format!("approved={yes}");
    text.split("http").skip(1).find_map(|part| {
        let end = part.find(['"', '\\', ' ', '<', ')'])?;
        let url = &part[..end];
        url.contains(&mark).then(|| format!("http{url}"))
    })
}

/// It waits for time to pass, and goes on by itself while it is watched.
fn wakes_soon(record: &Value) -> bool {
    let wakes: Option<Timestamp> = record["waitTill"].as_str().and_then(|at| at.parse().ok());
    wakes.is_some_and(|at| at < jackfield_protocol::time::now() + PATIENCE)
}

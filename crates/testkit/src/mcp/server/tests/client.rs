//! A client that knows just enough.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Revision, SimulatedMcp};

/// What came back.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    /// Messages, in order.
    pub(super) messages: Vec<Value>,
    /// Ids of events, in order; with the first one that has no data.
    pub(super) ids: Vec<String>,
    /// The body or stream broke.
    pub(super) broken: bool,
    pub(super) text: String,
}

impl Said {
    /// The last message.
    pub(super) fn last(&self) -> &Value {
        self.messages.last().unwrap_or_else(|| panic!("no message: {self:?}"))
    }

    pub(super) fn result(&self) -> &Value {
        let result = &self.last()["result"];
        assert!(!result.is_null(), "no result: {self:?}");
        result
    }

    pub(super) fn code(&self) -> i64 {
        self.last()["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {self:?}"))
    }
}

/// Reads an answer to its end.
pub(super) async fn read(mut answer: reqwest::Response) -> Said {
    let mut said = Said {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        messages: Vec::new(),
        ids: Vec::new(),
        broken: false,
        text: String::new(),
    };
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => said.text.push_str(std::str::from_utf8(&chunk).unwrap()),
            Ok(None) => break,
            Err(_) => {
                said.broken = true;
                break;
            }
        }
    }
    let streamed = said.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    if streamed {
        for line in said.text.lines() {
            if let Some(data) = line.strip_prefix("data: ").filter(|data| data.starts_with('{')) {
                said.messages.push(serde_json::from_str(data).unwrap());
            } else if let Some(id) = line.strip_prefix("id: ") {
                said.ids.push(id.to_owned());
            }
        }
    } else if let Ok(message) = serde_json::from_str(&said.text) {
        said.messages.push(message);
    }
    said
}

pub(super) fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}

const ACCEPT: &str = "application/json, text/event-stream";

/// One session of an older revision.
pub(super) struct Legacy {
    http: reqwest::Client,
    url: String,
    pub(super) session: String,
    revision: Revision,
    next: u64,
}

impl Legacy {
    pub(super) async fn connect(mcp: &SimulatedMcp, revision: Revision) -> Self {
        Self::with(
            mcp,
            revision,
            json!({"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}),
        )
        .await
    }

    pub(super) async fn with(mcp: &SimulatedMcp, revision: Revision, capabilities: Value) -> Self {
        let mut client = Self { http: http(), url: mcp.url(), session: String::new(), revision, next: 0 };
        let params = json!({"protocolVersion": revision.as_str(), "capabilities": capabilities, "clientInfo": {"name": "t", "version": "0"}});
        let said = client.ask("initialize", params).await;
        assert_eq!(said.result()["protocolVersion"], revision.as_str());
        client.session = said.headers["mcp-session-id"].to_str().unwrap().to_owned();
        client.tell("notifications/initialized", Value::Null).await;
        client
    }

    fn request(&self, method: reqwest::Method) -> reqwest::RequestBuilder {
        let request = self.http.request(method, &self.url).header("accept", ACCEPT);
        if self.session.is_empty() {
            return request;
        }
        request.header("mcp-session-id", &self.session).header("mcp-protocol-version", self.revision.as_str())
    }

    pub(super) fn post(&self, message: &Value) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::POST).body(message.to_string())
    }

    pub(super) fn message(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params})
    }

    pub(super) async fn ask(&mut self, method: &str, params: Value) -> Said {
        let message = self.message(method, params);
        read(self.post(&message).send().await.unwrap()).await
    }

    pub(super) async fn call(&mut self, tool: &str, arguments: Value) -> Said {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments, "_meta": {"progressToken": "p"}}))
            .await
    }

    pub(super) async fn tell(&self, method: &str, params: Value) {
        let message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        assert_eq!(self.post(&message).send().await.unwrap().status(), 202);
    }

    pub(super) async fn answer(&self, id: &Value, result: Value) {
        let message = json!({"jsonrpc": "2.0", "id": id, "result": result});
        assert_eq!(self.post(&message).send().await.unwrap().status(), 202);
    }

    /// Sends a request in which the server asks something, and answers each question.
    pub(super) async fn converse(
        &mut self,
        method: &str,
        params: Value,
        answer: impl Fn(&Value) -> Value,
    ) -> Said {
        let message = self.message(method, params);
        let mut response = self.post(&message).send().await.unwrap();
        let (mut text, mut answered) = (String::new(), 0);
        let headers = response.headers().clone();
        while let Some(chunk) = response.chunk().await.unwrap() {
            text.push_str(std::str::from_utf8(&chunk).unwrap());
            let questions: Vec<Value> = text
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
                .filter(|message| message.get("method").is_some() && message.get("id").is_some())
                .collect();
            for question in questions.iter().skip(answered) {
                answered += 1;
                self.answer(&question["id"], answer(question)).await;
            }
        }
        let messages =
            text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect();
        Said { status: 200, headers, messages, ids: Vec::new(), broken: false, text }
    }

    pub(super) fn get(&self, after: Option<&str>) -> reqwest::RequestBuilder {
        let request = self.request(reqwest::Method::GET);
        match after {
            Some(id) => request.header("last-event-id", id),
            None => request,
        }
    }

    pub(super) fn delete(&self) -> reqwest::RequestBuilder {
        self.request(reqwest::Method::DELETE)
    }
}

/// A client of 2026-07-28.
pub(super) struct Modern {
    http: reqwest::Client,
    url: String,
    pub(super) capabilities: Value,
    pub(super) log_level: Option<&'static str>,
}

impl Modern {
    pub(super) fn to(mcp: &SimulatedMcp) -> Self {
        let capabilities = json!({"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}});
        Self { http: http(), url: mcp.url(), capabilities, log_level: None }
    }

    pub(super) fn message(&self, method: &str, mut params: Value) -> Value {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            "progressToken": "p",
        });
        if let Some(level) = self.log_level {
            params["_meta"]["io.modelcontextprotocol/logLevel"] = level.into();
        }
        json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    }

    /// A request with all headers that it needs, and these in their place or beside them.
    pub(super) fn post(&self, message: &Value, headers: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let params = &message["params"];
        let mut all = vec![
            ("accept", ACCEPT.to_owned()),
            ("mcp-protocol-version", "2026-07-28".to_owned()),
            ("mcp-method", message["method"].as_str().unwrap().to_owned()),
        ];
        if let Some(name) = params["name"].as_str().or_else(|| params["uri"].as_str()) {
            all.push(("mcp-name", name.to_owned()));
        }
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        let own = all.iter().map(|(name, value)| (*name, value.as_str())).chain(headers.iter().copied());
        let request = self.http.post(&self.url).body(message.to_string());
        own.filter(|(_, value)| !value.is_empty())
            .fold(request, |request, (name, value)| request.header(name, value))
    }

    pub(super) async fn ask(&self, method: &str, params: Value) -> Said {
        read(self.post(&self.message(method, params), &[]).send().await.unwrap()).await
    }

    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Said {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments})).await
    }
}

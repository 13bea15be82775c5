//! A server that gives scripted answers.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{Answer, Rule};
use crate::http::{Flow, Request, Server, Service, Wire};

/// A server on 127.0.0.1 that gives scripted answers and writes down every request. Dropping it ends it.
#[derive(Debug)]
pub struct ReplayServer {
    server: Server,
    script: Arc<Script>,
}

#[derive(Debug, Default)]
struct Script {
    routes: Mutex<Vec<Route>>,
    unexpected: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Route {
    method: String,
    path: String,
    answers: VecDeque<Answer>,
}

impl Route {
    fn fits(&self, request: &Request) -> bool {
        let path = match self.path.strip_suffix('*') {
            Some(prefix) => request.path.starts_with(prefix),
            None => request.path == self.path,
        };
        path && (self.method == "*" || self.method == request.method)
    }
}

impl ReplayServer {
    /// Starts without any answer: every request gets 404 and counts as unexpected.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let script = Arc::new(Script::default());
        let server = Server::start(script.clone()).await?;
        Ok(Self { server, script })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Adds an answer for a method (`*`: any) and a path (`*` at its end: any that begins so). Answers of the
    /// same route are given one after the other; the last one again and again. Routes are tried in order.
    pub fn on(&self, method: &str, path: &str, answer: Answer) {
        let mut routes = self.script.routes.lock().unwrap_or_else(PoisonError::into_inner);
        match routes.iter_mut().find(|route| route.method == method && route.path == path) {
            Some(route) => route.answers.push_back(answer),
            None => routes.push(Route {
                method: method.to_owned(),
                path: path.to_owned(),
                answers: VecDeque::from([answer]),
            }),
        }
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests().all()
    }

    /// Waits until `enough` holds for what was asked.
    pub async fn until(&self, enough: impl Fn(&[Request]) -> bool) {
        self.server.requests().until(enough).await;
    }

    /// What callers did that they must not: requests without a scripted answer, and breaches of `rules`.
    #[must_use]
    pub fn violations(&self, rules: &[Rule]) -> Vec<String> {
        let requests = self.requests();
        let mut found = self.script.unexpected.lock().unwrap_or_else(PoisonError::into_inner).clone();
        found.extend(rules.iter().flat_map(|rule| rule(&requests)));
        found
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.control().open()
    }

    /// Waits until at most `count` connections are open.
    pub async fn at_most(&self, count: usize) {
        self.server.control().at_most(count).await;
    }

    /// Ends it and waits for its end.
    pub async fn shutdown(mut self) {
        self.server.shutdown().await;
    }
}

#[async_trait]
impl Service for Script {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        let answer = {
            let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
            routes.iter_mut().find(|route| route.fits(&request)).and_then(|route| {
                if route.answers.len() > 1 {
                    route.answers.pop_front()
                } else {
                    route.answers.front().cloned()
                }
            })
        };
        let Some(answer) = answer else {
            let what = format!("unexpected {} {}", request.method, request.path);
            self.unexpected.lock().unwrap_or_else(PoisonError::into_inner).push(what);
            return wire.json(404, &[], &serde_json::json!({ "message": "no answer is scripted" })).await;
        };
        answer.send(wire).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;
    use crate::{
        recording::exchange,
        replay::{Ending, Gate, Pacing, never_posted_twice},
    };

    async fn ask(server: &ReplayServer, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    const POST: &str = "POST /webhook/x HTTP/1.1\r\nHost: h\r\ntraceparent: t\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

    #[tokio::test]
    async fn chunks_come_with_their_recorded_boundaries() {
        let server = ReplayServer::start().await.unwrap();
        let recorded = exchange("wire/n8n/v2.41.1/b01-agent.json").unwrap();
        server.on("POST", "/webhook/*", Answer::recorded(&recorded).unwrap());
        let mut got = Vec::new();
        ask(&server, POST).await.read_to_end(&mut got).await.unwrap();
        let text = String::from_utf8(got).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("Transfer-Encoding: chunked"));
        let expected: String = recorded
            .chunks
            .iter()
            .map(|chunk| chunk.bytes())
            .map(|bytes| format!("{:x}\r\n{}\r\n", bytes.len(), String::from_utf8_lossy(&bytes)))
            .collect();
        assert_eq!(body, expected + "0\r\n\r\n");
        assert_eq!(server.requests()[0].body, "{}");
        server.shutdown().await;
    }

    #[tokio::test]
    async fn a_gate_holds_each_chunk_back() {
        let server = ReplayServer::start().await.unwrap();
        let recorded = exchange("wire/n8n/v2.41.1/b01-agent.json").unwrap();
        let gate = Gate::new();
        server.on("POST", "*", Answer::recorded(&recorded).unwrap().pace(Pacing::Gated(gate.clone())));
        let mut stream = ask(&server, POST).await;
        gate.let_go(2);
        gate.reached(2).await;
        let first = recorded.chunks[0].chunk.clone().unwrap();
        let mut got = vec![0; 4096];
        let mut text = String::new();
        while !text.contains(first.as_str()) {
            let count = stream.read(&mut got).await.unwrap();
            text.push_str(std::str::from_utf8(&got[..count]).unwrap());
        }
        assert!(!text.contains("\r\n0\r\n\r\n"));
        gate.open();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.ends_with(b"0\r\n\r\n"));
    }

    #[tokio::test]
    async fn it_cuts_at_the_byte_and_in_the_way_it_was_told() {
        let server = ReplayServer::start().await.unwrap();
        server.on("POST", "/webhook/x", Answer::new(200, "", "0123456789").end_after(4, Ending::Reset));
        server.on("POST", "/webhook/x", Answer::new(200, "", "0123456789").end_after(4, Ending::Close));
        let mut got = Vec::new();
        let error = ask(&server, POST).await.read_to_end(&mut got).await;
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        let mut got = Vec::new();
        ask(&server, POST).await.read_to_end(&mut got).await.unwrap();
        assert!(got.ends_with(b"\r\n\r\n0123"), "{}", String::from_utf8_lossy(&got));
        assert_eq!(server.violations(&[never_posted_twice]), ["t was sent 2 times"]);
    }

    #[tokio::test]
    async fn silence_lasts_until_the_caller_leaves() {
        let server = ReplayServer::start().await.unwrap();
        server.on("POST", "*", Answer::html(524, "A timeout occurred").ending(Ending::Silence));
        let mut stream = ask(&server, POST).await;
        let mut got = [0; 12];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"HTTP/1.1 524");
        assert_eq!(server.connections(), 1);
        drop(stream);
        tokio::time::timeout(Duration::from_secs(5), server.at_most(0)).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_scripted_is_refused_and_told() {
        let server = ReplayServer::start().await.unwrap();
        let mut got = Vec::new();
        ask(&server, POST).await.read_to_end(&mut got).await.unwrap();
        assert!(got.starts_with(b"HTTP/1.1 404"));
        assert_eq!(server.violations(&[]), ["unexpected POST /webhook/x"]);
    }
}

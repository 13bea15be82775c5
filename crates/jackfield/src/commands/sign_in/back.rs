//! The listener that a browser comes back to. It speaks as much HTTP as a redirect needs.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::SignInAnswer,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use url::Url;

/// Most bytes of a request.
const MOST: usize = 64 * 1024;

/// How long a request may take to come; browsers open connections that they do not use.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser that came back, and waits to be told how it went.
#[derive(Debug)]
pub(super) struct CameBack {
    pub(super) answer: SignInAnswer,
    pub(super) page: Page,
}

/// What the browser is shown.
#[derive(Debug)]
pub(super) struct Page(TcpStream);

impl Page {
    /// Says how it went.
    pub(super) async fn show(self, failure: Option<&Failure>) {
        let (status, title, text) = match failure {
            None => ("200 OK", "Signed in", "You are signed in. This page can be closed.".to_owned()),
            Some(failure) => {
                let hint = failure.hint.as_deref().unwrap_or_default();
                ("502 Bad Gateway", "The sign-in did not work", format!("{}\n{hint}", failure.message))
            }
        };
        answer(self.0, status, title, &text).await;
    }
}

/// Waits until a browser comes back with this state. Whatever else comes is refused and waited past.
///
/// # Errors
/// `Internal` when nothing can be accepted any more.
pub(super) async fn come_back(listener: &TcpListener, state: &str) -> Result<CameBack, Failure> {
    let (sender, mut receiver) = mpsc::channel(1);
    loop {
        let stream = tokio::select! {
            Some(came) = receiver.recv() => return Ok(came),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    return Err(Failure::new(ErrorCode::Internal, format!("The browser cannot be waited for: {error}.")));
                }
            },
        };
        let (sender, state) = (sender.clone(), state.to_owned());
        tokio::spawn(async move {
            if let Ok(Some(came)) = timeout(PATIENCE, one(stream, &state)).await {
                // Whoever waited may have given up.
                let _ = sender.send(came).await;
            }
        });
    }
}

async fn one(mut stream: TcpStream, state: &str) -> Option<CameBack> {
    let target = target(&mut stream).await?;
    let url = Url::parse("http://127.0.0.1").ok()?.join(&target).ok()?;
    let mut given = SignInAnswer::default();
    for (name, value) in url.query_pairs() {
        let value = value.into_owned();
        match name.as_ref() {
            "state" => given.state = value,
            "code" => given.code = Some(value),
            "iss" => given.iss = Some(value),
            "error" => given.error = Some(value),
            "error_description" => given.error_description = Some(value),
            _ => {}
        }
    }
    if url.path() != "/callback" {
        answer(stream, "404 Not Found", "Nothing here", "Nothing here.").await;
        return None;
    }
    if given.state != state {
        let text = "This is not the sign-in that is being waited for.";
        answer(stream, "400 Bad Request", "The sign-in did not work", text).await;
        return None;
    }
    Some(CameBack { answer: given, page: Page(stream) })
}

/// What a GET asks for.
async fn target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut buffer).await.ok()?;
        if read == 0 || head.len() > MOST {
            return None;
        }
        head.extend_from_slice(buffer.get(..read)?);
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.lines().next()?.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some("GET"), Some(target), Some(version))
            if version.starts_with("HTTP/1.") && target.starts_with('/') =>
        {
            Some(target.to_owned())
        }
        _ => None,
    }
}

async fn answer(mut stream: TcpStream, status: &str, title: &str, text: &str) {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let body = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" \
         content=\"light dark\"><title>{title}</title></head>\n<body><h1>{title}</h1>\n<pre>{}</pre></body></html>\n",
        escape(text)
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    // A browser that has gone away needs no page.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_browser_comes_back_once_and_whatever_else_comes_is_waited_past() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let waiting = tokio::spawn(async move { come_back(&listener, "s").await.unwrap() });
        // Opened and not used, as browsers do.
        let idle = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        for (request, expected) in [
            ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
            ("GET /callback?state=other&code=canary HTTP/1.1\r\n\r\n", "400"),
            ("GET /callback HTTP/1.1\r\n\r\n", "400"),
        ] {
            let answer = ask(port, request).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {expected}")) && !answer.contains("canary"),
                "{answer}"
            );
        }
        for request in ["nonsense\r\n\r\n", "POST /callback?state=s HTTP/1.1\r\n\r\n"] {
            assert_eq!(ask(port, request).await, "");
        }
        let page = tokio::spawn(async move {
            ask(port, "GET /callback?state=s&code=a%2Bb&iss=https%3A%2F%2Fp&x=y HTTP/1.1\r\nHost: h\r\n\r\n")
                .await
        });
        let came = waiting.await.unwrap();
        assert_eq!(
            (came.answer.code.as_deref(), came.answer.iss.as_deref()),
            (Some("a+b"), Some("https://p"))
        );
        let failure = Failure::new(ErrorCode::PeerUnauthorized, "<no>").hint("Try again.");
        came.page.show(Some(&failure)).await;
        let page = page.await.unwrap();
        assert!(page.contains("&lt;no&gt;\nTry again.") && page.contains("did not work"), "{page}");
        assert!(page.contains("no-store") && !page.contains("a+b"));
        drop(idle);
    }
}

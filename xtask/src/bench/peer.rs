//! A peer that streams as n8n does (newline JSON, chunked), with the time of sending in every frame.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Microseconds since 1970, by the clock that sender and reader share.
pub(super) fn now_us() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// Starts the peer; each request to a path of its own gets `frames` frames, `pause` apart.
pub(super) async fn start(frames: u32, pause: Duration) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // A reader that leaves ends its stream; that is no error of the measurement.
                let _ = serve(stream, frames, pause).await;
            });
        }
    });
    Ok((address, task))
}

async fn serve(mut stream: TcpStream, frames: u32, pause: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    let mut buffer = [0_u8; 4096];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            n => request.extend_from_slice(&buffer[..n]),
        }
    }
    if !request.starts_with(b"POST") {
        let body = r#"{"status":"ok"}"#;
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        return stream.write_all(answer.as_bytes()).await;
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    let metadata =
        r#""metadata":{"nodeId":"bench","nodeName":"AI Agent","itemIndex":0,"runIndex":0,"timestamp":0}"#;
    chunk(&mut stream, &format!("{{\"type\":\"begin\",{metadata}}}\n")).await?;
    for _ in 0..frames {
        tokio::time::sleep(pause).await;
        chunk(&mut stream, &format!("{{\"type\":\"item\",\"content\":\"@{}@ \",{metadata}}}\n", now_us()))
            .await?;
    }
    chunk(&mut stream, &format!("{{\"type\":\"end\",{metadata}}}\n")).await?;
    stream.write_all(b"0\r\n\r\n").await
}

async fn chunk(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await
}

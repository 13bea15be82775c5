//! Bounds of the listener itself.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::hub::Hub;

const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_client_that_does_not_finish_its_head_is_dropped() {
    let hub = Hub::with(|config| config.header_timeout = Duration::from_millis(50)).await;
    let server = hub.listen().await;
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: local").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection must be closed");
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_free_place() {
    let hub = Hub::with(|config| config.max_connections = 1).await;
    let server = hub.listen().await;
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut first = TcpStream::connect(server.address).await.unwrap();
    first.write_all(request).await.unwrap();
    let mut buffer = [0; 1024];
    assert!(first.read(&mut buffer).await.unwrap() > 0);
    let mut second = TcpStream::connect(server.address).await.unwrap();
    second.write_all(request).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(100), second.read(&mut buffer)).await;
    assert!(early.is_err(), "there is no place yet");
    drop(first);
    let served = tokio::time::timeout(PATIENCE, second.read(&mut buffer)).await;
    assert!(served.expect("its turn must come").unwrap() > 0);
    drop(second);
    server.stop().await;
}

#[tokio::test]
async fn shutdown_waits_for_requests_but_not_for_ever() {
    let hub = Hub::with(|config| config.shutdown_grace = Duration::from_millis(50)).await;
    let server = hub.listen().await;
    // A body that never comes.
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{{",
        hub.token
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    server.stop().await;
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection must be cut");
}

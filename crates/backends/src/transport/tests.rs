use std::{sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use reqwest::header::{HeaderMap, HeaderValue};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::testing::{self, Peer};

const CAP: usize = 4096;

fn options() -> TransportOptions {
    TransportOptions {
        ca_certificate: None,
        accept_invalid_certificates: false,
        proxy: None,
        headers: HeaderMap::new(),
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(5),
        silence: Duration::from_secs(5),
    }
}

async fn get(options: &TransportOptions, url: &str) -> Result<Answer, Failure> {
    let transport = Transport::new(options).unwrap();
    transport.json(transport.request(Method::GET, Url::parse(url).unwrap()), CAP).await
}

async fn fault(options: &TransportOptions, url: &str) -> Failure {
    let failure = get(options, url).await.unwrap_err();
    assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
    failure
}

/// An authority, and a server certificate of it for `name` that ends at the given year.
fn certificates(name: &str, until: i32) -> (String, TlsAcceptor) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    (authority.pem(), TlsAcceptor::from(Arc::new(config)))
}

async fn secure(name: &str, until: i32) -> (String, Peer) {
    let (authority, tls) = certificates(name, until);
    (authority, Peer::https(tls, |_| testing::json(200, &serde_json::json!({"ok": true}))).await)
}

/// A port where nothing listens.
async fn closed_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn what_was_provably_not_sent_is_told_apart() {
    let transport = Transport::new(&options()).unwrap();
    let refused = format!("http://127.0.0.1:{}/x?key=canary", closed_port().await);
    for (url, words) in
        [(refused.as_str(), "refused"), ("http://no-such-host.invalid/?key=canary", "not known")]
    {
        let request = transport.run_request(Method::POST, Url::parse(url).unwrap());
        let Err(SendFault::NotSent(failure)) = transport.send(request).await else {
            panic!("{url} was sent");
        };
        assert_eq!(failure.code, ErrorCode::PeerUnreachable);
        assert!(failure.message.contains(words) && !failure.message.contains("canary"), "{failure}");
    }
    let peer = Peer::http(|_| String::new()).await;
    let url = Url::parse(&format!("http://{}/?key=canary", peer.address)).unwrap();
    let Err(SendFault::MaybeSent(failure)) = transport.send(transport.run_request(Method::POST, url)).await
    else {
        panic!("an answer");
    };
    assert_eq!(failure.code, ErrorCode::PeerConnectionLost);
    assert!(!failure.message.contains("canary"), "{failure}");
}

#[tokio::test]
async fn a_private_authority_is_trusted_only_when_given() {
    let (authority, peer) = secure("localhost", 2099).await;
    let url = format!("https://localhost:{}/", peer.address.rsplit(':').next().unwrap());
    let failure = fault(&options(), &url).await;
    assert_eq!(failure.code, ErrorCode::PeerTls);
    assert!(failure.hint.unwrap().contains("ca_certificate"));
    let trusting = TransportOptions { ca_certificate: Some(authority), ..options() };
    assert!(get(&trusting, &url).await.unwrap().is_success());
    let careless = TransportOptions { accept_invalid_certificates: true, ..options() };
    assert!(get(&careless, &url).await.unwrap().is_success());
}

#[tokio::test]
async fn certificates_are_refused_with_the_reason() {
    for (name, until, words) in [("localhost", 2021, "expired"), ("other.example", 2099, "another name")] {
        let (authority, peer) = secure(name, until).await;
        let url = format!("https://localhost:{}/", peer.address.rsplit(':').next().unwrap());
        let failure = fault(&TransportOptions { ca_certificate: Some(authority), ..options() }, &url).await;
        assert_eq!(failure.code, ErrorCode::PeerTls);
        assert!(failure.message.contains(words), "{failure}");
    }
    let wrong = TransportOptions { ca_certificate: Some("not PEM".to_owned()), ..options() };
    assert_eq!(Transport::new(&wrong).unwrap_err().place.as_deref(), Some("/options/ca_certificate"));
}

#[tokio::test]
async fn tls_and_plain_http_are_not_confused() {
    let plain = Peer::http(|_| testing::json(400, &serde_json::json!({}))).await;
    let failure = fault(&options(), &format!("https://{}/", plain.address)).await;
    assert_eq!(failure.code, ErrorCode::PeerTls);
    assert!(failure.message.contains("does not speak TLS"), "{failure}");

    // What a TLS server says to plain HTTP: an alert record.
    let alert = Peer::http(|_| "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{46}".to_owned()).await;
    let failure = fault(&options(), &format!("http://{}/", alert.address)).await;
    assert_eq!(failure.code, ErrorCode::PeerTls);
    assert!(failure.hint.unwrap().contains("https://"));

    // What nginx says.
    let page = "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>";
    let nginx = Peer::http(|_| testing::answer(400, "text/html", page)).await;
    assert_eq!(fault(&options(), &format!("http://{}/", nginx.address)).await.code, ErrorCode::PeerTls);
}

#[tokio::test]
async fn deadlines_for_head_and_silence_and_a_bound_on_the_body() {
    let quick = Duration::from_millis(50);
    let mute = Peer::http(|_| "HOLD".to_owned()).await;
    let failure =
        fault(&TransportOptions { first_byte: quick, ..options() }, &format!("http://{}/", mute.address))
            .await;
    assert_eq!(failure.code, ErrorCode::PeerNoAnswer);

    let half = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let silent = Peer::http(move |_| format!("{half}HOLD")).await;
    let failure =
        fault(&TransportOptions { silence: quick, ..options() }, &format!("http://{}/", silent.address))
            .await;
    assert_eq!(failure.code, ErrorCode::PeerSilent);

    let cut = Peer::http(move |_| half.to_owned()).await;
    let failure = fault(&options(), &format!("http://{}/", cut.address)).await;
    assert_eq!(failure.code, ErrorCode::PeerConnectionLost);

    let large = Peer::http(|_| testing::answer(200, "application/json", &"1".repeat(CAP + 1))).await;
    let failure = fault(&options(), &format!("http://{}/", large.address)).await;
    assert_eq!(failure.code, ErrorCode::PeerAnswerTooLarge);
}

#[tokio::test]
async fn a_connection_that_is_not_accepted_in_time() {
    // The handshake of TLS counts to the connection: a peer that stays mute never finishes it.
    let mute = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://{}/", mute.local_addr().unwrap());
    let failure = fault(&TransportOptions { connect: Duration::from_millis(50), ..options() }, &url).await;
    assert_eq!(failure.code, ErrorCode::PeerConnectTimeout);
}

#[tokio::test]
async fn secrets_do_not_leave_the_origin_and_runs_are_not_redirected() {
    let elsewhere = Peer::http(|_| testing::json(200, &serde_json::json!({}))).await;
    let target = elsewhere.address.clone();
    let peer = Peer::http(move |head| {
        let to = if head.starts_with("GET /away") {
            format!("http://{target}/in?key=canary")
        } else {
            "/here".to_owned()
        };
        match head.starts_with("GET /here") {
            true => testing::json(200, &serde_json::json!({})),
            false => format!(
                "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ),
        }
    })
    .await;
    let mut secret = HeaderValue::from_static("canary");
    secret.set_sensitive(true);
    let headers = HeaderMap::from_iter([(header::HeaderName::from_static("x-secret"), secret)]);
    let options = TransportOptions { headers, ..options() };

    let failure = fault(&options, &format!("http://{}/away", peer.address)).await;
    assert_eq!((failure.code, failure.peer_status), (ErrorCode::PeerRejected, Some(302)));
    assert!(failure.message.contains(&elsewhere.address), "{failure}");
    assert!(elsewhere.heads().is_empty());

    assert!(get(&options, &format!("http://{}/near", peer.address)).await.unwrap().is_success());
    assert!(peer.heads().iter().all(|head| head.contains("x-secret: canary")));

    let transport = Transport::new(&options).unwrap();
    let run =
        transport.run_request(Method::POST, Url::parse(&format!("http://{}/run", peer.address)).unwrap());
    assert_eq!(transport.send(run).await.unwrap().status().as_u16(), 302);
    assert_eq!(peer.heads().iter().filter(|head| head.starts_with("POST /run")).count(), 1);
    assert!(!format!("{transport:?}").contains("canary"));
}

#[tokio::test]
async fn an_answer_is_taken_as_it_is() {
    let peer = Peer::http(|head| {
        assert!(head.contains("accept-encoding: identity") && head.contains("Mozilla/5.0"), "{head}");
        let body = "{\"message\":\"slow down\"}";
        format!("HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    })
    .await;
    let answer = get(&options(), &format!("http://{}/", peer.address)).await.unwrap();
    assert_eq!((answer.status, answer.retry_after, answer.message()), (429, Some(7), "slow down"));
    let page = Peer::http(|_| testing::answer(200, "text/plain", "no JSON")).await;
    assert_eq!(fault(&options(), &format!("http://{}/", page.address)).await.code, ErrorCode::PeerBadAnswer);
}

#[tokio::test]
async fn sockets_have_the_same_trust() {
    use futures_util::{SinkExt as _, StreamExt as _};
    let (authority, tls) = certificates("localhost", 2099);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = async {
        // The first handshake fails: the client does not know the authority.
        assert!(tls.accept(listener.accept().await.unwrap().0).await.is_err());
        let stream = tls.accept(listener.accept().await.unwrap().0).await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        let message = socket.next().await.unwrap().unwrap();
        socket.send(message).await.unwrap();
    };
    let url = Url::parse(&format!("https://localhost:{port}/chat?token=canary")).unwrap();
    let client = async {
        let Err(failure) = Transport::new(&options()).unwrap().websocket(&url).await else {
            panic!("trusted")
        };
        assert_eq!(failure.code, ErrorCode::PeerTls);
        let trusting = TransportOptions { ca_certificate: Some(authority), ..options() };
        let mut socket = Transport::new(&trusting).unwrap().websocket(&url).await.unwrap();
        socket.send("hello".into()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap().into_text().unwrap().as_str(), "hello");
    };
    tokio::join!(server, client);
}

use std::io::Write;

use reqwest::header::HeaderValue;
use serde_json::json;

use super::*;

/// Everything that is logged, however detailed.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Every secret that went over the wire so far.
fn sent(oauth: &SimulatedOauth) -> Vec<String> {
    const SECRET: &[&str] = &[
        "code",
        "code_verifier",
        "refresh_token",
        "client_secret",
        "assertion",
        "client_assertion",
        "subject_token",
    ];
    let requests = oauth.requests();
    let forms = requests.iter().filter(|request| request.method == "POST").flat_map(|request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let url = Url::parse(&format!("http://x/?{body}")).unwrap();
        url.query_pairs()
            .filter(|(name, _)| SECRET.contains(&name.as_ref()))
            .map(|(_, value)| value.into_owned())
            .collect::<Vec<_>>()
    });
    let headers = requests.iter().filter_map(|request| request.header("authorization"));
    forms.chain(headers.map(|header| header.trim_start_matches("Basic ").to_owned())).collect()
}

#[tokio::test]
async fn no_secret_comes_out_however_a_server_repeats_it() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut said = String::new();
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let options =
            OauthOptions { echo: true, methods: vec![method.to_owned()], ..OauthOptions::default() };
        let case = Case::signed_in(options).await;
        let kept = case.kept().unwrap();
        // A code that was used already, a wrong one, and a refresh that is refused.
        let begun = case.auth.begin(REDIRECT).await.unwrap();
        let mut answer = case.oauth.consent(&begun.url).unwrap();
        answer.code = Some("code-of-somebody-else".to_owned());
        said += &format!("{:?}", case.auth.finish(&back(answer)).await.unwrap_err());
        case.oauth.forget_grants();
        said += &format!("{:?} {:?}", case.call().await.unwrap_err(), case.auth);
        let mut secrets = sent(&case.oauth);
        secrets.extend(["access", "refresh"].map(|name| kept["tokens"][name].as_str().unwrap().to_owned()));
        secrets.extend(kept["client"]["secret"].as_str().map(str::to_owned));
        assert!(secrets.len() >= 6);
        let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
        for secret in secrets {
            assert!(!said.contains(&secret), "{method}: {secret} in {said}");
            assert!(!logged.contains(&secret), "{method}: {secret} was logged");
        }
    }
    assert!(said.contains("[hidden]"), "the server did repeat them: {said}");
    drop(guard);
}

#[tokio::test]
async fn secrets_of_the_hub_itself_do_not_come_out_either() {
    let options = OauthOptions {
        echo: true,
        methods: vec!["client_secret_basic".to_owned()],
        client: Some(("hub".to_owned(), Some("s3cret".to_owned()), "client_secret_basic".to_owned())),
        ..OauthOptions::default()
    };
    let case = Case::with(options, &[("client_secret", "wr0ng+secret")], |config| {
        config.client_id = Some("hub".to_owned());
        config.mode = AuthMode::ClientCredentials;
    })
    .await;
    let failure = case.call().await.unwrap_err();
    let said = format!("{failure:?} {:?} {:?}", case.auth, case.config);
    for secret in ["wr0ng+secret", "wr0ng%2Bsecret"].into_iter().map(str::to_owned).chain(sent(&case.oauth)) {
        assert!(!said.contains(&secret), "{said}");
    }
}

#[tokio::test]
async fn only_a_few_generations_of_tokens_are_looked_for() {
    let oauth = SimulatedOauth::start(OauthOptions::default()).await.unwrap();
    let secrecy = Secrecy::default();
    let host = Arc::new(Host::default());
    let config = AuthConfig::example(&oauth.server_url());
    let auth = Authorizer::new(config, &transport(), &Secrets::new(), host, secrecy.clone()).unwrap();
    for at in 0..100 {
        auth.0.learn(vec![format!("access-{at:03}"), format!("refresh-{at:03}"), "client-secret".to_owned()]);
    }
    let text = |text: &str| secrecy.text(text.to_owned());
    assert_eq!((text("access-099"), text("refresh-099")), ("[hidden]".to_owned(), "[hidden]".to_owned()));
    assert_eq!(text("access-000"), "access-000");
    assert_eq!(text("client-secret"), "[hidden]", "still used");
    assert_eq!(format!("{secrecy:?}"), "Secrecy(24 secrets)");
}

#[tokio::test]
async fn headers_of_the_backend_go_to_its_own_origin_only() {
    let oauth = SimulatedOauth::start(OauthOptions::default()).await.unwrap();
    let mut transport = transport();
    transport.headers.insert("x-gateway", HeaderValue::from_static("canary"));
    transport.headers.insert("authorization", HeaderValue::from_static("Bearer canary"));
    let config = AuthConfig::example(&oauth.server_url());
    let auth = made(&config, &transport, &Arc::default());
    let begun = auth.begin(REDIRECT).await.unwrap();
    auth.finish(&back(oauth.consent(&begun.url).unwrap())).await.unwrap();
    assert!(oauth.requests().len() >= 3);
    assert!(oauth.requests().iter().all(|request| request.header("x-gateway").is_none()));
    let own = oauth.resource_requests();
    assert!(!own.is_empty() && own.iter().all(|request| request.header("x-gateway") == Some("canary")));
    let all = oauth.requests().into_iter().chain(own);
    assert!(all.into_iter().all(|request| request.header("authorization").is_none()));
    assert!(!format!("{auth:?}").contains("canary"));
}

#[tokio::test]
async fn a_peer_s_words_are_short_and_on_one_line() {
    let case = Case::start(OauthOptions::default()).await;
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    let answer = SignInAnswer {
        state: begun.state,
        error: Some("server_error\r\nX: y".to_owned()),
        error_description: Some("long ".repeat(1000)),
        iss: Some(case.oauth.issuer()),
        code: None,
    };
    let failure = case.auth.finish(&answer).await.unwrap_err();
    assert!(failure.message.len() < 600 && !failure.message.contains('\n'), "{failure}");
    case.oauth.refuse_tokens(Some((400, json!({"error": "x\ny", "error_description": "z".repeat(100_000)}))));
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    let failure = case.auth.finish(&back(case.oauth.consent(&begun.url).unwrap())).await.unwrap_err();
    assert!(failure.message.len() < 700 && !failure.message.contains('\n'), "{failure}");
}

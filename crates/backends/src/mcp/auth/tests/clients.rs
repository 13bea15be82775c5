use jackfield_testkit::oauth::Layout;

use super::*;

const DOCUMENT: &str = "https://hub.example.com/client.json";

fn methods(methods: &[&str]) -> Vec<String> {
    methods.iter().map(|method| (*method).to_owned()).collect()
}

#[tokio::test]
async fn a_registered_client_shows_itself_in_the_way_that_the_server_takes() {
    for method in ["none", "client_secret_basic", "client_secret_post"] {
        let case =
            Case::signed_in(OauthOptions { methods: methods(&[method]), ..OauthOptions::default() }).await;
        assert_eq!(case.oauth.violations(), Vec::<String>::new(), "{method}");
    }
}

#[tokio::test]
async fn a_registered_client_with_a_secret_still_refreshes_after_a_restart() {
    let options = OauthOptions { methods: methods(&["client_secret_basic"]), ..OauthOptions::default() };
    let mut case = Case::signed_in(options).await;
    case.restart();
    assert!(matches!(case.auth.state(), AuthState::SignedIn { .. }));
    case.oauth.forget_access();
    case.call().await.unwrap();
    case.restart();
    case.oauth.forget_access();
    case.call().await.unwrap();
    assert_eq!((case.oauth.grants("refresh_token").len(), case.oauth.clients()), (2, 1));
    assert_eq!(case.oauth.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_is_described_by_a_document_needs_no_registration() {
    for (documents, layout) in [(true, Layout::Advertised), (true, Layout::Own), (false, Layout::Advertised)]
    {
        let options = OauthOptions { documents, layout, ..OauthOptions::default() };
        let case =
            Case::with(options, &[], |config| config.client_metadata_url = Some(DOCUMENT.to_owned())).await;
        let url = case.sign_in().await;
        case.call().await.unwrap();
        assert_eq!(parameter(&url, "client_id").as_deref() == Some(DOCUMENT), documents);
    }
    let options = OauthOptions { documents: true, ..OauthOptions::default() };
    let case =
        Case::with(options, &[], |config| config.client_metadata_url = Some("https://hub/".to_owned())).await;
    assert_eq!(case.auth.begin(REDIRECT).await.unwrap_err().code, ErrorCode::InvalidConfig);
}

#[tokio::test]
async fn a_client_that_was_entered_goes_before_all_others() {
    for (method, secret) in
        [("client_secret_basic", Some("s3cr/t &")), ("client_secret_post", Some("s3cret")), ("none", None)]
    {
        let options = OauthOptions {
            methods: methods(&[method]),
            documents: true,
            client: Some(("entered".to_owned(), secret.map(str::to_owned), method.to_owned())),
            ..OauthOptions::default()
        };
        let secrets: Vec<(&str, &str)> = secret.map(|secret| ("client_secret", secret)).into_iter().collect();
        let mut case = Case::with(options, &secrets, |config| {
            config.client_id = Some("entered".to_owned());
            config.client_metadata_url = Some(DOCUMENT.to_owned());
        })
        .await;
        let url = case.sign_in().await;
        assert_eq!(parameter(&url, "client_id").as_deref(), Some("entered"));
        case.restart();
        case.oauth.forget_access();
        case.call().await.unwrap();
        assert_eq!(case.oauth.clients(), 1);
        assert!(!case.kept().unwrap().to_string().contains("s3cr"), "an entered secret is kept once");
    }
}

#[tokio::test]
async fn a_server_that_registers_nobody_says_what_to_enter() {
    for layout in [Layout::Advertised, Layout::Bare] {
        let case = Case::start(OauthOptions { registration: false, layout, ..OauthOptions::default() }).await;
        assert!(case.call().await.is_err());
        let failure = case.auth.begin(REDIRECT).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::InvalidConfig);
        assert!(failure.hint.unwrap().contains(REDIRECT));
    }
}

#[tokio::test]
async fn a_registration_is_used_again_where_it_is_still_good() {
    let mut case = Case::signed_in(OauthOptions::default()).await;
    case.sign_in().await;
    case.restart();
    case.sign_in().await;
    assert_eq!(case.oauth.clients(), 1);
    // To another place.
    case.auth.begin("https://hub.example.com/back").await.unwrap();
    assert_eq!(case.oauth.clients(), 2);
    // It was not finished: perhaps the person saw that the client is unknown there.
    let mut case = Case::signed_in(OauthOptions::default()).await;
    case.oauth.forget_clients();
    case.restart();
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    assert_eq!(case.oauth.consent(&begun.url), Err("unknown client".to_owned()));
    case.sign_in().await;
    case.call().await.unwrap();
}

#[tokio::test]
async fn a_server_that_forgot_the_client_gets_a_new_one() {
    let case = Case::signed_in(OauthOptions::default()).await;
    case.oauth.forget_clients();
    case.oauth.forget_grants();
    let failure = case.call().await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerSignIn);
    assert_eq!(case.kept(), None, "the client is no longer good either");
    case.sign_in().await;
    case.call().await.unwrap();
    assert_eq!(case.oauth.clients(), 1);
}

#[tokio::test]
async fn a_second_redirect_address_of_the_same_kind_is_registered_too() {
    let other = "http://localhost:9000/back";
    let case =
        Case::with(OauthOptions::default(), &[], |config| config.redirect_default = Some(other.to_owned()))
            .await;
    case.sign_in().await;
    case.auth.begin(other).await.unwrap();
    assert_eq!(case.oauth.clients(), 1);
    let web =
        |config: &mut AuthConfig| config.redirect_default = Some("https://hub.example.com/back".to_owned());
    let case = Case::with(OauthOptions::default(), &[], web).await;
    case.sign_in().await;
    let registered = case.oauth.requests().iter().find_map(|request| request.json()).unwrap();
    assert_eq!(registered["redirect_uris"], serde_json::json!([REDIRECT]));
    assert_eq!(registered["application_type"], "native");
}

#[tokio::test]
async fn a_server_that_moves_its_sign_in_gets_nothing_of_the_old_one() {
    let case = Case::signed_in(OauthOptions::default()).await;
    let old = case.kept().unwrap();
    let elsewhere = OauthOptions { resource: Some(case.oauth.resource()), ..OauthOptions::default() };
    let new = SimulatedOauth::start(elsewhere).await.unwrap();
    case.oauth.move_to(&new.issuer());
    case.oauth.forget_access();
    let failure = case.call().await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerSignIn);
    assert!(failure.message.contains(&new.issuer()), "{failure}");
    assert!(case.oauth.grants("refresh_token").is_empty());
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    case.auth.finish(&back(new.consent(&begun.url).unwrap())).await.unwrap();
    call(&case.auth, &new).await.unwrap();
    let sent: String = new
        .requests()
        .iter()
        .map(|request| format!("{} {}", request.query, String::from_utf8_lossy(&request.body)))
        .collect();
    for secret in ["/client/id", "/tokens/access", "/tokens/refresh"] {
        assert!(!sent.contains(old.pointer(secret).unwrap().as_str().unwrap()), "{secret}");
    }
    assert_eq!(new.clients(), 1);
}

#[tokio::test]
async fn an_entered_secret_is_shown_only_where_it_was_entered_for() {
    let options = || OauthOptions {
        methods: methods(&["client_secret_post"]),
        client: Some(("entered".to_owned(), Some("s3cret".to_owned()), "client_secret_post".to_owned())),
        ..OauthOptions::default()
    };
    let secrets = [("client_secret", "s3cret")];
    let case = Case::with(options(), &secrets, |config| config.client_id = Some("entered".to_owned())).await;
    case.sign_in().await;
    let new = SimulatedOauth::start(OauthOptions { resource: Some(case.oauth.resource()), ..options() })
        .await
        .unwrap();
    case.oauth.move_to(&new.issuer());
    case.oauth.forget_access();
    assert!(case.call().await.is_err());
    let failure = case.auth.begin(REDIRECT).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::InvalidConfig);
    assert!(failure.message.contains(&new.issuer()), "{failure}");
    assert!(new.requests().iter().all(|request| request.method == "GET"));
    // A person who says that the new one is right signs out first.
    case.auth.sign_out().await.unwrap();
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    case.auth.finish(&back(new.consent(&begun.url).unwrap())).await.unwrap();
    // It was entered for another one from the start.
    let bound = |config: &mut AuthConfig| {
        config.client_id = Some("entered".to_owned());
        config.client_issuer = Some("https://as.example.com".to_owned());
    };
    let case = Case::with(options(), &secrets, bound).await;
    assert_eq!(case.auth.begin(REDIRECT).await.unwrap_err().code, ErrorCode::InvalidConfig);
}

#[tokio::test]
async fn what_was_kept_is_not_used_for_another_server_or_client() {
    let case = Case::signed_in(OauthOptions::default()).await;
    let bearer = |config: AuthConfig| {
        let auth = made(&config, &case.transport, &case.host);
        async move { auth.bearer().await.unwrap() }
    };
    assert!(bearer(case.config.clone()).await.is_some());
    let elsewhere = Url::parse("https://evil.example.com/mcp").unwrap();
    assert_eq!(bearer(AuthConfig { server_url: elsewhere, ..case.config.clone() }).await, None);
    let entered = AuthConfig { client_id: Some("entered".to_owned()), ..case.config.clone() };
    assert_eq!(bearer(entered).await, None);
    case.host.kept.lock().unwrap().set("oauth", "{\"version\":1".to_owned().into());
    assert_eq!(bearer(case.config.clone()).await, None, "what cannot be read is no sign-in");
}

use rcgen::KeyPair;
use serde_json::json;

use super::*;

fn known(secret: Option<&str>, method: &str) -> OauthOptions {
    OauthOptions {
        methods: vec![method.to_owned()],
        registration: false,
        client: Some(("hub".to_owned(), secret.map(str::to_owned), method.to_owned())),
        challenge_scope: Some("basic".to_owned()),
        ..OauthOptions::default()
    }
}

async fn case(options: OauthOptions, secrets: &[(&str, &str)], mode: AuthMode) -> Case {
    Case::with(options, secrets, |config| {
        config.client_id = Some("hub".to_owned());
        config.mode = mode;
    })
    .await
}

#[tokio::test]
async fn the_hub_signs_in_by_itself_with_a_secret() {
    for method in ["client_secret_basic", "client_secret_post"] {
        let case =
            case(known(Some("s3cret"), method), &[("client_secret", "s3cret")], AuthMode::ClientCredentials)
                .await;
        assert_eq!(case.auth.state(), AuthState::NotAsked);
        case.call().await.unwrap();
        case.call().await.unwrap();
        let asked = case.oauth.grants("client_credentials");
        assert_eq!(asked.len(), 1);
        assert!(asked[0].contains(&("scope".to_owned(), "basic".to_owned())));
        assert!(asked[0].contains(&("resource".to_owned(), case.oauth.resource())));
        case.oauth.forget_access();
        case.call().await.unwrap();
        assert_eq!(case.oauth.grants("client_credentials").len(), 2);
        assert_eq!(case.kept().unwrap()["tokens"], Value::Null, "can be had again at any time");
        assert_eq!(case.host.writes.load(Ordering::SeqCst), 1, "where from is kept, once");
        assert!(case.auth.begin(REDIRECT).await.is_err(), "nobody has to");
        assert_eq!(case.oauth.violations(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_hub_renews_its_own_tokens_before_they_end() {
    let options = OauthOptions { lifetime: Some(1), ..known(Some("s3cret"), "client_secret_post") };
    let case = case(options, &[("client_secret", "s3cret")], AuthMode::ClientCredentials).await;
    case.auth.challenged(None, 401, None).await.unwrap();
    // It ends within a second; each try either takes it or gets a new one.
    let mut time = tokio::time::interval(Duration::from_millis(50));
    while case.oauth.grants("client_credentials").len() < 3 {
        time.tick().await;
        case.auth.bearer().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_hub_signs_in_by_itself_with_a_signature() {
    let key = KeyPair::generate().unwrap();
    let mode = AuthMode::PrivateKeyJwt { algorithm: Algorithm::Es256, key_id: None };
    let case = case(known(None, "private_key_jwt"), &[("private_key", &key.serialize_pem())], mode).await;
    case.call().await.unwrap();
    let form = case.oauth.grants("client_credentials").remove(0);
    assert!(!form.iter().any(|(name, _)| name == "client_secret"));
    let (_, jwt) = form.iter().find(|(name, _)| name == "client_assertion").unwrap();
    assert_eq!(jwt.split('.').count(), 3);
}

#[tokio::test]
async fn a_token_of_the_platform_is_enough() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let options = known(None, "none");
    let oauth = SimulatedOauth::start(options).await.unwrap();
    let claims = URL_SAFE_NO_PAD.encode(json!({"aud": oauth.issuer(), "sub": "workload"}).to_string());
    let host = Arc::new(Host::default());
    host.kept.lock().unwrap().set("assertion", format!("e30.{claims}.c2ln").into());
    let mut config = AuthConfig::example(&oauth.server_url());
    config.client_id = Some("hub".to_owned());
    config.mode = AuthMode::Workload;
    let auth = made(&config, &transport(), &host);
    call(&auth, &oauth).await.unwrap();
}

#[tokio::test]
async fn a_company_s_identity_provider_vouches_for_the_person() {
    for (name, method) in
        [("idp_id_token", "client_secret_basic"), ("idp_refresh_token", "client_secret_post")]
    {
        let options = OauthOptions { challenge_scope: None, ..known(Some("s3cret"), method) };
        let oauth = SimulatedOauth::start(options).await.unwrap();
        let mut config = AuthConfig::example(&oauth.server_url());
        config.client_id = Some("hub".to_owned());
        config.mode = AuthMode::EnterpriseManaged {
            idp_issuer: format!("{}/idp", oauth.issuer()),
            idp_token_endpoint: format!("{}/idp/token", oauth.issuer()),
            idp_client_id: "hub-at-idp".to_owned(),
        };
        let host = Arc::new(Host::default());
        for (name, secret) in
            [("client_secret", "s3cret"), ("idp_client_secret", "idp-s3cret"), (name, "a-token")]
        {
            host.kept.lock().unwrap().set(name, secret.to_owned().into());
        }
        let auth = made(&config, &transport(), &host);
        call(&auth, &oauth).await.unwrap();
        oauth.forget_access();
        call(&auth, &oauth).await.unwrap();
        oauth.refuse_tokens(Some((400, json!({"error": "invalid_grant"}))));
        oauth.forget_access();
        let failure = auth.challenged(auth.bearer().await.unwrap().as_deref(), 401, None).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerUnauthorized);
        host.kept.lock().unwrap().merge({
            let mut none = Secrets::new();
            none.set_or_clear(name, String::new().into());
            none
        });
        let failure = call(&made(&config, &transport(), &host), &oauth).await.unwrap_err();
        assert_eq!(failure.place.as_deref(), Some("/secrets/idp_id_token"));
    }
}

#[tokio::test]
async fn what_was_entered_wrong_is_told_and_not_tried_for_ever() {
    let options = known(Some("s3cret"), "client_secret_post");
    let one = case(options.clone(), &[("client_secret", "wr0ng!")], AuthMode::ClientCredentials).await;
    for _ in 0..5 {
        let failure = one.call().await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerUnauthorized);
        assert!(!format!("{failure:?}").contains("wr0ng!"));
    }
    assert_eq!(one.oauth.grants("client_credentials").len(), 1, "not within a few seconds");
    let none = case(options.clone(), &[], AuthMode::ClientCredentials).await;
    assert_eq!(none.call().await.unwrap_err().place.as_deref(), Some("/secrets/client_secret"));
    let nobody = Case::with(options, &[("client_secret", "s3cret")], |config| {
        config.mode = AuthMode::ClientCredentials
    });
    assert_eq!(nobody.await.call().await.unwrap_err().code, ErrorCode::InvalidConfig);
    let mode = AuthMode::PrivateKeyJwt { algorithm: Algorithm::Es256, key_id: None };
    let config = AuthConfig { mode, ..AuthConfig::example("http://127.0.0.1:1/mcp") };
    let made =
        Authorizer::new(config, &transport(), &Secrets::new(), Arc::new(Host::default()), Secrecy::default());
    assert_eq!(made.unwrap_err().place.as_deref(), Some("/secrets/private_key"));
}

#[tokio::test]
async fn the_hub_asks_once_for_a_scope_that_is_missing() {
    let options = known(Some("s3cret"), "client_secret_post");
    let case = case(options, &[("client_secret", "s3cret")], AuthMode::ClientCredentials).await;
    case.call().await.unwrap();
    case.oauth.require("write");
    case.call().await.unwrap();
    let asked = case.oauth.grants("client_credentials");
    assert!(asked[1].contains(&("scope".to_owned(), "basic write".to_owned())));
    // A token without it, whatever is asked for.
    let token = case.auth.bearer().await.unwrap();
    let header = Some("Bearer error=\"insufficient_scope\", scope=\"write\"");
    let failure = case.auth.challenged(token.as_deref(), 403, header).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerScopeMissing);
}

use jackfield_testkit::oauth::{Iss, Layout};

use super::*;
use crate::testing::{self, Peer};

#[tokio::test]
async fn a_person_signs_in_at_every_layout_of_documents() {
    for layout in [Layout::Advertised, Layout::Found, Layout::Root, Layout::Custom, Layout::Own, Layout::Bare]
    {
        let case = Case::start(OauthOptions { layout, ..OauthOptions::default() }).await;
        assert_eq!(case.auth.state(), AuthState::NotAsked);
        let failure = case.call().await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::PeerSignIn, "{layout:?}");
        assert!(failure.hint.unwrap().contains("backend sign-in"));
        assert_eq!(case.auth.state(), AuthState::SignedOut);
        let begun = case.auth.begin(REDIRECT).await.unwrap();
        assert_eq!(case.auth.state(), AuthState::Pending);
        assert_eq!(
            parameter(&begun.url, "resource"),
            Some(case.oauth.resource()),
            "{layout:?}: as published"
        );
        let answer = case.oauth.consent(&begun.url).unwrap();
        case.auth.finish(&back(answer)).await.unwrap();
        case.call().await.unwrap();
        let AuthState::SignedIn { expires_at: Some(ends), renews: true, .. } = case.auth.state() else {
            panic!("{layout:?}: {:?}", case.auth.state());
        };
        assert!(ends > jackfield_protocol::time::now());
        assert_eq!(case.oauth.violations(), Vec::<String>::new());
        // Asked for, then there.
        assert_eq!(case.host.changes.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_sign_in_can_begin_before_anything_was_refused() {
    // Where this document is can only be learned from a challenge.
    let case = Case::start(OauthOptions { layout: Layout::Custom, ..OauthOptions::default() }).await;
    case.sign_in().await;
    case.call().await.unwrap();
    let mut case = case;
    case.restart();
    case.sign_in().await;
    case.call().await.unwrap();
}

#[tokio::test]
async fn where_nothing_is_asked_for_there_is_nothing_to_sign_in_to() {
    let peer = Peer::http(|_| testing::json(404, &serde_json::json!({"error": "not found"}))).await;
    let config = AuthConfig::example(&format!("http://{}/mcp", peer.address));
    let auth = made(&config, &transport(), &Arc::default());
    assert_eq!(auth.bearer().await.unwrap(), None);
    let failure = auth.begin(REDIRECT).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::InvalidRequest);
    assert!(failure.message.contains("asks for no sign-in"), "{failure}");
}

#[tokio::test]
async fn who_answers_has_to_be_who_was_asked() {
    for (iss, iss_promised, good) in [
        (Iss::Right, true, true),
        (Iss::Right, false, true),
        (Iss::Missing, false, true),
        (Iss::Missing, true, false),
        (Iss::Wrong, true, false),
        (Iss::Wrong, false, false),
        (Iss::Slash, true, false),
    ] {
        let case = Case::start(OauthOptions { iss, iss_promised, ..OauthOptions::default() }).await;
        let begun = case.auth.begin(REDIRECT).await.unwrap();
        let answer = case.oauth.consent(&begun.url).unwrap();
        let finished = case.auth.finish(&back(answer)).await;
        assert_eq!(finished.is_ok(), good, "{iss:?} {iss_promised}: {finished:?}");
        assert_eq!(
            case.oauth.grants("authorization_code").len(),
            usize::from(good),
            "no code goes out first"
        );
    }
}

#[tokio::test]
async fn an_answer_of_somebody_else_neither_ends_a_sign_in_nor_is_shown() {
    let case = Case::start(OauthOptions::default()).await;
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    let forged = SignInAnswer {
        state: begun.state.clone(),
        error: Some("access_denied".to_owned()),
        error_description: Some("call 555-1234".to_owned()),
        iss: Some("https://evil.example.com".to_owned()),
        code: None,
    };
    let failure = case.auth.finish(&forged).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerBadAnswer);
    assert!(!format!("{failure:?}").contains("555"), "{failure:?}");
    let answer = case.oauth.consent(&begun.url).unwrap();
    case.auth.finish(&back(answer.clone())).await.unwrap();
    let again = case.auth.finish(&back(answer)).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::InvalidRequest, "an answer works once");
}

#[tokio::test]
async fn a_declined_sign_in_says_so() {
    let case = Case::start(OauthOptions::default()).await;
    assert!(case.call().await.is_err());
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    let answer = case.oauth.decline(&begun.url).unwrap();
    let failure = case.auth.finish(&back(answer)).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerSignIn);
    assert!(failure.message.contains("declined"), "{failure}");
    assert_eq!(case.auth.state(), AuthState::SignedOut);
}

#[tokio::test]
async fn documents_of_somebody_else_are_refused_before_anything_is_sent() {
    let evil = || Some("https://evil.example.com/mcp".to_owned());
    for (options, words) in [
        (OauthOptions { resource: evil(), ..OauthOptions::default() }, "another server"),
        (
            OauthOptions { resource: evil(), layout: Layout::Found, ..OauthOptions::default() },
            "another server",
        ),
        (OauthOptions { metadata_issuer: evil(), ..OauthOptions::default() }, "another one"),
        (
            OauthOptions { metadata_issuer: evil(), layout: Layout::Own, ..OauthOptions::default() },
            "another one",
        ),
        (OauthOptions { pkce: false, ..OauthOptions::default() }, "PKCE"),
    ] {
        let case = Case::start(options).await;
        assert!(case.call().await.is_err());
        let failure = case.auth.begin(REDIRECT).await.unwrap_err();
        assert!(failure.message.contains(words), "{words}: {failure}");
        assert!(failure.hint.is_some());
        assert_eq!(case.oauth.clients(), 0, "{words}: nothing was registered");
    }
}

#[tokio::test]
async fn a_server_may_not_send_the_hub_into_another_network() {
    let case = Case::start(OauthOptions::default()).await;
    assert!(case.call().await.is_err());
    for (to, allowed) in [("http://169.254.169.254", false), ("http://metadata.google.internal", false)] {
        case.oauth.move_to(to);
        let failure = case.auth.begin(REDIRECT).await.unwrap_err();
        assert_eq!(failure.code == ErrorCode::PeerRejected, !allowed, "{to}: {failure}");
    }
    case.oauth.move_to("ftp://127.0.0.1");
    assert!(case.auth.begin(REDIRECT).await.unwrap_err().message.contains("no web address"));
}

#[tokio::test]
async fn a_browser_that_could_not_come_back_is_not_sent_away() {
    let case = Case::start(OauthOptions::default()).await;
    let failure = case.auth.begin("http://hub.lan:7410/back").await.unwrap_err();
    assert_eq!((failure.code, failure.place.as_deref()), (ErrorCode::InvalidRequest, Some("redirect_uri")));
    assert!(case.oauth.requests().is_empty());
}

#[tokio::test]
async fn scopes_are_chosen_as_the_specification_says() {
    let text = |text: &str| Some(text.to_owned());
    for (challenge_scope, resource_scopes, server_scopes, chosen, asked) in [
        (None, None, None, "", None),
        (text("basic"), text("a b"), None, "", text("basic")),
        (None, text("a b"), None, "", text("a b")),
        (text("basic"), text("a b"), None, "mine", text("mine")),
        (text("basic"), None, text("basic offline_access"), "", text("basic offline_access")),
        (text("basic offline_access"), None, text("basic"), "", text("basic")),
        (None, None, text("offline_access"), "", None),
    ] {
        let options =
            OauthOptions { challenge_scope, resource_scopes, server_scopes, ..OauthOptions::default() };
        let case = Case::with(options, &[], |config| config.scopes = challenge::scopes(chosen)).await;
        assert!(case.call().await.is_err());
        assert_eq!(parameter(&case.sign_in().await, "scope"), asked);
        assert_eq!(case.oauth.violations(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn signing_out_takes_the_tokens_back_and_forgets_everything() {
    let mut case = Case::signed_in(OauthOptions::default()).await;
    let kept = case.kept().unwrap();
    let token = |name: &str| kept["tokens"][name].as_str().unwrap().to_owned();
    assert!(case.oauth.is_good(&token("access")) && case.oauth.is_good(&token("refresh")));
    case.auth.sign_out().await.unwrap();
    assert!(!case.oauth.is_good(&token("access")) && !case.oauth.is_good(&token("refresh")));
    assert_eq!((case.kept(), case.auth.state()), (None, AuthState::SignedOut));
    assert_eq!(case.auth.bearer().await.unwrap(), None);
    case.restart();
    assert_eq!(case.auth.state(), AuthState::NotAsked);
    // Where nothing can be taken back, it is forgotten all the same.
    let case = Case::signed_in(OauthOptions { revocation: false, ..OauthOptions::default() }).await;
    case.auth.sign_out().await.unwrap();
    assert_eq!(case.kept(), None);
}

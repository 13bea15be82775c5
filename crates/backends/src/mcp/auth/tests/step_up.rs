use super::*;

fn basic() -> OauthOptions {
    OauthOptions { challenge_scope: Some("basic".to_owned()), ..OauthOptions::default() }
}

#[tokio::test]
async fn a_step_up_asks_for_what_was_given_and_what_is_missing() {
    let case = Case::signed_in(basic()).await;
    case.oauth.require("write");
    let failure = case.call().await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerSignIn);
    assert!(failure.message.contains("write"), "{failure}");
    let AuthState::SignedIn { scopes, missing, .. } = case.auth.state() else { panic!("signed out") };
    assert_eq!((scopes, missing), (vec!["basic".to_owned()], vec!["write".to_owned()]));
    // The rest goes on as before.
    case.oauth.require("basic");
    case.call().await.unwrap();
    case.oauth.require("write");
    assert_eq!(parameter(&case.sign_in().await, "scope").as_deref(), Some("basic write"));
    case.call().await.unwrap();
    let AuthState::SignedIn { missing, .. } = case.auth.state() else { panic!("signed out") };
    assert!(missing.is_empty());
    assert_eq!(case.oauth.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_step_up_that_does_not_help_is_not_asked_for_for_ever() {
    let case = Case::signed_in(basic()).await;
    case.oauth.withhold("admin");
    case.oauth.require("admin");
    let mut asked = 0;
    let failure = loop {
        let failure = case.call().await.unwrap_err();
        // Many requests with the same token count once.
        assert_eq!(case.call().await.unwrap_err().code, failure.code);
        if failure.code != ErrorCode::PeerSignIn {
            break failure;
        }
        asked += 1;
        assert!(asked < 10, "for ever");
        case.sign_in().await;
    };
    assert_eq!((failure.code, asked), (ErrorCode::PeerScopeMissing, 2));
    assert!(failure.message.contains("admin") && failure.hint.is_some());
    // Something else may still be asked for.
    case.oauth.require("other");
    assert_eq!(case.call().await.unwrap_err().code, ErrorCode::PeerSignIn);
    case.sign_in().await;
    case.call().await.unwrap();
}

#[tokio::test]
async fn a_refusal_that_no_sign_in_mends_says_so() {
    let case = Case::signed_in(basic()).await;
    let token = case.auth.bearer().await.unwrap();
    for header in [None, Some("Basic realm=\"x\""), Some("Bearer error=\"invalid_request\"")] {
        let failure = case.auth.challenged(token.as_deref(), 403, header).await.unwrap_err();
        assert_eq!(
            (failure.code, failure.peer_status),
            (ErrorCode::PeerUnauthorized, Some(403)),
            "{header:?}"
        );
    }
    let unsaid = Some("Bearer error=\"insufficient_scope\"");
    let failure = case.auth.challenged(token.as_deref(), 403, unsaid).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerScopeMissing);
    assert!(case.oauth.grants("refresh_token").is_empty());
    case.call().await.unwrap();
}

#[tokio::test]
async fn a_server_that_says_403_to_everybody_asks_for_a_sign_in_too() {
    let case = Case::start(OauthOptions::default()).await;
    let failure = case.auth.challenged(None, 403, Some("Bearer")).await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerSignIn);
    case.sign_in().await;
    case.call().await.unwrap();
}

#[tokio::test]
async fn a_later_sign_in_keeps_what_was_stepped_up_to() {
    let mut case = Case::signed_in(basic()).await;
    case.oauth.require("write");
    assert!(case.call().await.is_err());
    case.sign_in().await;
    case.oauth.forget_grants();
    assert_eq!(case.call().await.unwrap_err().code, ErrorCode::PeerSignIn);
    case.restart();
    assert_eq!(parameter(&case.sign_in().await, "scope").as_deref(), Some("basic write"));
    case.auth.sign_out().await.unwrap();
    case.restart();
    assert_eq!(parameter(&case.sign_in().await, "scope").as_deref(), Some("basic"), "signing out forgets it");
}

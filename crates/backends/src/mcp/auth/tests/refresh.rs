use futures_util::future::join_all;
use serde_json::json;

use super::*;

const REFRESH: &str = "refresh_token";

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let mut case = Case::signed_in(OauthOptions::default()).await;
    let before = case.auth.bearer().await.unwrap();
    case.later(3560);
    assert_eq!(case.auth.bearer().await.unwrap(), before, "40 s are left");
    // The hub renews it ahead of time too: whoever is first.
    case.later(20);
    let after = case.auth.bearer().await.unwrap();
    assert!(after.is_some() && after != before);
    case.call().await.unwrap();
    assert_eq!(case.kept().unwrap()["tokens"]["access"].as_str(), after.as_deref(), "kept");
    let form = case.oauth.grants(REFRESH).remove(0);
    assert!(form.contains(&("resource".to_owned(), case.oauth.resource())));
    assert!(!form.iter().any(|(name, _)| name == "scope"));
}

#[tokio::test]
async fn a_token_is_renewed_when_nobody_asks_for_it() {
    // Not used here: on a busy machine it may end at any moment.
    let case = Case::start(OauthOptions { lifetime: Some(2), ..OauthOptions::default() }).await;
    case.sign_in().await;
    let before = case.kept();
    case.oauth.until_granted(REFRESH, 2).await;
    assert_ne!(case.kept(), before);
    assert_eq!(case.oauth.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn many_callers_cause_one_renewal() {
    let case = Arc::new(Case::signed_in(OauthOptions::default()).await);
    case.oauth.forget_access();
    case.oauth.gate(false);
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let case = case.clone();
            tokio::spawn(async move { case.call().await })
        })
        .collect();
    case.oauth.until_granted(REFRESH, 1).await;
    case.oauth.gate(true);
    for call in join_all(calls).await {
        call.unwrap().unwrap();
    }
    assert_eq!(case.oauth.grants(REFRESH).len(), 1);
    assert_eq!(case.oauth.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn many_callers_wait_for_one_failure() {
    let case = Arc::new(Case::signed_in(OauthOptions::default()).await);
    case.oauth.forget_access();
    case.oauth.refuse_tokens(Some((503, json!({"error": "temporarily_unavailable"}))));
    case.oauth.gate(false);
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let case = case.clone();
            tokio::spawn(async move { case.call().await })
        })
        .collect();
    case.oauth.until_granted(REFRESH, 1).await;
    case.oauth.gate(true);
    for call in join_all(calls).await {
        assert_eq!(call.unwrap().unwrap_err().code, ErrorCode::PeerFailed);
    }
    assert_eq!(case.oauth.grants(REFRESH).len(), 1);
    assert!(matches!(case.auth.state(), AuthState::SignedIn { .. }), "it may work later");
}

#[tokio::test]
async fn a_renewal_goes_on_when_its_caller_leaves() {
    let case = Arc::new(Case::signed_in(OauthOptions::default()).await);
    let before = case.auth.bearer().await.unwrap();
    case.oauth.forget_access();
    case.oauth.gate(false);
    let caller = tokio::spawn({
        let case = case.clone();
        async move { case.call().await }
    });
    case.oauth.until_granted(REFRESH, 1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    case.oauth.gate(true);
    // Waits for its turn behind the renewal.
    case.call().await.unwrap();
    assert_ne!(case.auth.bearer().await.unwrap(), before);
    assert_eq!(case.oauth.grants(REFRESH).len(), 1);
    assert_eq!(case.oauth.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_renewal_that_is_refused_needs_a_person() {
    let mut case = Case::signed_in(OauthOptions::default()).await;
    case.oauth.forget_grants();
    let failure = case.call().await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerSignIn);
    assert!(failure.message.contains("ended") && failure.hint.is_some(), "{failure}");
    assert_eq!(case.auth.state(), AuthState::SignedOut);
    assert_eq!(case.kept().unwrap()["tokens"], Value::Null);
    assert_eq!(case.auth.bearer().await.unwrap(), None);
    case.restart();
    assert_eq!(case.auth.state(), AuthState::SignedOut);
    case.sign_in().await;
    case.call().await.unwrap();
    assert_eq!(case.oauth.clients(), 1, "the client is as good as before");
}

#[tokio::test]
async fn a_token_that_is_still_good_outlives_a_sign_in_server_that_is_down() {
    let mut case = Case::signed_in(OauthOptions::default()).await;
    let before = case.auth.bearer().await.unwrap();
    case.oauth.refuse_tokens(Some((500, json!({}))));
    case.later(3580);
    assert_eq!(case.auth.bearer().await.unwrap(), before);
    case.later(20);
    let failure = case.auth.bearer().await.unwrap_err();
    assert_eq!(failure.code, ErrorCode::PeerFailed);
    case.oauth.refuse_tokens(None);
    case.restart();
    assert_ne!(case.auth.bearer().await.unwrap(), before);
}

#[tokio::test]
async fn a_token_that_was_just_renewed_and_is_refused_is_not_renewed_for_ever() {
    let case = Case::signed_in(OauthOptions::default()).await;
    case.oauth.forget_access();
    case.call().await.unwrap();
    case.oauth.forget_access();
    assert_eq!(case.call().await.unwrap_err().code, ErrorCode::PeerSignIn);
    assert_eq!(case.oauth.grants(REFRESH).len(), 1);
}

#[tokio::test]
async fn a_refused_token_that_somebody_replaced_already_is_only_sent_again() {
    let case = Case::signed_in(OauthOptions::default()).await;
    assert_eq!(case.auth.challenged(Some("old"), 401, Some("Bearer")).await.unwrap(), Retry);
    assert_eq!(case.auth.challenged(None, 401, None).await.unwrap(), Retry);
    assert!(case.oauth.grants(REFRESH).is_empty());
}

#[tokio::test]
async fn a_sign_in_without_refresh_token_ends_when_it_is_refused() {
    let mut case = Case::signed_in(OauthOptions { refresh: false, ..OauthOptions::default() }).await;
    let AuthState::SignedIn { renews: false, .. } = case.auth.state() else {
        panic!("it says that it renews")
    };
    case.later(3600);
    assert!(case.auth.bearer().await.unwrap().is_some(), "the server has the last word");
    case.oauth.forget_access();
    assert_eq!(case.call().await.unwrap_err().code, ErrorCode::PeerSignIn);
    assert_eq!(case.auth.state(), AuthState::SignedOut);
}

#[tokio::test]
async fn tokens_that_cannot_be_kept_are_good_all_the_same() {
    let case = Case::signed_in(OauthOptions::default()).await;
    let kept = case.kept();
    case.host.broken.store(true, Ordering::SeqCst);
    case.oauth.forget_access();
    case.call().await.unwrap();
    assert_eq!(case.kept(), kept);
    case.host.broken.store(false, Ordering::SeqCst);
    case.sign_in().await;
    let bearer = case.auth.bearer().await.unwrap();
    assert_eq!(case.kept().unwrap()["tokens"]["access"].as_str(), bearer.as_deref());
    // A person is told that a sign-in could not be kept.
    case.host.broken.store(true, Ordering::SeqCst);
    let begun = case.auth.begin(REDIRECT).await.unwrap();
    let answer = case.oauth.consent(&begun.url).unwrap();
    assert_eq!(case.auth.finish(&back(answer)).await.unwrap_err().code, ErrorCode::Storage);
    case.call().await.unwrap();
}

#[tokio::test]
async fn the_renewing_task_ends_with_its_sign_in() {
    let case = Case::signed_in(OauthOptions::default()).await;
    let inner = Arc::downgrade(&case.auth.0);
    let Case { oauth, auth, .. } = case;
    let keeper = auth.0.keeper().clone().unwrap();
    drop(auth);
    assert!(inner.upgrade().is_none(), "nothing else holds it");
    // An aborted task is finished as soon as the runtime looks at it.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(keeper.is_finished());
    drop(oauth);
}

//! Signing in at a peer, and out again.

use std::sync::atomic::Ordering::SeqCst;

use jackfield_protocol::{
    api::{BackendChange, InboxItem},
    error::{ErrorCode, Failure},
    ids::BackendId,
    model::HealthState,
    port::SignInAnswer,
};

use crate::support::{Hub, until};

fn answer(state: &str) -> SignInAnswer {
    SignInAnswer { state: state.to_owned(), code: Some("code".to_owned()), ..SignInAnswer::default() }
}

const BACK: &str = "http://127.0.0.1:7410/oauth/callback";

#[tokio::test]
async fn a_sign_in_ends_with_what_the_browser_brings_back() {
    let hub = Hub::mcp(Vec::new()).await;
    hub.peer.health([HealthState::SignInRequired]);
    hub.engine.test_backend(hub.backend).await.unwrap();
    let waiting = hub.engine.inbox().await.unwrap();
    assert!(matches!(&waiting[..], [InboxItem::SignIn { backend, .. }] if backend == "peer"), "{waiting:?}");
    assert_eq!(hub.engine.stats().backends.get("sign_in_required"), Some(&1));

    let begun = hub.engine.begin_sign_in(hub.backend, BACK).await.unwrap();
    assert_eq!(hub.peer.redirects(), [BACK]);
    assert!(begun.expires_at > jackfield_protocol::time::now());
    hub.peer.health([HealthState::Connected]);
    let checks = hub.peer.checks.load(SeqCst);
    hub.engine.finish_sign_in(None, &answer(&begun.state)).await.unwrap();
    assert_eq!(hub.peer.finished(), [answer(&begun.state)]);
    until("the connection is looked at", || hub.peer.checks.load(SeqCst) > checks).await;
    for _ in 0..1000 {
        if hub.engine.inbox().await.unwrap().is_empty() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(hub.engine.inbox().await.unwrap().is_empty());
    let again = hub.engine.finish_sign_in(None, &answer(&begun.state)).await.unwrap_err();
    assert_eq!((again.code, again.place.as_deref()), (ErrorCode::NotFound, Some("/state")));
    hub.engine.sign_out(hub.backend).await.unwrap();
    assert!(hub.peer.finished().is_empty());
}

#[tokio::test]
async fn what_does_not_belong_to_a_sign_in_ends_none() {
    let hub = Hub::mcp(Vec::new()).await;
    let begun = hub.engine.begin_sign_in(hub.backend, BACK).await.unwrap();
    for state in ["", "state-2"] {
        let failure = hub.engine.finish_sign_in(None, &answer(state)).await.unwrap_err();
        assert_eq!(failure.code, ErrorCode::NotFound);
    }
    let other = hub.engine.finish_sign_in(Some(BackendId::new()), &answer(&begun.state)).await.unwrap_err();
    assert_eq!(other.code, ErrorCode::NotFound);
    assert!(hub.peer.finished().is_empty());
    hub.peer.refuses_sign_in(Some(Failure::new(ErrorCode::PeerUnauthorized, "The person said no.")));
    let refused = hub.engine.finish_sign_in(Some(hub.backend), &answer(&begun.state)).await.unwrap_err();
    assert_eq!(refused.message, "The person said no.");

    let begun = hub.engine.begin_sign_in(hub.backend, BACK).await.unwrap();
    let change = BackendChange { name: Some("renamed".to_owned()), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, change).await.unwrap();
    let changed = hub.engine.finish_sign_in(None, &answer(&begun.state)).await.unwrap_err();
    assert_eq!(changed.code, ErrorCode::Conflict);
    let off = BackendChange { enabled: Some(false), ..BackendChange::default() };
    hub.engine.change_backend(hub.backend, off).await.unwrap();
    let refused = hub.engine.begin_sign_in(hub.backend, BACK).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotRunnable);
    let nobody = hub.engine.begin_sign_in(BackendId::new(), BACK).await.unwrap_err();
    assert_eq!(nobody.code, ErrorCode::NotFound);
}

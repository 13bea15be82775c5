//! Tokens of the API.

use jackfield_protocol::{
    ids::TokenId,
    port::{ApiToken, StoreError},
    time::now,
};

use super::StoreFixture;

fn token(name: &str) -> ApiToken {
    ApiToken { id: TokenId::new(), name: name.to_owned(), created_at: now(), last_used_at: None }
}

/// All 32 bytes count.
pub async fn a_token_is_found_by_its_hash_only(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let (first, second) = (token("a"), token("a"));
    store.insert_token(&first, [1; 32]).await.unwrap();
    store.insert_token(&second, [2; 32]).await.unwrap();
    assert_eq!(store.token_by_hash([1; 32]).await.unwrap(), Some(first.clone()));
    assert_eq!(store.token_by_hash([2; 32]).await.unwrap(), Some(second.clone()));
    let mut near = [1; 32];
    near[31] = 0;
    assert_eq!(store.token_by_hash(near).await.unwrap(), None);
    assert_eq!(store.tokens().await.unwrap(), [first, second]);
}

/// Nor an id.
pub async fn two_tokens_never_share_a_hash(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = token("a");
    store.insert_token(&first, [1; 32]).await.unwrap();
    assert!(matches!(store.insert_token(&token("b"), [1; 32]).await, Err(StoreError::Conflict(_))));
    assert!(matches!(store.insert_token(&first, [2; 32]).await, Err(StoreError::Conflict(_))));
    assert_eq!(store.tokens().await.unwrap(), [first]);
}

/// At once, and once.
pub async fn a_removed_token_is_gone(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = token("a");
    store.insert_token(&given, [1; 32]).await.unwrap();
    store.delete_token(given.id).await.unwrap();
    assert_eq!(store.token_by_hash([1; 32]).await.unwrap(), None);
    assert!(store.tokens().await.unwrap().is_empty());
    assert_eq!(store.delete_token(given.id).await, Err(StoreError::NotFound("token")));
}

/// Never backwards.
pub async fn the_last_use_of_a_token_is_kept(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let (known, other) = (token("a"), token("b"));
    store.insert_token(&known, [1; 32]).await.unwrap();
    store.insert_token(&other, [2; 32]).await.unwrap();
    assert_eq!(store.token_by_hash([1; 32]).await.unwrap().unwrap().last_used_at, None);
    let (early, late) = (now(), now() + jiff::SignedDuration::from_secs(90));
    for at in [early, late, early] {
        store.token_used(known.id, at).await.unwrap();
    }
    store.token_used(TokenId::new(), late).await.unwrap();
    assert_eq!(store.token_by_hash([1; 32]).await.unwrap().unwrap().last_used_at, Some(late));
    let listed = store.tokens().await.unwrap();
    let uses: Vec<_> = listed.iter().map(|token| token.last_used_at).collect();
    assert_eq!(uses, [Some(late), None]);
}

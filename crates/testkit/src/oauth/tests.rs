use super::*;

#[tokio::test]
async fn a_request_without_token_is_told_where_to_sign_in() {
    let oauth = SimulatedOauth::start(OauthOptions {
        challenge_scope: Some("a b".to_owned()),
        ..OauthOptions::default()
    })
    .await
    .unwrap();
    let challenge = oauth.admit(None).unwrap_err();
    let place = oauth.server_url().replace("/mcp", "/.well-known/oauth-protected-resource/mcp");
    assert_eq!(challenge.status, 401);
    assert_eq!(challenge.www_authenticate, format!("Bearer scope=\"a b\", resource_metadata=\"{place}\""));
    assert!(oauth.admit(Some("Bearer nonsense")).unwrap_err().www_authenticate.contains("invalid_token"));
}

#[tokio::test]
async fn a_request_that_lacks_something_gets_an_error_page() {
    let oauth = SimulatedOauth::start(OauthOptions::default()).await.unwrap();
    assert_eq!(
        oauth.consent("http://x/authorize?client_id=c&redirect_uri=http://y"),
        Err("unknown client".to_owned())
    );
    assert!(oauth.consent("http://x/authorize").is_err());
}

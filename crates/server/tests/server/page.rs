//! The web page: its files, addresses inside it, and what stays outside.

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use jackfield_server::{File, Page};

use crate::hub::{Hub, Reply};

static FILES: &[File] = &[
    File {
        path: "assets/app-1a2b.js",
        media_type: "text/javascript; charset=utf-8",
        tag: "t1",
        lasting: true,
        plain: b"plain",
        brotli: Some(b"br"),
        gzip: Some(b"gz"),
    },
    File {
        path: "index.html",
        media_type: "text/html; charset=utf-8",
        tag: "t2",
        lasting: false,
        plain: b"<meta name=\"jackfield-base\" content=\"\" /><script src=\"./assets/app-1a2b.js\"></script>",
        brotli: None,
        gzip: None,
    },
    File {
        path: "theme.js",
        media_type: "text/javascript; charset=utf-8",
        tag: "t3",
        lasting: false,
        plain: b"theme",
        brotli: None,
        gzip: None,
    },
];

async fn hub(base: &str) -> Hub {
    Hub::with(|config| {
        config.page = Page(FILES);
        config.base_path = base.parse().unwrap();
    })
    .await
}

/// As a browser asks: without a token.
async fn ask(hub: &Hub, path: &str, headers: &[(header::HeaderName, &str)]) -> Reply {
    let mut request = axum::http::Request::builder().uri(path).header("host", "localhost:7410");
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    hub.send(request.body(Body::empty()).unwrap()).await
}

const BROWSER: (header::HeaderName, &str) = (header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn addresses_inside_the_page_are_the_page() {
    for base in ["", "/tools/hub"] {
        let hub = hub(base).await;
        for path in
            ["/", "/chat", "/runs/0198c0de-0000-7000-8000-000000000000", "/backends/my.n8n", "/nothing"]
        {
            let reply = ask(&hub, &format!("{base}{path}"), &[BROWSER]).await;
            assert_eq!(reply.status, StatusCode::OK, "{base}{path}");
            let html = reply.text();
            assert!(html.contains(&format!("content=\"{base}\"")), "{html}");
            assert!(html.contains(&format!("src=\"{base}/assets/app-1a2b.js\"")), "{html}");
            assert_eq!(reply.header("cache-control"), "no-cache");
            let policy = reply.header("content-security-policy");
            assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        }
    }
}

#[tokio::test]
async fn what_belongs_to_the_api_is_never_the_page() {
    let hub = hub("").await;
    for path in ["/api/v1/nothing", "/api", "/v1/nothing", "/mcp/x", "/assets/gone.js", "/metrics/x"] {
        ask(&hub, path, &[BROWSER]).await.problem("not_found");
    }
    ask(&hub, "/api/v1/runs", &[BROWSER]).await.problem("unauthenticated");
    // A program that misspells a path is told so.
    ask(&hub, "/runz", &[(header::ACCEPT, "*/*")]).await.problem("not_found");
    let post = hub.request("POST", "/chat").header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
    hub.send(post).await.problem("not_found");
    ask(&hub, "/healthz", &[BROWSER]).await;
}

#[tokio::test]
async fn files_are_served_packed_and_kept_as_their_names_allow() {
    let hub = hub("/hub").await;
    let asset = "/hub/assets/app-1a2b.js";
    for (accept, encoding, body) in
        [("gzip, br", "br", "br"), ("gzip", "gzip", "gz"), ("br;q=0", "", "plain")]
    {
        let reply = ask(&hub, asset, &[(header::ACCEPT_ENCODING, accept)]).await;
        assert_eq!((reply.text(), reply.status), (body, StatusCode::OK));
        let named = reply.headers.get(header::CONTENT_ENCODING).map_or("", |value| value.to_str().unwrap());
        assert_eq!(named, encoding);
        assert_eq!(reply.header("vary"), "accept-encoding");
        assert!(reply.header("cache-control").contains("immutable"));
        // Workers go by the policy of their own file.
        assert!(reply.header("content-security-policy").contains("connect-src 'self'"));
        let tag = reply.header("etag").to_owned();
        let again = [(header::ACCEPT_ENCODING, accept), (header::IF_NONE_MATCH, tag.as_str())];
        let reply = ask(&hub, asset, &again).await;
        assert_eq!((reply.status, reply.text()), (StatusCode::NOT_MODIFIED, ""));
    }
    let theme = ask(&hub, "/hub/theme.js", &[]).await;
    assert_eq!((theme.text(), theme.header("cache-control")), ("theme", "no-cache"));
    ask(&hub, "/theme.js", &[]).await.problem("not_found");
}

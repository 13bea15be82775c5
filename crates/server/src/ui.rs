//! Plain pages without script: what stands at `/` of a hub that was built without its page, and short notices.

use axum::response::{Html, IntoResponse as _, Response};

use crate::BasePath;

/// The page at `/` when there is no other.
pub(crate) fn plain_index(base: &BasePath) -> Response {
    let version = env!("CARGO_PKG_VERSION");
    let body = format!(
        "<h1>Jackfield {version}</h1>\n\
         <p>One hub for the workflow orchestrators, MCP servers and language models that you run. It runs them, \
         shows every step live, and keeps every event.</p>\n\
         <p>This hub was built without its web page. Use the command line (<code>jackfield --help</code>) or the HTTP \
         API:</p>\n\
         <ul>\n\
         <li>API: <code>{base}/api/v1</code>, described by <a href=\"{base}/api/v1/openapi.json\">openapi.json</a></li>\n\
         <li>What error codes mean: <a href=\"{base}/api/v1/errors\">errors</a></li>\n\
         <li>Health: <a href=\"{base}/healthz\">healthz</a>, <a href=\"{base}/readyz\">readyz</a></li>\n\
         </ul>\n\
         <p>The API asks for a token: <code>Authorization: Bearer &lt;token&gt;</code>.</p>\n"
    );
    Html(page("Jackfield", &body)).into_response()
}

/// A page with a title and plain text.
pub(crate) fn text_page(base: &BasePath, title: &str, text: &str) -> Response {
    let body = format!("<pre>{}</pre>\n<p><a href=\"{base}/\">Jackfield</a></p>\n", escape(text));
    Html(page(title, &body)).into_response()
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

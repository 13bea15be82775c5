//! The web page: files that were put into the binary, and how they are served.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::{BasePath, problem, state::App, ui};

/// What a page may do: run its own scripts, and talk to its own hub. Workers go by the policy of their own file.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
                      form-action 'self'";

/// First segments of paths that are never an address inside the page.
const NOT_IN_THE_PAGE: &[&str] =
    &["api", "v1", "mcp", "healthz", "readyz", "metrics", "sign-in", "oauth", "assets"];

/// One file of the page.
#[derive(Debug)]
pub struct File {
    /// Where it is, without a slash in front: `assets/index.js`.
    pub path: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Changes when its content does.
    pub tag: &'static str,
    /// Its name changes when its content does: it may be kept for ever.
    pub lasting: bool,
    /// Its content.
    pub plain: &'static [u8],
    /// The same, packed with brotli.
    pub brotli: Option<&'static [u8]>,
    /// The same, packed with gzip.
    pub gzip: Option<&'static [u8]>,
}

/// The files of the page. Without any, the hub shows a plain page.
#[derive(Debug, Clone, Copy)]
pub struct Page(pub &'static [File]);

impl Page {
    /// No page.
    pub const NONE: Self = Self(&[]);

    /// The page that this binary was built with; none if it was built without.
    #[must_use]
    pub fn embedded() -> Self {
        Self(include!(concat!(env!("OUT_DIR"), "/page.rs")))
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_there(self) -> bool {
        self.file("index.html").is_some()
    }

    fn file(self, path: &str) -> Option<&'static File> {
        self.0.iter().find(|file| file.path == path)
    }
}

/// The page at `/`.
pub(crate) async fn index(State(app): State<Arc<App>>) -> Response {
    match app.config.page.file("index.html") {
        Some(file) => index_of(file, &app.config.base_path),
        None => ui::plain_index(&app.config.base_path),
    }
}

/// What no route has: a file of the page, or an address inside it, or nothing.
pub(crate) async fn otherwise(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        let path = request.uri().path().strip_prefix(app.config.base_path.as_str());
        if let Some(path) = path.and_then(|rest| rest.strip_prefix('/')) {
            let page = app.config.page;
            if let Some(file) = page.file(path).filter(|file| file.path != "index.html") {
                return serve(file, request.headers());
            }
            if let Some(index) = page.file("index.html").filter(|_| is_inside(path, request.headers())) {
                return index_of(index, &app.config.base_path);
            }
        }
    }
    problem::no_such_path(request).await.into_response()
}

/// Whether a browser asks for an address that the page itself understands, such as `/runs/…`.
fn is_inside(path: &str, headers: &HeaderMap) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html") && !NOT_IN_THE_PAGE.contains(&first)
}

/// The frame of the page. It alone knows where the hub is: addresses in it are relative to the base path.
fn index_of(file: &File, base: &BasePath) -> Response {
    let html = String::from_utf8_lossy(file.plain).replace("=\"./", &format!("=\"{base}/")).replace(
        "name=\"jackfield-base\" content=\"\"",
        &format!("name=\"jackfield-base\" content=\"{base}\""),
    );
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, html).into_response()
}

fn serve(file: &'static File, asked: &HeaderMap) -> Response {
    let (encoding, bytes) = match (file.brotli, file.gzip) {
        (Some(bytes), _) if accepts(asked, "br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts(asked, "gzip") => (Some("gzip"), bytes),
        _ => (None, file.plain),
    };
    let tag = format!("\"{}{}\"", file.tag, encoding.map(|name| format!("-{name}")).unwrap_or_default());
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, file.media_type)], Body::from(bytes)).into_response()
    };
    let headers = response.headers_mut();
    let keep = if file.lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding.filter(|_| response.status() == StatusCode::OK) {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Whether `Accept-Encoding` names an encoding and does not forbid it.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|item| {
        let (name, quality) = item.split_once(';').unwrap_or((item, ""));
        let quality = quality.trim().trim_start_matches("q=").trim();
        name.trim().eq_ignore_ascii_case(encoding) && quality.parse::<f32>().map_or(true, |q| q > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(accept_encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept_encoding))])
    }

    #[test]
    fn encodings_are_accepted_when_they_are_named_and_not_forbidden() {
        for (line, fine) in [
            ("gzip, deflate, br", true),
            ("br;q=0.5", true),
            ("BR", true),
            ("br;q=0", false),
            ("gzip", false),
            ("brotli", false),
            ("", false),
        ] {
            assert_eq!(accepts(&asking(line), "br"), fine, "{line}");
        }
    }
}

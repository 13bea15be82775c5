//! Bytes that were too large for an event, or that went into a run.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    ids::BlobId,
};

use super::Answer;
use crate::{extract::Id, params::Params, state::App};

/// What a browser may show by itself; all else is saved. None of these can run anything.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"];

/// The bytes of a file or artifact, with the media type that its maker gave it.
#[utoipa::path(get, path = "/api/v1/blobs/{id}", tag = "files",
    params(
        ("id" = BlobId, Path, description = "Id of the blob."),
        ("name" = Option<String>, Query, description = "File name to save it under.", example = "report.pdf"),
    ),
    responses((status = 200, description = "The bytes.", content_type = "application/octet-stream", body = Vec<u8>)),
    extensions(("x-errors" = json!(["not_found"]))))]
pub(crate) async fn get_blob(
    State(app): State<Arc<App>>,
    Id(id): Id<BlobId>,
    params: Params,
) -> Answer<Response> {
    let params = params.only(&["name"])?;
    let name = params.text("name")?;
    if name.is_some_and(|name| name.len() > 255) {
        return Err(Failure::new(ErrorCode::InvalidRequest, "The name has more than 255 bytes.")
            .at("query:name")
            .into());
    }
    let blob = app.engine.blob(id).await?;
    let mut headers = HeaderMap::new();
    let binary = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&blob.media_type).unwrap_or(binary));
    let fallback = HeaderValue::from_static("attachment");
    let disposition = HeaderValue::from_str(&disposition(&blob.media_type, name)).unwrap_or(fallback);
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    let policy = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // A blob never changes.
    let cache = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, cache);
    Ok((headers, blob.bytes).into_response())
}

/// RFC 6266: the name as UTF-8 in RFC 8187's escapes, and an ASCII one for old clients.
fn disposition(media_type: &str, name: Option<&str>) -> String {
    let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = if SHOWN.contains(&bare.as_str()) { "inline" } else { "attachment" };
    let Some(name) = name.map(|name| name.rsplit(['/', '\\']).next().unwrap_or_default()) else {
        return kind.to_owned();
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || " -._()".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let escaped: String = name
        .bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_run_is_shown() {
        assert_eq!(disposition("image/png", None), "inline");
        assert_eq!(disposition("text/plain; charset=utf-8", None), "inline");
        for active in ["text/html", "image/svg+xml", "application/pdf", "application/javascript", ""] {
            assert_eq!(disposition(active, None), "attachment", "{active}");
        }
    }

    #[test]
    fn names_cannot_break_out() {
        assert_eq!(
            disposition("text/html", Some("../a\"\r\nü.html")),
            "attachment; filename=\"a____.html\"; filename*=UTF-8''a%22%0D%0A%C3%BC.html"
        );
    }
}

//! Pages, as n8n cuts them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::http::Request;

/// Most rows of a page; more is cut (2.x) or refused (1.x).
const MOST: usize = 250;
/// Rows of a page when nothing is asked for.
const USUAL: usize = 100;

/// Why a page cannot be given.
pub(super) struct Refused(pub(super) &'static str);

/// Cuts the page that the request asks for out of all rows.
pub(super) fn page(rows: &[Value], request: &Request, old: bool) -> Result<Value, Refused> {
    let mut limit = request.query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(USUAL);
    if old && limit > MOST {
        return Err(Refused("request/query/limit must be <= 250"));
    }
    let mut offset = 0;
    if let Some(cursor) = request.query("cursor") {
        let decoded: Option<Value> =
            STANDARD.decode(&cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let field = |name: &str| {
            let number = decoded.as_ref()?.get(name)?.as_u64()?;
            usize::try_from(number).ok()
        };
        let (Some(from), Some(size)) = (field("offset"), field("limit")) else {
            return Err(Refused("An invalid cursor was provided"));
        };
        (offset, limit) = (from, size);
    }
    let limit = limit.clamp(1, MOST);
    let end = rows.len().min(offset.saturating_add(limit));
    let data = rows.get(offset..end).unwrap_or_default();
    let next =
        (end < rows.len()).then(|| STANDARD.encode(json!({ "limit": limit, "offset": end }).to_string()));
    Ok(json!({ "data": data, "nextCursor": next }))
}

//! Results in the form of the recorded servers: which keys, in which order.

use serde_json::{Map, Value, json};

use super::{Face, Revision, call::Reply};

/// The result of `tools/call`.
pub(super) fn reply(face: Face, revision: Revision, server: &Value, reply: Reply) -> Value {
    let mut result = Map::new();
    let structured = reply.structured.filter(|_| revision >= Revision::V2025_06_18);
    match face {
        Face::Everything => {
            result.insert("content".to_owned(), reply.content.into());
            if let Some(structured) = structured {
                result.insert("structuredContent".to_owned(), structured);
            }
            if reply.is_error {
                result.insert("isError".to_owned(), true.into());
            }
        }
        Face::Lab => {
            let mut meta = Map::new();
            if reply.wrapped && !reply.is_error {
                meta.insert("fastmcp".to_owned(), json!({"wrap_result": true}));
            }
            let first = !meta.is_empty();
            if revision.is_modern() {
                meta.insert("io.modelcontextprotocol/serverInfo".to_owned(), server.clone());
            }
            let meta = Some(Value::Object(meta))
                .filter(|meta| meta.as_object().is_some_and(|meta| !meta.is_empty()));
            if first && let Some(meta) = &meta {
                result.insert("_meta".to_owned(), meta.clone());
            }
            let content: Vec<Value> = reply.content.into_iter().map(type_last).collect();
            result.insert("content".to_owned(), content.into());
            result.insert("isError".to_owned(), reply.is_error.into());
            if revision.is_modern() {
                result.insert("resultType".to_owned(), "complete".into());
            }
            if let Some(structured) = structured {
                result.insert("structuredContent".to_owned(), structured);
            }
            if !first && let Some(meta) = meta {
                result.insert("_meta".to_owned(), meta);
            }
        }
    }
    Value::Object(result)
}

/// As the Python SDK writes content: keys in alphabetical order, which puts `type` behind.
pub(super) fn type_last(mut item: Value) -> Value {
    if let Some(fields) = item.as_object_mut()
        && let Some(kind) = fields.shift_remove("type")
    {
        fields.insert("type".to_owned(), kind);
    }
    item
}

/// The result of a list: `key` and its page.
pub(super) fn list(revision: Revision, server: &Value, ttl_ms: u64, key: &str, page: Page) -> Value {
    let mut result = Map::new();
    if revision.is_modern() {
        result.insert("cacheScope".to_owned(), "private".into());
        if let Some(next) = page.next {
            result.insert("nextCursor".to_owned(), next.into());
        }
        // In alphabetical order.
        let mut pair =
            [(key.to_owned(), Value::from(page.entries)), ("resultType".to_owned(), "complete".into())];
        pair.sort_by(|one, other| one.0.cmp(&other.0));
        result.extend(pair);
        result.insert("ttlMs".to_owned(), ttl_ms.into());
        result.insert("_meta".to_owned(), json!({"io.modelcontextprotocol/serverInfo": server}));
    } else {
        result.insert(key.to_owned(), page.entries.into());
        if let Some(next) = page.next {
            result.insert("nextCursor".to_owned(), next.into());
        }
    }
    Value::Object(result)
}

/// Any other result.
pub(super) fn complete(revision: Revision, server: &Value, mut result: Value) -> Value {
    if revision.is_modern()
        && let Some(fields) = result.as_object_mut()
    {
        fields.entry("resultType").or_insert_with(|| "complete".into());
        fields.entry("_meta").or_insert_with(|| json!({"io.modelcontextprotocol/serverInfo": server}));
    }
    result
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Page {
    pub(super) entries: Vec<Value>,
    pub(super) next: Option<String>,
}

impl Page {
    /// The page at this cursor; `None` for a cursor that was never given.
    pub(super) fn of(all: Vec<Value>, cursor: Option<&str>, size: Option<usize>) -> Option<Self> {
        let from = match cursor {
            None => 0,
            Some(cursor) => cursor.strip_prefix("page-")?.parse().ok().filter(|from| *from < all.len())?,
        };
        let to = size.map_or(all.len(), |size| (from + size.max(1)).min(all.len()));
        let next = (to < all.len()).then(|| format!("page-{to}"));
        let entries = all.into_iter().skip(from).take(to - from).collect();
        Some(Self { entries, next })
    }
}

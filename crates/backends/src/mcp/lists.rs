//! Lists of a server, page by page, raw; and what of them is kept.

use std::collections::HashSet;

use jackfield_protocol::error::{ErrorCode, Failure};
use serde_json::{Value, json};

use super::session::{NoResult, Session};

/// Most pages of one list.
const PAGES: usize = 2000;
/// Most entries of one list that are kept.
pub(crate) const ENTRIES: usize = 20_000;

/// One list, whole or cut, with what a person should know of it.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) entries: Vec<Value>,
    pub(crate) notes: Vec<String>,
}

/// Reads a list to its end. A server that does not know the method has an empty one.
///
/// # Errors
/// The connection's, or what the server says.
pub(crate) async fn read(session: &Session, method: &str, key: &str) -> Result<List, Failure> {
    let mut list = List::default();
    let mut cursor: Option<String> = None;
    let mut seen = HashSet::new();
    for page in 0.. {
        let params = cursor.as_ref().map_or_else(|| json!({}), |cursor| json!({"cursor": cursor}));
        let result = match session.read(method, params).await {
            Ok(result) => result,
            Err(NoResult::Rpc(error)) if error.code == -32601 && page == 0 => return Ok(list),
            Err(error) => return Err(error.into_failure(session.place())),
        };
        let Some(entries) = result[key].as_array() else {
            let message = format!("{} answered '{method}' without a list of {key}.", session.place());
            return Err(Failure::new(ErrorCode::PeerBadAnswer, message)
                .hint("The server does not follow the protocol: report it to whoever makes it."));
        };
        list.entries.extend(entries.iter().take(ENTRIES - list.entries.len()).cloned());
        let next = result["nextCursor"].as_str().map(str::to_owned);
        let Some(next) = next else { break };
        if list.entries.len() >= ENTRIES || page + 1 >= PAGES {
            list.notes
                .push(format!("Only the first {} {key} are kept: the server has more.", list.entries.len()));
            break;
        }
        // An empty text is a cursor too.
        if !seen.insert(next.clone()) {
            list.notes.push(format!("The server repeats a page of its {key} for ever; the list ends there."));
            break;
        }
        cursor = Some(next);
    }
    Ok(list)
}

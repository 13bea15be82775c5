//! What waits for a person.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use jackfield_protocol::api::{InboxItem, Page};

use super::Answer;
use crate::state::App;

/// What waits for a person, newest first: questions of runs, backends where somebody has to sign in, tools whose
/// definition changed. At most 500.
#[utoipa::path(get, path = "/api/v1/inbox", tag = "inbox",
    responses((status = 200, description = "What waits.", body = Page<InboxItem>)))]
pub(crate) async fn get_inbox(State(app): State<Arc<App>>) -> Answer<Reply<Page<InboxItem>>> {
    Ok(Reply(Page { items: app.engine.inbox().await?, next: None }))
}

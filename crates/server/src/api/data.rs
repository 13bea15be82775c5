//! How much is stored, for how long, and what the hub is made of.

use std::sync::Arc;

use axum::{
    Json as Reply,
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use jackfield_protocol::api::{DataChange, DataView, Licences};

use super::Answer;
use crate::{extract::Json, params::Params, state::App};

/// What is stored, how much room it takes, and for how long it is kept.
///
/// With `older_than_days`: also how much would go if data were kept for so many days.
#[utoipa::path(get, path = "/api/v1/data", tag = "data",
    params(("older_than_days" = Option<u32>, Query, minimum = 1, maximum = 3650,
        description = "Count what is older than so many days.")),
    responses((status = 200, description = "What is stored.", body = DataView)))]
pub(crate) async fn get_data(State(app): State<Arc<App>>, params: Params) -> Answer<Reply<DataView>> {
    let params = params.only(&["older_than_days"])?;
    let days = params.get("older_than_days", "a number from 1 to 3650")?;
    Ok(Reply(app.engine.data(days).await?))
}

/// Keeps runs and conversations for so many days, or for ever. What is older is removed in the background, at once and
/// then every hour: runs that ended before that time, with their events and files, and conversations that were not used
/// since, whole. What was removed does not come back.
#[utoipa::path(patch, path = "/api/v1/data", tag = "data",
    request_body(content = DataChange, example = json!({"retention_days": 90})),
    responses((status = 200, description = "As it is now; `removing` while old data goes.", body = DataView)))]
pub(crate) async fn change_data(
    State(app): State<Arc<App>>,
    Json(change): Json<DataChange>,
) -> Answer<Reply<DataView>> {
    Ok(Reply(app.engine.keep(change.retention_days).await?))
}

/// The libraries in the hub's program, with their licences. Those of the web page are in its own `licences.json`.
#[utoipa::path(get, path = "/api/v1/licences", tag = "data",
    responses((status = 200, description = "Libraries and texts.", body = Licences)))]
pub(crate) async fn get_licences(params: Params) -> Answer<Response> {
    params.only(&[])?;
    let json = include_str!("../../../../contract/licences.json");
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

//! The routes, one file for each subject.

mod backends;
mod blobs;
mod conversations;
mod data;
mod errors;
mod events;
mod follow;
mod health;
mod import;
mod inbox;
mod metrics;
mod oauth;
mod offers;
mod openapi;
mod runs;
mod sign_in;
mod spans;
mod tokens;
mod tools;
mod upload;
mod workflows;

use std::sync::Arc;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{problem::ApiError, state::App};

/// What handlers return.
pub(crate) type Answer<T> = Result<T, ApiError>;

/// Routes that ask for a token.
pub(crate) fn protected() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(backends::list_platforms))
        .routes(routes!(backends::list_backends, backends::add_backend))
        .routes(routes!(backends::test_new_backend))
        .routes(routes!(backends::get_backend, backends::change_backend, backends::remove_backend))
        .routes(routes!(backends::test_backend))
        .routes(routes!(backends::test_change))
        .routes(routes!(backends::discover_backend))
        .routes(routes!(import::import))
        .routes(routes!(import::import_places))
        .routes(routes!(import::export))
        .routes(routes!(import::registry_servers))
        .routes(routes!(import::registry_install))
        .routes(routes!(workflows::list_workflows))
        .routes(routes!(workflows::get_workflow))
        .routes(routes!(tools::list_tools))
        .routes(routes!(tools::get_tool))
        .routes(routes!(tools::call_tool))
        .routes(routes!(tools::accept_tool))
        .routes(routes!(offers::list_resources))
        .routes(routes!(offers::list_resource_templates))
        .routes(routes!(offers::list_prompts))
        .routes(routes!(offers::read_resource))
        .routes(routes!(offers::get_prompt))
        .routes(routes!(offers::complete))
        .routes(routes!(offers::get_journal))
        .routes(routes!(oauth::begin_sign_in, oauth::sign_out))
        .routes(routes!(oauth::finish_sign_in))
        .routes(routes!(inbox::get_inbox))
        .routes(routes!(conversations::list_conversations, conversations::create_conversation))
        .routes(routes!(
            conversations::get_conversation,
            conversations::change_conversation,
            conversations::remove_conversation
        ))
        .routes(routes!(runs::list_runs, runs::start_run))
        .routes(routes!(runs::get_run))
        .routes(routes!(follow::run_events))
        .routes(routes!(runs::get_trace))
        .routes(routes!(runs::cancel_run))
        .routes(routes!(runs::answer_input))
        .routes(routes!(events::hub_events))
        .routes(routes!(blobs::get_blob))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::delete_token))
        .routes(routes!(data::get_data, data::change_data))
        .routes(routes!(data::get_licences))
        .routes(routes!(sign_in::create_sign_in_link))
        .routes(routes!(spans::receive_spans))
}

/// Routes that ask for nothing, or check for themselves.
pub(crate) fn public() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(errors::list_errors))
        .routes(routes!(errors::get_error))
        .routes(routes!(openapi::get_openapi))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(metrics::metrics))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(oauth::callback))
        .routes(routes!(spans::probe_spans))
}

/// Routes that stand beside a literal path of the document: a backend may be named `test`.
pub(crate) fn beside() -> axum::Router<Arc<App>> {
    let named_test = axum::routing::get(backends::get_backend)
        .patch(backends::change_backend)
        .delete(backends::remove_backend);
    axum::Router::new().route("/api/v1/backends/test", named_test)
}

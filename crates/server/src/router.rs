//! All routes and layers in one place.

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn_with_state, routing::get};
use jackfield_engine::Engine;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{ServerConfig, api, auth, guard, page, problem, state::App};

/// The whole server as a service, for callers that listen by themselves. Streams do not end by themselves when such a
/// caller shuts down; [`serve`](crate::serve()) takes care of that.
pub fn router(engine: Engine, config: ServerConfig) -> Router {
    build(App::new(engine, config, None, CancellationToken::new()))
}

/// The routes around a state.
pub(crate) fn build(app: Arc<App>) -> Router {
    let (protected, _) = api::protected().split_for_parts();
    let (public, _) = api::public().split_for_parts();
    let protected =
        protected.merge(api::beside()).route_layer(from_fn_with_state(Arc::clone(&app), auth::require));
    let routes = protected.merge(public).route("/", get(page::index));
    let base = app.config.base_path.as_str();
    let routed = if base.is_empty() {
        routes
    } else {
        // Nesting serves "/base" but not "/base/".
        Router::new().route(&format!("{base}/"), get(page::index)).nest(base, routes)
    };
    routed
        .fallback(page::otherwise)
        .layer(DefaultBodyLimit::max(app.config.upload_limit))
        .layer(from_fn_with_state(Arc::clone(&app), guard::check))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(Arc::clone(&app), problem::finish))
        .with_state(app)
}

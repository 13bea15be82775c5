//! Listening, and ending in time.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use jackfield_engine::Engine;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{ServerConfig, router::build, state::App};

/// How long to wait after the system refused a connection, for example because all file descriptors are taken.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is cancelled. Event streams then end at once (their readers come back with a cursor), other
/// requests get [`ServerConfig::shutdown_grace`], and what is still open after that is cut.
///
/// Shut the engine down after this returned: requests that are under way may still use it.
///
/// # Errors
/// Only when the listener has no address. Failed connections are logged.
pub async fn serve(
    listener: TcpListener,
    engine: Engine,
    config: ServerConfig,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let listen = listener.local_addr()?.ip();
    let app = App::new(engine, config, Some(listen), shutdown.clone());
    let router = build(Arc::clone(&app));
    let slots = Arc::new(Semaphore::new(app.config.max_connections.min(Semaphore::MAX_PERMITS)));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(app.config.header_timeout);
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let next = async { (Arc::clone(&slots).acquire_owned().await, listener.accept().await) };
        let (slot, accepted) = tokio::select! {
            () = shutdown.cancelled() => break,
            next = next => next,
            // What has ended is taken off the list; when nothing is open there is nothing to wait for.
            Some(_) = connections.join_next() => continue,
        };
        let Some(stream) = usable(accepted).await else { continue };
        let service = TowerToHyperService::new(Router::clone(&router));
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        connections.spawn(async move {
            let _slot = slot;
            if let Err(error) = connection.await {
                // Clients that go away are no news.
                tracing::debug!(target: "jackfield::http", %error, "connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(app.config.shutdown_grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(target: "jackfield::http", open = connections.len(), "connections are cut");
    }
    connections.shutdown().await;
    Ok(())
}

async fn usable(accepted: io::Result<(TcpStream, std::net::SocketAddr)>) -> Option<TcpStream> {
    match accepted {
        Ok((stream, _)) => {
            // Without it the system may hold small events back for 40 ms.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(target: "jackfield::http", %error, "TCP_NODELAY cannot be set");
            }
            Some(stream)
        }
        Err(error) => {
            tracing::warn!(target: "jackfield::http", %error, "a connection cannot be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

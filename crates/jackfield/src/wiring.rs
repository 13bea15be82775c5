//! Puts the hub together: data directory, store, engine, server, token, simulated peers.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jackfield_backends::LocalPrograms;
use jackfield_engine::{Engine, EngineConfig};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::Store,
};
use jackfield_server::{ServerConfig, SignInCodes};
use jackfield_store::{SqliteStore, StoreOptions};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    config::KeyStore,
    demo,
    hub_file::{Hub, HubLock, write_private},
    places::LocalPlaces,
};

/// A process that has just ended may hold its lock a moment longer.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Everything that `serve` resolved.
#[derive(Debug, Clone)]
pub(crate) struct HubOptions {
    /// The hub's directory.
    pub(crate) data_dir: PathBuf,
    /// Where the first token is written.
    pub(crate) token_path: PathBuf,
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// Path in front of everything.
    pub(crate) base_path: String,
    /// With simulated peers.
    pub(crate) demo: bool,
    /// Further hosts.
    pub(crate) allow_host: Vec<String>,
    /// Further origins.
    pub(crate) allow_origin: Vec<String>,
    /// Where the key is kept.
    pub(crate) key_store: KeyStore,
}

/// A hub that answers.
pub(crate) struct RunningHub {
    /// Process and address.
    pub(crate) info: Hub,
    /// Its directory.
    pub(crate) data_dir: PathBuf,
    /// Where its token is.
    pub(crate) token_path: PathBuf,
    /// A code that signs a browser in, once.
    pub(crate) sign_in: SecretString,
    /// Only this machine can reach it.
    pub(crate) is_local: bool,
    /// What to run first, where there is a demo.
    pub(crate) example: Option<String>,
    engine: Engine,
    store: Arc<SqliteStore>,
    shutdown: CancellationToken,
    server_ended: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    _demo: Option<demo::Demo>,
    /// Given back last.
    _lock: HubLock,
}

impl RunningHub {
    /// Starts everything; when it returns, the hub answers.
    ///
    /// # Errors
    /// `Conflict` when the directory or the address is taken, and those of store and engine.
    pub(crate) async fn start(options: HubOptions) -> Result<Self, Failure> {
        let base_path = options.base_path.parse::<jackfield_server::BasePath>()?;
        let lock = take_lock(&options.data_dir).await?;
        let listener = listen(options.listen).await?;
        let address = listener.local_addr().map_err(|error| Failure::internal(error.to_string()))?;
        let store_options = StoreOptions::new(&options.data_dir).key_store(match options.key_store {
            KeyStore::Auto => jackfield_store::KeyStore::Auto,
            KeyStore::Os => jackfield_store::KeyStore::Os,
            KeyStore::File => jackfield_store::KeyStore::File,
        });
        let store = Arc::new(SqliteStore::open(store_options).await?);
        let shared: Arc<dyn Store> = Arc::<SqliteStore>::clone(&store);
        let engine =
            Engine::start(shared, jackfield_backends::platforms(local_programs()), EngineConfig::default())
                .await?;
        engine.use_registry(Arc::new(jackfield_backends::HttpRegistry::new()?));
        if let Some(places) = LocalPlaces::new() {
            engine.use_places(Arc::new(places));
        }
        first_token(&engine, &options.token_path).await?;
        let demo = if options.demo {
            Some(demo::start(&engine).await?)
        } else {
            demo::clear(&engine).await?;
            None
        };
        let codes = SignInCodes::default();
        let sign_in = codes.mint();
        let url = url_of(address, base_path.as_str())?;
        let config = ServerConfig {
            base_path,
            sign_in: codes,
            allowed_hosts: options.allow_host,
            allowed_origins: options.allow_origin,
            ..ServerConfig::default()
        };
        let shutdown = CancellationToken::new();
        let server_ended = CancellationToken::new();
        let server = {
            let serving = jackfield_server::serve(listener, engine.clone(), config, shutdown.clone());
            let ended = server_ended.clone().drop_guard();
            tokio::spawn(async move {
                let _ended = ended;
                serving.await
            })
        };
        let info = Hub { pid: std::process::id(), url };
        lock.announce(&info)?;
        tracing::debug!(target: "jackfield::hub", url = %info.url, "the hub answers");
        Ok(Self {
            info,
            data_dir: options.data_dir,
            token_path: options.token_path,
            sign_in,
            is_local: address.ip().is_loopback(),
            example: demo.as_ref().and_then(|demo| demo.example.clone()),
            engine,
            store,
            shutdown,
            server_ended,
            server,
            _demo: demo,
            _lock: lock,
        })
    }

    /// Completes when the server has ended.
    pub(crate) fn ended(&self) -> impl Future<Output = ()> + use<> {
        self.server_ended.clone().cancelled_owned()
    }

    /// Ends softly: readers are sent away, requests and runs get a moment, everything is on disk.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        if let Ok(Err(error)) = self.server.await {
            tracing::warn!(target: "jackfield::hub", %error, "the server ended with an error");
        }
        self.engine.shutdown().await;
        self.store.close().await;
        tracing::info!(target: "jackfield::hub", "stopped");
    }
}

async fn take_lock(data_dir: &Path) -> Result<HubLock, Failure> {
    let mut tries = 1;
    loop {
        match HubLock::take(data_dir) {
            Err(failure) if failure.code == ErrorCode::Conflict && tries < LOCK_TRIES => {
                tries += 1;
                tokio::time::sleep(LOCK_PAUSE).await;
            }
            taken => return taken,
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let (code, hint) = match error.kind() {
            std::io::ErrorKind::AddrInUse => (
                ErrorCode::Conflict,
                "Another program listens there: stop it, or choose another port with --listen 127.0.0.1:PORT (0: any).",
            ),
            std::io::ErrorKind::PermissionDenied => {
                (ErrorCode::InvalidConfig, "Ports below 1024 are for the administrator: choose a higher one.")
            }
            _ => (ErrorCode::InvalidConfig, "Choose an address of this machine, such as 127.0.0.1:7410."),
        };
        Failure::new(code, format!("The hub cannot listen on {address}: {}.", error.kind())).hint(hint).at("--listen")
    })
}

/// The address that people and the CLI use; a hub that listens everywhere is shown at loopback.
fn url_of(address: SocketAddr, base_path: &str) -> Result<Url, Failure> {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let text = format!("http://{}{base_path}/", SocketAddr::new(ip, address.port()));
    Url::parse(&text).map_err(|error| Failure::internal(format!("{text} is no URL: {error}.")))
}

/// Sees to it that the token file holds a token of this hub and that only this user can read it.
async fn first_token(engine: &Engine, path: &Path) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        Failure::new(
            ErrorCode::Storage,
            format!("The token file {} cannot be written: {error}.", path.display()),
        )
        .hint("Check the permissions of the data directory.")
    };
    if let Ok(text) = std::fs::read_to_string(path) {
        let text = SecretString::from(text.trim().to_owned());
        if engine.authenticate(text.expose_secret()).await?.is_some() {
            if !crate::hub_file::is_private(path) {
                tracing::warn!(target: "jackfield::hub", file = %path.display(), "others could read the token file; make a new token");
                write_private(path, text.expose_secret()).map_err(|error| failed(&error))?;
            }
            return Ok(());
        }
    }
    let (_, text) = engine.create_token("token file of the data directory".to_owned()).await?;
    write_private(path, text.expose_secret()).map_err(|error| failed(&error))
}

/// What programs of local MCP servers get from the surroundings of the hub.
fn local_programs() -> LocalPrograms {
    let local = LocalPrograms::seeing(
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    );
    match std::env::current_exe() {
        Ok(own) => local.guarded_by(own, crate::GUARD),
        Err(error) => {
            tracing::warn!(target: "jackfield::hub", %error, "local MCP servers run without a guard: this program does not know where it is");
            local
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_listens_everywhere_is_shown_at_loopback() {
        let shown = |address: &str, base: &str| url_of(address.parse().unwrap(), base).unwrap().to_string();
        assert_eq!(shown("127.0.0.1:7410", ""), "http://127.0.0.1:7410/");
        assert_eq!(shown("0.0.0.0:80", "/hub"), "http://127.0.0.1/hub/");
        assert_eq!(shown("[::]:7410", ""), "http://[::1]:7410/");
        assert_eq!(shown("192.168.1.5:7410", ""), "http://192.168.1.5:7410/");
    }
}

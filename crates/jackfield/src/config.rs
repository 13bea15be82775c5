//! Settings: flags before environment, environment before file, file before defaults. Flags and environment
//! are merged by clap; this module reads the file and adds the defaults.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::{cli::Global, hub_file};

/// Where the hub listens unless told otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:7410";
/// Where the CLI looks for the hub unless told otherwise.
pub(crate) const DEFAULT_SERVER: &str = "http://127.0.0.1:7410";
/// Name of the configuration file inside the data directory.
pub(crate) const FILE_NAME: &str = "jackfield.toml";
/// Name of the token file inside the data directory; mode 0600.
pub(crate) const TOKEN_FILE: &str = "token";

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct File {
    /// For `jackfield serve`.
    pub(crate) serve: ServeSection,
    /// For every other command.
    pub(crate) client: ClientSection,
}

/// `[serve]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServeSection {
    /// See `--listen`.
    pub(crate) listen: Option<SocketAddr>,
    /// See `--base-path`.
    pub(crate) base_path: Option<String>,
    /// See `--demo`.
    pub(crate) demo: Option<bool>,
    /// See `--allow-host`.
    pub(crate) allow_host: Vec<String>,
    /// See `--allow-origin`.
    pub(crate) allow_origin: Vec<String>,
    /// See `--key-store`.
    pub(crate) key_store: Option<KeyStore>,
    /// See `--log`.
    pub(crate) log: Option<LogFormat>,
    /// See `--log-filter`.
    pub(crate) log_filter: Option<String>,
}

/// `[client]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClientSection {
    /// See `--server`.
    pub(crate) server: Option<Url>,
    /// A file that holds the token, in place of the one in the data directory.
    pub(crate) token_file: Option<PathBuf>,
}

/// Where the key that seals secrets is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyStore {
    /// The system's key store where there is one, else a file.
    #[default]
    Auto,
    /// The system's key store, or nothing.
    Os,
    /// A file of mode 0600 in the data directory.
    File,
}

/// How the hub logs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Settings that every command needs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The hub's directory.
    pub(crate) data_dir: PathBuf,
    /// The configuration file's content.
    pub(crate) file: File,
    /// The configuration file, when there is one.
    pub(crate) config_path: Option<PathBuf>,
    server: Option<Url>,
    token: Option<SecretString>,
}

impl Settings {
    /// Finds the data directory and reads the configuration file.
    ///
    /// # Errors
    /// `InvalidConfig` when the file cannot be read or understood, or no directory can be found.
    pub(crate) fn load(global: &Global) -> Result<Self, Failure> {
        let data_dir = match &global.data_dir {
            Some(dir) => dir.clone(),
            None => default_data_dir()?,
        };
        let (path, must_exist) = match &global.config {
            Some(path) => (path.clone(), true),
            None => (data_dir.join(FILE_NAME), false),
        };
        let (file, config_path) = match fs::read_to_string(&path) {
            Ok(text) => (parse(&path, &text)?, Some(path)),
            // Where the data directory is no directory, the store says so.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
                    && !must_exist =>
            {
                (File::default(), None)
            }
            Err(error) => {
                return Err(Failure::new(
                    ErrorCode::InvalidConfig,
                    format!("The configuration file {} cannot be read: {error}.", path.display()),
                )
                .hint("Give another file with --config, or correct its permissions."));
            }
        };
        Ok(Self {
            data_dir,
            file,
            config_path,
            server: global.server.clone(),
            token: global.token.clone().map(SecretString::from),
        })
    }

    /// Where the hub is.
    pub(crate) fn server(&self) -> Result<Url, Failure> {
        if let Some(server) = self.server.clone().or_else(|| self.file.client.server.clone()) {
            return check_server(server);
        }
        if let Some(hub) = hub_file::running(&self.data_dir) {
            return check_server(hub.url);
        }
        Url::parse(DEFAULT_SERVER).map_err(|error| Failure::internal(error.to_string()))
    }

    /// The token: given, else from its file. `None`: there is none yet.
    ///
    /// # Errors
    /// `InvalidConfig` when the file is there but cannot be read.
    pub(crate) fn token(&self) -> Result<Option<SecretString>, Failure> {
        if let Some(token) = &self.token {
            return Ok(Some(token.clone()));
        }
        let path = self.token_path();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned().into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::new(
                ErrorCode::InvalidConfig,
                format!("The token file {} cannot be read: {error}.", path.display()),
            )
            .hint("Run as the user that started the hub, or give a token with JACKFIELD_TOKEN.")),
        }
    }

    /// The token for this server. The one in the data directory belongs to the hub of this machine: it is sent
    /// nowhere else unless it was given, or the file is named in the configuration.
    ///
    /// # Errors
    /// Those of [`Settings::token`].
    pub(crate) fn token_for(&self, server: &Url) -> Result<Option<SecretString>, Failure> {
        let ours = self.token.is_some()
            || self.file.client.token_file.is_some()
            || crate::client::is_loopback(server)
            || hub_file::running(&self.data_dir).is_some_and(|hub| hub.url == *server);
        if ours { self.token() } else { Ok(None) }
    }

    /// Where the token is looked for.
    pub(crate) fn token_path(&self) -> PathBuf {
        self.file.client.token_file.clone().unwrap_or_else(|| self.data_dir.join(TOKEN_FILE))
    }
}

fn check_server(server: Url) -> Result<Url, Failure> {
    if matches!(server.scheme(), "http" | "https") && server.has_host() {
        return Ok(server);
    }
    Err(Failure::new(ErrorCode::InvalidUrl, format!("'{server}' is not the address of a hub."))
        .hint(format!("Give --server an address such as {DEFAULT_SERVER}."))
        .at("--server"))
}

fn parse(path: &Path, text: &str) -> Result<File, Failure> {
    toml::from_str(text).map_err(|error| {
        Failure::new(ErrorCode::InvalidConfig, format!("{}: {}.", path.display(), error.message()))
            .hint("docs/guide/cli.md lists every setting.")
            .at(place(text, error.span()))
    })
}

/// Line and column of a place in the file.
fn place(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    format!("line {line}, column {column}")
}

fn default_data_dir() -> Result<PathBuf, Failure> {
    use etcetera::BaseStrategy as _;
    etcetera::base_strategy::choose_native_strategy().map(|dirs| dirs.data_dir().join("jackfield")).map_err(
        |_| {
            Failure::new(ErrorCode::InvalidConfig, "This account has no home directory to keep data in.")
                .hint("Name a directory with --data-dir or JACKFIELD_DATA_DIR.")
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_and_mistakes_have_a_place() {
        let file =
            parse(Path::new("jackfield.toml"), "[serve]\nlisten = \"127.0.0.1:9\"\nkey_store = \"file\"\n");
        let serve = file.unwrap().serve;
        assert_eq!(serve.listen, Some("127.0.0.1:9".parse().unwrap()));
        assert_eq!(serve.key_store, Some(KeyStore::File));

        let failure = parse(Path::new("jackfield.toml"), "[serve]\nlisten = 1\n").unwrap_err();
        assert_eq!(failure.code, ErrorCode::InvalidConfig);
        assert_eq!(failure.place.as_deref(), Some("line 2, column 10"));

        let failure = parse(Path::new("jackfield.toml"), "[server]\n").unwrap_err();
        assert!(failure.message.contains("unknown field `server`"), "{}", failure.message);
    }

    #[test]
    fn flags_go_before_the_file_and_the_file_before_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let global = Global { data_dir: Some(dir.path().to_owned()), ..Global::default() };
        assert_eq!(Settings::load(&global).unwrap().server().unwrap().as_str(), "http://127.0.0.1:7410/");
        fs::write(dir.path().join(FILE_NAME), "[client]\nserver = \"http://127.0.0.1:9/\"\n").unwrap();
        assert_eq!(Settings::load(&global).unwrap().server().unwrap().as_str(), "http://127.0.0.1:9/");
        let flags = Global { server: Some("http://127.0.0.1:8/".parse().unwrap()), ..global };
        assert_eq!(Settings::load(&flags).unwrap().server().unwrap().as_str(), "http://127.0.0.1:8/");
    }

    #[test]
    fn a_token_file_is_trimmed_and_a_given_token_goes_first() {
        use secrecy::ExposeSecret as _;
        let dir = tempfile::tempdir().unwrap();
        let global = Global { data_dir: Some(dir.path().to_owned()), ..Global::default() };
        assert!(Settings::load(&global).unwrap().token().unwrap().is_none());
        fs::write(dir.path().join(TOKEN_FILE), "jf_one\n").unwrap();
        let settings = Settings::load(&global).unwrap();
        assert_eq!(settings.token().unwrap().unwrap().expose_secret(), "jf_one");
        let sent = |server: &str| settings.token_for(&server.parse().unwrap()).unwrap().is_some();
        assert!(
            sent("http://127.0.0.1:7410/") && sent("http://localhost:7410/") && sent("http://[::1]:7410/")
        );
        assert!(!sent("http://192.0.2.1:7410/"), "the token of this machine stays on this machine");
        let flags = Global { token: Some("jf_two".into()), ..global };
        assert_eq!(Settings::load(&flags).unwrap().token().unwrap().unwrap().expose_secret(), "jf_two");
    }
}

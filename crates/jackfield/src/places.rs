//! Where other programs keep their MCP servers on this machine, and reading what is about MCP in there.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use jackfield_protocol::{
    api::ImportPlace,
    error::{ErrorCode, Failure},
    import::{DOCUMENT, distilled},
    port::Places,
};

/// Most bytes of a file; Claude Code keeps its history in the same one.
const FILE: u64 = DOCUMENT as u64 * 8;

/// Where a program's file is.
#[derive(Debug, Clone, Copy)]
enum Base {
    /// Below the home directory.
    Home,
    /// Below the directory for programs' settings.
    Config,
}

const KNOWN: &[(&str, &str, Base, &str)] = &[
    ("claude-desktop", "Claude Desktop", Base::Config, "Claude/claude_desktop_config.json"),
    ("claude-code", "Claude Code", Base::Home, ".claude.json"),
    ("cursor", "Cursor", Base::Home, ".cursor/mcp.json"),
    ("vscode", "VS Code", Base::Config, "Code/User/mcp.json"),
    ("vscode-insiders", "VS Code Insiders", Base::Config, "Code - Insiders/User/mcp.json"),
    ("copilot", "Copilot CLI", Base::Home, ".copilot/mcp-config.json"),
    ("windsurf", "Windsurf", Base::Home, ".codeium/windsurf/mcp_config.json"),
    (
        "cline",
        "Cline",
        Base::Config,
        "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
    ),
    (
        "roo-code",
        "Roo Code",
        Base::Config,
        "Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json",
    ),
    ("gemini-cli", "Gemini CLI", Base::Home, ".gemini/settings.json"),
    ("lm-studio", "LM Studio", Base::Home, ".lmstudio/mcp.json"),
];

/// The names of all places, for messages.
pub(crate) fn names() -> Vec<&'static str> {
    KNOWN.iter().map(|(name, ..)| *name).collect()
}

/// This machine and this account.
#[derive(Debug, Clone)]
pub(crate) struct LocalPlaces {
    home: PathBuf,
    config: PathBuf,
}

impl LocalPlaces {
    /// Looks up where the account's directories are; `None` where it has none.
    pub(crate) fn new() -> Option<Self> {
        use etcetera::BaseStrategy as _;
        let dirs = etcetera::base_strategy::choose_native_strategy().ok()?;
        // On macOS programs keep such files beside their data, not in ~/Library/Preferences.
        let config = if cfg!(target_os = "macos") { dirs.data_dir() } else { dirs.config_dir() };
        Some(Self { home: dirs.home_dir().to_owned(), config })
    }

    fn path(&self, base: Base, below: &str) -> PathBuf {
        let base = match base {
            Base::Home => &self.home,
            Base::Config => &self.config,
        };
        below.split('/').fold(base.clone(), |path, part| path.join(part))
    }

    /// All places.
    pub(crate) fn all(&self) -> Vec<ImportPlace> {
        let place = |(name, title, base, below): &(&str, &str, Base, &str)| {
            let path = self.path(*base, below);
            ImportPlace {
                name: (*name).to_owned(),
                title: (*title).to_owned(),
                exists: path.is_file(),
                path: path.display().to_string(),
            }
        };
        KNOWN.iter().map(place).collect()
    }

    /// What a place holds about MCP servers.
    ///
    /// # Errors
    /// As [`Places::read`].
    pub(crate) fn text(&self, name: &str) -> Result<String, Failure> {
        let Some((_, title, base, below)) = KNOWN.iter().find(|(known, ..)| *known == name) else {
            let shown: String = name.chars().take(40).collect();
            return Err(Failure::not_found("place", format!("'{shown}'"))
                .hint(format!("There are: {}.", names().join(", ")))
                .at("/place"));
        };
        let path = self.path(*base, below);
        distilled(&read(&path, title)?).map_err(|failure| Failure {
            message: format!("{}: {}", path.display(), failure.message),
            ..failure
        })
    }
}

fn read(path: &Path, title: &str) -> Result<String, Failure> {
    let failed = |error: &std::io::Error| {
        let message = format!("{} of {title} cannot be read: {error}.", path.display());
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorCode::NotFound,
            _ => ErrorCode::InvalidRequest,
        };
        Failure::new(code, message).hint("Name the file itself where it is elsewhere: jackfield import FILE.")
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    let length = file.take(FILE + 1).read_to_string(&mut text).map_err(|error| failed(&error))?;
    if length as u64 > FILE {
        let message = format!("{} has more than {} MiB.", path.display(), FILE / (1024 * 1024));
        return Err(Failure::new(ErrorCode::TooLarge, message));
    }
    Ok(text)
}

#[async_trait]
impl Places for LocalPlaces {
    async fn list(&self) -> Vec<ImportPlace> {
        let places = self.clone();
        tokio::task::spawn_blocking(move || places.all()).await.unwrap_or_default()
    }

    async fn read(&self, name: &str) -> Result<String, Failure> {
        let (places, name) = (self.clone(), name.to_owned());
        let read = tokio::task::spawn_blocking(move || places.text(&name)).await;
        read.map_err(|error| Failure::internal(format!("The file was not read to its end: {error}.")))?
    }

    fn home(&self) -> Option<String> {
        self.home.to_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> (tempfile::TempDir, LocalPlaces) {
        let dir = tempfile::tempdir().unwrap();
        let places = LocalPlaces { home: dir.path().to_owned(), config: dir.path().join("config") };
        (dir, places)
    }

    #[test]
    fn what_is_there_is_found_and_read_without_the_rest_of_it() {
        let (dir, places) = places();
        assert!(places.all().iter().all(|place| !place.exists));
        assert_eq!(places.text("claude-code").unwrap_err().code, ErrorCode::NotFound);
        assert_eq!(places.text("nobody").unwrap_err().code, ErrorCode::NotFound);
        let text = r#"{"history": ["canary"], "mcpServers": {"time": {"command": "uvx"}},}"#;
        std::fs::write(dir.path().join(".claude.json"), text).unwrap();
        let found: Vec<_> = places.all().into_iter().filter(|place| place.exists).collect();
        assert_eq!(found.iter().map(|place| place.name.as_str()).collect::<Vec<_>>(), ["claude-code"]);
        assert_eq!(places.text("claude-code").unwrap(), r#"{"mcpServers":{"time":{"command":"uvx"}}}"#);
    }

    #[test]
    fn a_folder_or_bytes_in_its_place_are_told() {
        let (dir, places) = places();
        std::fs::create_dir(dir.path().join(".claude.json")).unwrap();
        assert_eq!(places.text("claude-code").unwrap_err().code, ErrorCode::InvalidRequest);
        std::fs::create_dir(dir.path().join(".cursor")).unwrap();
        std::fs::write(dir.path().join(".cursor/mcp.json"), [0xff, 0xfe]).unwrap();
        assert_eq!(places.text("cursor").unwrap_err().code, ErrorCode::InvalidRequest);
        std::fs::write(dir.path().join(".cursor/mcp.json"), "{canary").unwrap();
        let failure = places.text("cursor").unwrap_err();
        assert_eq!(failure.code, ErrorCode::InvalidJson);
        assert!(failure.message.contains("mcp.json") && !failure.message.contains("canary"), "{failure}");
    }
}

//! Secrets on the way to the hub: from files, the environment or a hidden prompt. What stands on the command
//! line can be seen in the process list, so it is taken with a warning.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use jackfield_protocol::error::{ErrorCode, Failure};

use super::values;
use crate::output::Out;

/// Name of the secret that `--api-key` sets.
const API_KEY: &str = "api_key";

/// Flags that give secrets.
#[derive(Args)]
pub(crate) struct SecretArgs {
    /// File with the API key, or - for stdin
    #[arg(long, value_name = "FILE|-", conflicts_with = "api_key")]
    api_key_file: Option<PathBuf>,
    /// The API key; visible in the process list, so better --api-key-file or the environment
    #[arg(long, value_name = "KEY", env = "JACKFIELD_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// A secret of the platform: from a file, from stdin (-), or asked for (no value)
    #[arg(long = "secret", value_name = "NAME[=@FILE|-]")]
    secrets: Vec<String>,
}

impl std::fmt::Debug for SecretArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretArgs")
    }
}

impl SecretArgs {
    /// Reads what was given.
    pub(crate) fn read(&self, out: &Out) -> Result<BTreeMap<String, String>, Failure> {
        let mut secrets = BTreeMap::new();
        if let Some(path) = &self.api_key_file {
            secrets.insert(API_KEY.to_owned(), from_file("--api-key-file", &path.to_string_lossy())?);
        } else if let Some(key) = &self.api_key {
            if on_command_line("--api-key") {
                out.warn("a key on the command line can be seen in the process list; --api-key-file cannot");
            }
            secrets.insert(API_KEY.to_owned(), key.trim().to_owned());
        }
        for given in &self.secrets {
            let (name, value) = match given.split_once('=') {
                None => (given.as_str(), prompt(out, given)?),
                Some((name, "-")) => (name, from_file("--secret", "-")?),
                Some((name, value)) => match value.strip_prefix('@') {
                    Some(path) => (name, from_file("--secret", path)?),
                    None => {
                        out.warn(&format!(
                            "the secret '{name}' on the command line can be seen in the process list; {name}=@FILE cannot"
                        ));
                        (name, value.to_owned())
                    }
                },
            };
            if name.is_empty() {
                return Err(Failure::new(ErrorCode::InvalidRequest, "A secret needs a name.")
                    .hint("Write --secret NAME=@FILE.")
                    .at("--secret"));
            }
            secrets.insert(name.to_owned(), value);
        }
        Ok(secrets)
    }

    /// Asks for the API key where the platform has one, none was given and somebody is there.
    pub(crate) fn ask_for_key(
        &self,
        secrets: &mut BTreeMap<String, String>,
        schema: &serde_json::Value,
        out: &Out,
    ) -> Result<(), Failure> {
        let has_key = schema.get("properties").is_some_and(|properties| properties.get(API_KEY).is_some());
        if !has_key || !secrets.is_empty() || !out.stdin_terminal || !out.stderr_terminal || out.json {
            return Ok(());
        }
        out.err_text("API key (hidden; Enter for none): ");
        let key = read_hidden("--api-key")?;
        if !key.is_empty() {
            secrets.insert(API_KEY.to_owned(), key);
        }
        Ok(())
    }
}

/// A secret from a file or stdin, without the line end that editors put there.
fn from_file(flag: &str, path: &str) -> Result<String, Failure> {
    let given = if path == "-" { path.to_owned() } else { format!("@{path}") };
    let text = values::text_or_file(flag, &given)?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Failure::new(ErrorCode::InvalidRequest, format!("{flag}: the secret is empty.")).at(flag));
    }
    Ok(text.to_owned())
}

pub(super) fn prompt(out: &Out, name: &str) -> Result<String, Failure> {
    if !out.stdin_terminal {
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            format!("Nobody can be asked for the secret '{name}'."),
        )
        .hint(format!("Write --secret {name}=@FILE, or {name}=- to read it from stdin."))
        .at("--secret"));
    }
    out.err_text(&format!("{name} (hidden): "));
    read_hidden("--secret")
}

fn read_hidden(flag: &str) -> Result<String, Failure> {
    let text = rpassword::read_password().map_err(|error| {
        Failure::new(ErrorCode::InvalidRequest, format!("The secret cannot be read: {error}.")).at(flag)
    })?;
    Ok(text.trim().to_owned())
}

fn on_command_line(flag: &str) -> bool {
    std::env::args_os().any(|argument| {
        argument.to_str().is_some_and(|text| {
            text == flag || text.strip_prefix(flag).is_some_and(|rest| rest.starts_with('='))
        })
    })
}

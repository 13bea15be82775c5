//! `--var`: values for the variables of a configuration.

use std::collections::BTreeMap;

use clap::Args;
use jackfield_protocol::{
    api::ImportVariable,
    error::{ErrorCode, Failure},
};

use super::values;
use crate::output::{Out, Tone, one_line};

/// Flags that give values.
#[derive(Args)]
pub(crate) struct VariableArgs {
    /// The value of a variable: from this environment (NAME alone), from a file (NAME=@FILE), or as it stands; may be repeated
    #[arg(long = "var", value_name = "NAME[=VALUE]")]
    variables: Vec<String>,
}

/// The values may be secrets.
impl std::fmt::Debug for VariableArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VariableArgs")
    }
}

impl VariableArgs {
    /// Reads what was given.
    pub(crate) fn read(&self) -> Result<BTreeMap<String, String>, Failure> {
        let mut all = BTreeMap::new();
        for given in &self.variables {
            let (name, value) = match given.split_once('=') {
                None => (given.as_str(), from_environment(given)?),
                Some((name, value)) if value.starts_with('@') => {
                    (name, values::text_or_file("--var", value)?.trim_end_matches(['\r', '\n']).to_owned())
                }
                Some((name, value)) => (name, value.to_owned()),
            };
            if name.is_empty() {
                return Err(Failure::new(ErrorCode::InvalidRequest, "A variable needs a name.")
                    .hint("Write --var NAME=VALUE.")
                    .at("--var"));
            }
            all.insert(name.to_owned(), value);
        }
        Ok(all)
    }
}

fn from_environment(name: &str) -> Result<String, Failure> {
    std::env::var_os(name).and_then(|value| value.into_string().ok()).ok_or_else(|| {
        Failure::new(ErrorCode::InvalidRequest, format!("The variable '{name}' is not set here."))
            .hint(format!("Set it, or write --var {name}=VALUE."))
            .at("--var")
    })
}

/// Asks for one variable; `None`: nothing was typed.
pub(crate) fn ask(variable: &ImportVariable, out: &Out) -> Result<Option<String>, Failure> {
    let mut line = format!("  {}", out.err.paint(Tone::Bold, one_line(&variable.name)));
    if let Some(description) = &variable.description {
        line.push_str(&format!(" – {}", one_line(description)));
    }
    if !variable.choices.is_empty() {
        let choices: Vec<String> = variable.choices.iter().map(|choice| one_line(choice)).collect();
        line.push_str(&format!(" ({})", choices.join(" | ")));
    } else if let Some(placeholder) = &variable.placeholder {
        line.push_str(&format!(" (for example {})", one_line(placeholder)));
    }
    let typed = if variable.secret {
        out.err_text(&format!("{line} (hidden): "));
        rpassword::read_password().map_err(|error| unread(&error))?
    } else {
        out.err_text(&format!("{line}: "));
        let mut typed = String::new();
        std::io::stdin().read_line(&mut typed).map_err(|error| unread(&error))?;
        typed
    };
    Ok(Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()))
}

fn unread(error: &std::io::Error) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("The value cannot be read: {error}.")).at("--var")
}

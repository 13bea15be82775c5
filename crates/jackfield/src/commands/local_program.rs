//! Flags of `backend add` for MCP servers: the program of a local one, and headers of one at an address.

use std::collections::BTreeMap;

use clap::Args;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::Platform,
};
use serde_json::{Map, Value};

use super::{secrets, values};
use crate::output::Out;

/// Address of a backend that is a program on the hub's machine.
pub(crate) const LOCAL: &str = "stdio:";

/// Flags for MCP servers.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "MCP servers")]
pub(crate) struct LocalArgs {
    /// An environment variable of the program
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::pair)]
    env: Vec<(String, String)>,
    /// A secret environment variable of the program: taken from the environment of this command, else asked for
    #[arg(long, value_name = "KEY")]
    secret_env: Vec<String>,
    /// Where the program runs [default: where the hub runs]
    #[arg(long, value_name = "DIR")]
    cwd: Option<String>,
    /// A header of every request; secret ones: --secret header.NAME
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::pair, conflicts_with = "command")]
    header: Vec<(String, String)>,
    /// The program of a local server with its arguments; it runs on the hub's machine as the hub's user
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "url")]
    command: Vec<String>,
}

impl LocalArgs {
    /// Whether there is a program to start.
    pub(crate) fn is_given(&self) -> bool {
        !self.command.is_empty()
    }

    /// The command line, to show.
    pub(crate) fn shown(&self) -> Option<String> {
        self.is_given().then(|| self.command.join(" "))
    }

    /// Puts what was given into the options.
    pub(crate) fn put_into(
        &self,
        platform: Platform,
        options: &mut Map<String, Value>,
    ) -> Result<(), Failure> {
        // Not left to the parser: it lets a need go where what is needed conflicts with what is there.
        if !self.is_given() && (!self.env.is_empty() || !self.secret_env.is_empty() || self.cwd.is_some()) {
            let message = "--env, --secret-env and --cwd are for a program that the hub starts.";
            return Err(Failure::new(ErrorCode::InvalidRequest, message)
                .hint("Give its command line: jackfield backend add NAME -- COMMAND ARGUMENT…"));
        }
        if platform != Platform::Mcp && (self.is_given() || !self.header.is_empty()) {
            let message = format!("{} takes neither a command nor --header.", platform.title());
            return Err(Failure::new(ErrorCode::InvalidRequest, message)
                .hint("Both are for MCP servers: --platform mcp."));
        }
        if let [program, arguments @ ..] = self.command.as_slice() {
            options.insert("command".to_owned(), program.as_str().into());
            options.insert("args".to_owned(), arguments.into());
        }
        for (name, pairs) in [("env", &self.env), ("headers", &self.header)] {
            if !pairs.is_empty() {
                let given = options.entry(name).or_insert_with(|| Value::Object(Map::new()));
                let Value::Object(given) = given else {
                    let message = format!("The option '{name}' is no object.");
                    return Err(Failure::new(ErrorCode::InvalidRequest, message).at("--option"));
                };
                given.extend(pairs.iter().map(|(key, value)| (key.clone(), value.as_str().into())));
            }
        }
        if let Some(cwd) = &self.cwd {
            options.insert("cwd".to_owned(), cwd.as_str().into());
        }
        Ok(())
    }

    /// The secret variables, under the names that the hub seals them by.
    pub(crate) fn secrets(&self, out: &Out) -> Result<BTreeMap<String, String>, Failure> {
        self.secret_env
            .iter()
            .map(|name| {
                if name.is_empty() || name.contains('=') {
                    // The value is not repeated: it may be the secret.
                    let message = "--secret-env takes the name of a variable, never its value.";
                    return Err(Failure::new(ErrorCode::InvalidRequest, message)
                        .hint("Set the variable in the environment of this command, or let it be asked for.")
                        .at("--secret-env"));
                }
                let value = match std::env::var_os(name).and_then(|value| value.into_string().ok()) {
                    Some(value) if !value.is_empty() => value,
                    _ => secrets::prompt(out, name).map_err(|failure| {
                        failure
                            .at("--secret-env")
                            .hint(format!("Set {name} in the environment of this command."))
                    })?,
                };
                Ok((format!("env.{name}"), value))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn a_command_becomes_options() {
        let args = LocalArgs {
            command: texts(&["npx", "-y", "server", "--port=1"]),
            env: vec![("A".into(), "1=2".into())],
            cwd: Some("/srv".into()),
            ..LocalArgs::default()
        };
        let Value::Object(mut options) = json!({"env": {"B": "3"}}) else { panic!() };
        args.put_into(Platform::Mcp, &mut options).unwrap();
        let expected = json!({
            "env": {"B": "3", "A": "1=2"}, "command": "npx", "args": ["-y", "server", "--port=1"], "cwd": "/srv",
        });
        assert_eq!(Value::Object(options), expected);
        assert_eq!(args.shown().unwrap(), "npx -y server --port=1");
        let refused = args.put_into(Platform::N8n, &mut Map::new()).unwrap_err();
        assert!(refused.message.contains("n8n takes neither"), "{refused:?}");
    }

    #[test]
    fn a_secret_is_never_on_the_command_line() {
        let args = LocalArgs { secret_env: texts(&["KEY=canary"]), ..LocalArgs::default() };
        let out = Out::new(true, crate::output::ColorChoice::Never, true, true);
        let failure = args.secrets(&out).unwrap_err();
        assert!(!format!("{failure:?}").contains("canary"));
        let args = LocalArgs { secret_env: texts(&["PATH"]), ..LocalArgs::default() };
        assert_eq!(
            args.secrets(&out).unwrap().get("env.PATH"),
            std::env::var_os("PATH").and_then(|path| path.into_string().ok()).as_ref()
        );
    }
}

//! What a person should look at before a program of somebody else runs.

use super::{command_line::disguises, draft::Named, variables::Filled};

/// Variables that decide which code a program loads.
const LOADERS: &[&str] = &[
    "PATH",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
    "DYLD_LIBRARY_PATH",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PYTHONSTARTUP",
    "PYTHONPATH",
    "PYTHONHOME",
    "PERL5OPT",
    "RUBYOPT",
    "JAVA_TOOL_OPTIONS",
    "BASH_ENV",
    "ENV",
    "npm_config_registry",
    "NPM_CONFIG_REGISTRY",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "PIP_INDEX_URL",
    "UV_INDEX",
];
const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "fish", "cmd", "powershell", "pwsh"];

/// Adds what there is to say.
pub(super) fn of_program(command: &str, args: &[Filled], env: &[Named], notes: &mut Vec<String>) {
    let program = command.rsplit(['/', '\\']).next().unwrap_or(command);
    let program = program.strip_suffix(".exe").unwrap_or(program);
    let is_line = |arg: &Filled| {
        matches!(arg.text.as_str(), "-c" | "-lc" | "-ic" | "/c" | "/C" | "-Command" | "-EncodedCommand")
    };
    let is_wrapper = program == "cmd"
        && args.get(1).is_some_and(|arg| ["npx", "uvx", "node", "docker"].contains(&arg.text.as_str()));
    if is_wrapper {
        notes.push("It is written for Windows: elsewhere leave `cmd /c` out.".to_owned());
    } else if SHELLS.contains(&program) && args.iter().any(is_line) {
        notes.push("It runs a line for a shell: read the whole line.".to_owned());
    }
    let is_mounted = |arg: &Filled| arg.text == "--privileged" || arg.text.contains("/var/run/docker.sock");
    if matches!(program, "docker" | "podman") && args.iter().any(is_mounted) {
        notes.push("Its container can take over the machine: it is privileged or gets the container engine's socket.".to_owned());
    }
    let loaders: Vec<&str> =
        env.iter().map(|named| named.name.as_str()).filter(|name| LOADERS.contains(name)).collect();
    if !loaders.is_empty() {
        notes.push(format!("Its environment decides which code is loaded: {}.", loaders.join(", ")));
    }
    let texts = args.iter().map(|arg| arg.text.as_str()).chain([command]);
    if texts.chain(env.iter().map(|named| named.name.as_str())).any(|text| text.chars().any(disguises)) {
        notes.push(
            "It has characters in it that are not seen: the command line shows them as \\u….".to_owned(),
        );
    }
}

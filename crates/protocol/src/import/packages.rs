//! Packages of a `server.json`: the command line that downloads and starts one.

use serde_json::{Map, Value};

use super::{
    draft::{Draft, Named, Peer, VALUES, wrong},
    server_inputs::{Inputs, is_on},
    server_json::key_values,
    variables::Filled,
};
use crate::error::Failure;

/// A kind of package that a runner starts.
struct Runner {
    /// Its `registryType`.
    kind: &'static str,
    /// The registries that its runner downloads from without being told.
    home: &'static [&'static str],
    /// Runners that can be named in `runtimeHint`; the first is the usual one.
    programs: &'static [&'static str],
    /// Characters of an identifier besides letters and digits.
    signs: &'static str,
}

const RUNNERS: &[Runner] = &[
    Runner {
        kind: "npm",
        home: &["https://registry.npmjs.org"],
        programs: &["npx", "bunx"],
        signs: "@/._-~",
    },
    Runner {
        kind: "pypi",
        home: &["https://pypi.org", "https://pypi.org/simple"],
        programs: &["uvx"],
        signs: "._-[],",
    },
    Runner {
        kind: "oci",
        home: &["https://docker.io", "https://ghcr.io"],
        programs: &["docker", "podman"],
        signs: "./:_-@",
    },
    Runner {
        kind: "nuget",
        home: &["https://api.nuget.org", "https://api.nuget.org/v3/index.json", "https://www.nuget.org"],
        programs: &["dnx"],
        signs: "._-",
    },
];

/// Reads a package.
pub(super) fn package(draft: &mut Draft, value: &Value, inputs: &Inputs<'_>) -> Result<(), Failure> {
    let Value::Object(fields) = value else { return Err(wrong("A package of it is no object.")) };
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let (kind, identifier, version) = (text("registryType"), text("identifier"), text("version"));
    let Some(runner) = RUNNERS.iter().find(|runner| runner.kind == kind) else {
        return Err(not_run(kind, identifier, version));
    };
    check(identifier, runner.signs, "identifier")?;
    if !version.is_empty() {
        check(version, "._-+~!", "version")?;
    }
    let base = text("registryBaseUrl").trim_end_matches('/');
    let elsewhere = !base.is_empty() && !runner.home.contains(&base);
    if elsewhere && kind != "npm" && kind != "oci" {
        let shown: String = base.chars().take(120).collect();
        return Err(wrong(format!(
            "Its package is in the registry {shown}, from which {} downloads only by its own settings.",
            runner.programs.join(" or ")
        ))
        .hint("Set the registry up for that program, then add the server by its command."));
    }
    let transport =
        fields.get("transport").and_then(|transport| transport.get("type")).and_then(Value::as_str);
    if transport.is_some_and(|transport| transport != "stdio") {
        return Err(wrong("Its package is a program that listens on an address of its own; the hub starts only programs that it speaks to directly.")
            .hint("Start it yourself and add its address."));
    }
    let hint = text("runtimeHint");
    let program = runner
        .programs
        .iter()
        .find(|program| **program == hint)
        .or(runner.programs.first())
        .copied()
        .unwrap_or_default();
    if !hint.is_empty() && hint != program {
        draft.notes.push(format!(
            "It asks for the runner '{}'; {program} is taken.",
            hint.chars().take(40).collect::<String>()
        ));
    }
    if version.is_empty() && (kind != "oci" || !identifier.contains(['@', ':'])) {
        draft.notes.push("It names no version: whichever is the newest runs.".to_owned());
    }
    if !text("fileSha256").is_empty() {
        draft.notes.push(format!("The hash that it names is not checked: {program} downloads it by itself."));
    }
    let runtime = arguments(fields.get("runtimeArguments"), inputs, "runtime argument")?;
    let own = arguments(fields.get("packageArguments"), inputs, "package argument")?;
    let env = key_values(fields.get("environmentVariables"), inputs, "environment variable")?;
    let registry = elsewhere.then_some(base).filter(|_| kind == "npm");
    let args = line(kind, &Package { program, identifier, version, registry }, runtime, own, &env);
    draft.peer = Peer::Program { command: Filled::plain(program), args, env, cwd: None };
    Ok(())
}

struct Package<'a> {
    program: &'a str,
    identifier: &'a str,
    version: &'a str,
    registry: Option<&'a str>,
}

/// The arguments of the runner.
fn line(
    kind: &str,
    package: &Package<'_>,
    runtime: Vec<Filled>,
    own: Vec<Filled>,
    env: &[Named],
) -> Vec<Filled> {
    let Package { program, identifier, version, registry } = *package;
    let versioned = |sign: &str| {
        if version.is_empty() {
            Filled::plain(identifier)
        } else {
            Filled::plain(format!("{identifier}{sign}{version}"))
        }
    };
    let has = |word: &str| runtime.iter().any(|arg| arg.text == word);
    let mut args = Vec::new();
    match kind {
        "npm" => {
            // Without it the runner asks, and nobody is there to answer.
            if program == "npx" && !has("-y") && !has("--yes") {
                args.push(Filled::plain("-y"));
            }
            args.extend(registry.map(|registry| Filled::plain(format!("--registry={registry}"))));
            args.extend(runtime);
            args.push(versioned("@"));
        }
        "pypi" => {
            args.extend(runtime);
            args.push(versioned("=="));
        }
        "nuget" => {
            let asks = !has("--yes") && !has("-y");
            args.extend(runtime);
            args.push(versioned("@"));
            if asks {
                args.push(Filled::plain("--yes"));
            }
            if !own.is_empty() {
                args.push(Filled::plain("--"));
            }
        }
        _ => {
            args.extend(["run", "-i", "--rm"].map(Filled::plain));
            // By name only: the values stay out of the list of processes.
            args.extend(
                env.iter().flat_map(|named| [Filled::plain("-e"), Filled::plain(named.name.as_str())]),
            );
            args.extend(
                runtime.into_iter().filter(|arg| !matches!(arg.text.as_str(), "run" | "-i" | "--rm")),
            );
            let is_whole = version.is_empty()
                || identifier.contains('@')
                || identifier.rsplit('/').next().is_some_and(|last| last.contains(':'));
            args.push(if is_whole { Filled::plain(identifier) } else { versioned(":") });
        }
    }
    args.extend(own);
    args
}

/// Arguments in order; a named one is two words, as most programs take it.
fn arguments(list: Option<&Value>, inputs: &Inputs<'_>, what: &str) -> Result<Vec<Filled>, Failure> {
    let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if list.len() > VALUES {
        return Err(wrong(format!("It has {} {what}s; at most {VALUES} are taken.", list.len())));
    }
    let mut all = Vec::new();
    for (at, value) in list.iter().enumerate() {
        let Some(fields) = value.as_object() else {
            return Err(wrong(format!("A {what} of it is no object.")));
        };
        let flag = fields.get("name").and_then(Value::as_str);
        let is_named = fields.get("type").and_then(Value::as_str) == Some("named");
        let hint = fields.get("valueHint").and_then(Value::as_str);
        let label = match (flag, hint) {
            (Some(flag), _) => flag.trim_start_matches('-').to_owned(),
            (None, Some(hint)) => hint.to_owned(),
            (None, None) => format!("{what} {}", at + 1),
        };
        let takes_value = [
            "value",
            "default",
            "choices",
            "isRequired",
            "valueHint",
            "format",
            "placeholder",
            "variables",
            "isSecret",
        ]
        .iter()
        .any(|name| fields.contains_key(*name));
        let Some(flag) = flag.filter(|_| is_named) else {
            if let Some(value) = inputs.input(&label, fields)? {
                all.extend(repeated(value, fields));
            }
            continue;
        };
        if !takes_value {
            all.push(Filled::plain(flag));
            continue;
        }
        if let Some(value) = inputs.input(&label, fields)? {
            for value in repeated(value, fields) {
                all.push(Filled::plain(flag));
                // A flag whose value is empty stands alone.
                if !value.text.is_empty() {
                    all.push(value);
                }
            }
        }
    }
    Ok(all)
}

/// What may be repeated can be given as a JSON list of texts.
fn repeated(value: Filled, fields: &Map<String, Value>) -> Vec<Filled> {
    if is_on(fields, "isRepeated")
        && let Ok(items) = serde_json::from_str::<Vec<String>>(&value.text)
    {
        let is_secret = !value.secrets.is_empty();
        let one = |text: String| {
            let all = 0..text.len();
            Filled { text, secrets: if is_secret { vec![all] } else { Vec::new() }, is_incomplete: false }
        };
        return items.into_iter().take(VALUES).map(one).collect();
    }
    vec![value]
}

/// A package that is described and not run.
fn not_run(kind: &str, identifier: &str, version: &str) -> Failure {
    let shown = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
    let (identifier, version) = (shown(identifier), shown(version));
    match kind {
        "mcpb" => wrong(format!("It is a bundle: {identifier}. The hub downloads and unpacks none."))
            .hint("Download it, check its hash, unpack it, and import its manifest.json."),
        "cargo" => wrong(format!(
            "It is a Rust crate, {identifier} {version}, and has to be built once before it runs."
        ))
        .hint(format!(
            "Run `cargo install {identifier} --version {version}`, then add its program as a command."
        )),
        "go" => wrong(format!("It is a Go module, {identifier}, and has to be built once before it runs."))
            .hint(format!("Run `go install {identifier}@{version}`, then add its program as a command.")),
        other => wrong(format!("The hub knows no runner for packages of type '{}'.", shown(other)))
            .hint("Install it by hand and add its program as a command."),
    }
}

/// What a runner could take for a flag, or a shell for something else, is no name of a package.
fn check(text: &str, signs: &str, what: &str) -> Result<(), Failure> {
    let fine = !text.is_empty()
        && !text.starts_with('-')
        && text.len() <= 300
        && text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
    if fine {
        return Ok(());
    }
    let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    Err(wrong(format!("'{shown}' cannot be the {what} of its package.")))
}

//! `jackfield import`: backends from a file that `export backends` wrote, or MCP servers from the configuration of another
//! program. Which of them it is, the document says.

use std::collections::{BTreeMap, HashSet};

use clap::Args;
use jackfield_protocol::{
    api::{ImportRequest, NewBackend},
    error::{ErrorCode, Failure},
    import::distilled,
};
use serde_json::{Value, json};

use super::{
    Context,
    export::{Exported, FORMAT},
    offer::{Offer, offer},
    values,
    variables::VariableArgs,
};
use crate::{
    clipboard,
    exit::Exit,
    output::{Tone, plural},
    places::{self, LocalPlaces},
};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file, or - for stdin
    #[arg(required_unless_present = "from")]
    file: Option<String>,
    /// In place of a file: clipboard, or a program of this machine (claude-desktop, claude-code, cursor, vscode, cline …)
    #[arg(long, value_name = "WHERE", conflicts_with = "file")]
    from: Option<String>,
    /// Of the MCP servers in it only this one; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    #[command(flatten)]
    variables: VariableArgs,
    /// Add MCP servers without asking
    #[arg(long)]
    yes: bool,
    /// Of the file of another hub: leave out backends whose name is taken, in place of refusing all
    #[arg(long)]
    skip_existing: bool,
}

/// Reads the document and hands it to whoever knows its form.
pub(crate) async fn import(args: ImportArgs, context: &Context) -> Result<Exit, Failure> {
    let (text, source) = match (&args.file, &args.from) {
        (Some(file), _) if file.ends_with(".mcpb") || file.ends_with(".dxt") => {
            return Err(Failure::new(
                ErrorCode::InvalidRequest,
                format!("{file} is a bundle, and is not unpacked here."),
            )
            .hint("Unpack it (it is a zip), then import its manifest.json.")
            .at("FILE"));
        }
        (Some(file), _) => {
            let given = if file == "-" { file.clone() } else { format!("@{file}") };
            (values::text_or_file("FILE", &given)?, file.clone())
        }
        (None, Some(from)) if from == "clipboard" => (clipboard::text().await?, from.clone()),
        (None, Some(from)) => (of_program(from)?, from.clone()),
        (None, None) => return Err(Failure::new(ErrorCode::InvalidRequest, "Name a file, or --from.")),
    };
    if is_of_a_hub(&text) {
        return backends(&text, &source, args.skip_existing, context).await;
    }
    let request = ImportRequest {
        document: distilled(&text)?,
        source: Some(source),
        variables: args.variables.read()?,
        ..ImportRequest::default()
    };
    offer(Offer::Document(request), &args.only, args.yes, &context.client()?, &context.out).await
}

fn of_program(name: &str) -> Result<String, Failure> {
    let places = LocalPlaces::new()
        .ok_or_else(|| Failure::new(ErrorCode::InvalidRequest, "This account has no home directory."))?;
    places.text(name).map_err(|failure| {
        let is_unknown = !places::names().contains(&name);
        let failure = failure.at("--from");
        if is_unknown {
            failure.hint(format!("There are: clipboard, {}.", places::names().join(", ")))
        } else {
            failure
        }
    })
}

/// Whether it is what `export backends` writes, as far as it can be read at all.
fn is_of_a_hub(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.get("jackfield").is_some())
}

/// Adds the backends of another hub, all or none: what cannot be added is found before the first one is.
async fn backends(text: &str, file: &str, skip_existing: bool, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    let exported = parse(text, file)?;
    let taken: HashSet<String> = client.backends().await?.into_iter().map(|view| view.backend.name).collect();
    let (skipped, wanted): (Vec<_>, Vec<_>) =
        exported.backends.into_iter().partition(|backend| taken.contains(&backend.name));
    if !skipped.is_empty() && !skip_existing {
        let names: Vec<&str> = skipped.iter().map(|backend| backend.name.as_str()).collect();
        return Err(Failure::new(
            ErrorCode::Conflict,
            format!("There are backends of these names already: {}.", names.join(", ")),
        )
        .hint(
            "Leave them out with --skip-existing, or rename them: jackfield backend edit NAME --name NEW.",
        ));
    }
    let known: Vec<_> = client.platforms().await?.into_iter().map(|info| info.platform).collect();
    if let Some(backend) = wanted.iter().find(|backend| !known.contains(&backend.platform)) {
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            format!("This hub cannot connect to {} yet ('{}').", backend.platform.title(), backend.name),
        ));
    }
    let mut added = Vec::new();
    for backend in wanted {
        let new = NewBackend {
            name: backend.name,
            platform: backend.platform,
            base_url: backend.base_url,
            options: backend.options,
            secrets: BTreeMap::new(),
            enabled: backend.enabled,
        };
        let view = client.add_backend(&new).await?;
        if !out.json {
            out.line(format!("{} Added '{}'.", out.style.paint(Tone::Good, "✓"), view.backend.name));
            for secret in &backend.secrets {
                out.line(out.style.paint(
                    Tone::Warn,
                    format!(
                        "  needs its secret again: jackfield backend edit '{}' --secret {secret}",
                        view.backend.name
                    ),
                ));
            }
        }
        added.push(json!({ "backend": view, "missing_secrets": backend.secrets }));
    }
    if out.json {
        let skipped: Vec<_> = skipped.into_iter().map(|backend| backend.name).collect();
        out.document(&json!({ "added": added, "skipped": skipped }))?;
    } else if added.is_empty() {
        out.line("Nothing to add.");
    } else if !skipped.is_empty() {
        out.line(out.style.paint(
            Tone::Dim,
            format!("{} left out: the names are taken.", plural(skipped.len(), "backend")),
        ));
    }
    Ok(Exit::Done)
}

fn parse(text: &str, file: &str) -> Result<Exported, Failure> {
    let exported: Exported = serde_json::from_str(text).map_err(|error| {
        let code = if error.is_data() { ErrorCode::InvalidRequest } else { ErrorCode::InvalidJson };
        Failure::new(code, format!("{file} is not what `jackfield export backends` writes: {error}."))
            .hint("It begins with {\"jackfield\": 1, \"backends\": [ … ]}.")
    })?;
    if exported.jackfield != FORMAT {
        return Err(Failure::new(
            ErrorCode::InvalidRequest,
            format!("{file} has format {}, this version reads format {FORMAT}.", exported.jackfield),
        )
        .hint("Use the version of Jackfield that wrote it, or a newer one."));
    }
    let mut names = HashSet::new();
    match exported.backends.iter().find(|backend| !names.insert(backend.name.as_str())) {
        Some(twice) => {
            Err(Failure::new(ErrorCode::InvalidRequest, format!("{file} has '{}' twice.", twice.name)))
        }
        None => Ok(exported),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_format_1_are_read_for_ever() {
        let text = r#"{"jackfield":1,"backends":[{"name":"my n8n","platform":"n8n","base_url":"http://127.0.0.1:5678",
            "options":{"webhook_base":"http://127.0.0.1:5678"},"secrets":["api_key"],"enabled":true}]}"#;
        let exported = parse(text, "file").unwrap();
        assert_eq!(exported.backends[0].name, "my n8n");
        assert_eq!(exported.backends[0].secrets, ["api_key"]);
    }

    #[test]
    fn other_files_are_refused_with_what_is_wrong() {
        let code = |text: &str| parse(text, "file").unwrap_err().code;
        assert_eq!(code("{"), ErrorCode::InvalidJson);
        assert_eq!(code("{}"), ErrorCode::InvalidRequest);
        assert_eq!(code(r#"{"jackfield":2,"backends":[]}"#), ErrorCode::InvalidRequest);
        let twice = r#"{"name":"a","platform":"n8n","base_url":"http://a"}"#;
        assert_eq!(
            code(&format!(r#"{{"jackfield":1,"backends":[{twice},{twice}]}}"#)),
            ErrorCode::InvalidRequest
        );
    }
}

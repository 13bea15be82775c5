//! `jackfield token`: who may call the hub.

use clap::Subcommand;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    ids::TokenId,
};

use super::Context;
use crate::{
    client::known_names,
    exit::Exit,
    output::{Column, Table, Tone, ago},
};

/// Commands of `token`.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// List tokens; their texts are not kept
    List,
    /// Make a token and print it, this once
    Create {
        /// What it is for
        name: String,
    },
    /// Print a link that signs a browser in, once
    SignIn,
    /// Remove a token: whoever uses it is locked out at once
    Remove {
        /// Its id, or its name where that is unique
        // Not called `token`: that is the id of the global flag.
        #[arg(id = "which", value_name = "TOKEN")]
        token: String,
    },
}

/// Carries out a command of `token`.
pub(crate) async fn token(command: TokenCommand, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let client = context.client()?;
    match command {
        TokenCommand::List => {
            let tokens = client.tokens().await?;
            if out.json {
                out.document(&tokens)?;
                return Ok(Exit::Done);
            }
            let now = jackfield_protocol::time::now();
            let mut table = Table::new(vec![
                Column::flexible("name", 10).tone(Tone::Bold),
                Column::fixed("made"),
                Column::fixed("last used"),
                Column::fixed("id").tone(Tone::Dim),
            ]);
            for token in &tokens {
                table.row([
                    (token.name.clone(), None),
                    (ago(token.created_at, now), None),
                    (token.last_used_at.map_or_else(|| "never".to_owned(), |at| ago(at, now)), None),
                    (token.id.to_string(), None),
                ]);
            }
            out.lines(table.render(out.width, out.style));
        }
        TokenCommand::Create { name } => {
            let created = client.create_token(&name).await?;
            if out.json {
                out.document(&created)?;
                return Ok(Exit::Done);
            }
            out.line(&created.text);
            out.note(
                out.err.paint(Tone::Dim, "Keep it: it is not shown again. Give it as JACKFIELD_TOKEN, or as"),
            );
            out.note(out.err.paint(Tone::Dim, "the header `Authorization: Bearer …`."));
        }
        TokenCommand::SignIn => {
            let link = client.sign_in_link().await?;
            let url = client.base().join(&link.path).map_err(|error| Failure::internal(error.to_string()))?;
            if out.json {
                out.document(&serde_json::json!({ "url": url, "expires_at": link.expires_at }))?;
            } else {
                out.line(url.as_str());
                out.note(out.err.paint(Tone::Dim, "It works once, for ten minutes."));
            }
        }
        TokenCommand::Remove { token } => {
            let tokens = client.tokens().await?;
            let fitting: Vec<TokenId> = tokens
                .iter()
                .filter(|known| known.id.to_string() == token || known.name == token)
                .map(|known| known.id)
                .collect();
            let id = match fitting.as_slice() {
                [id] => *id,
                [] => {
                    let hint = known_names(
                        "tokens",
                        "jackfield token create",
                        tokens.iter().map(|known| &known.name),
                    );
                    return Err(
                        Failure::new(ErrorCode::NotFound, format!("There is no token '{token}'.")).hint(hint)
                    );
                }
                _ => {
                    return Err(Failure::new(
                        ErrorCode::Conflict,
                        format!("{} tokens are called '{token}'.", fitting.len()),
                    )
                    .hint("Name one by its id; `jackfield token list` shows it."));
                }
            };
            client.delete_token(id).await?;
            if out.json {
                out.document(&serde_json::json!({ "removed": id }))?;
            } else {
                out.line(format!("{} Removed the token '{token}'.", out.style.paint(Tone::Good, "✓")));
            }
        }
    }
    Ok(Exit::Done)
}

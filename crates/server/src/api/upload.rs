//! The multipart variant of starting a run.

use axum::extract::{FromRequest as _, Multipart, Request, multipart::MultipartError};
use bytes::Bytes;
use jackfield_protocol::{
    api::StartRun,
    error::{ErrorCode, Failure},
    model::InputFile,
};
use utoipa::ToSchema;

use crate::{
    extract::{check_announced_length, drain, from_json, no_query, too_large},
    state::App,
};

/// Most files of one run.
const MOST_FILES: usize = 32;

/// The parts of a form that starts a run with files.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the document of the API")]
pub(crate) struct StartRunForm {
    /// What to run and what to put in.
    run: StartRun,
    /// A file; the part's name is the form field that the workflow expects, and there may be several parts.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<Vec<u8>>,
}

struct Part {
    field: String,
    name: String,
    media_type: String,
    bytes: Bytes,
}

/// Reads the form. The files are kept only when the rest of it is fine.
pub(crate) async fn read(app: &App, request: Request) -> Result<StartRun, Failure> {
    no_query(&request)?;
    let limit = app.config.upload_limit;
    if let Err(failure) = check_announced_length(request.headers(), limit) {
        drain(request.into_body(), limit).await;
        return Err(failure);
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| {
        Failure::new(ErrorCode::InvalidRequest, "The form has no boundary.")
            .hint("Let your HTTP library set the Content-Type of the form.")
            .at("header:Content-Type")
    })?;
    let mut run: Option<StartRun> = None;
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error, limit))? {
        let name = field.name().unwrap_or_default().to_owned();
        // Some clients give this part a file name too; a second one with a file name is a file of that field.
        if name == "run" && (run.is_none() || field.file_name().is_none()) {
            let bytes = field.bytes().await.map_err(|error| broken(&error, limit))?;
            if bytes.len() > app.config.json_limit {
                return Err(too_large(app.config.json_limit).at("form:run"));
            }
            if run.replace(from_json(&bytes)?).is_some() {
                return Err(invalid("The form has two parts 'run'.", "form:run"));
            }
            continue;
        }
        if name.is_empty() {
            return Err(invalid("A part of the form has no name.", "form"));
        }
        if files.len() >= MOST_FILES {
            return Err(invalid(format!("The form has more than {MOST_FILES} files."), "form"));
        }
        let Some(file_name) = field.file_name().map(base_name) else {
            return Err(invalid(format!("The part '{name}' is not a file."), &format!("form:{name}"))
                .hint("Put fields into `input.data` of the part 'run'; give file parts a file name."));
        };
        let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = field.bytes().await.map_err(|error| broken(&error, limit))?;
        files.push(Part { field: name, name: file_name, media_type, bytes });
    }
    let Some(mut run) = run else {
        return Err(invalid("The form has no part 'run'.", "form:run")
            .hint("Add a part 'run' with the JSON that starts a run."));
    };
    for part in files {
        let size = part.bytes.len() as u64;
        let blob_id = app.engine.put_file(part.media_type.clone(), part.bytes).await?;
        let file =
            InputFile { field: part.field, name: part.name, media_type: part.media_type, size, blob_id };
        run.input.files.push(file);
    }
    Ok(run)
}

/// What stands behind the last slash or backslash: old browsers send whole paths.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if base.is_empty() { "file".to_owned() } else { base.to_owned() }
}

fn invalid(message: impl Into<String>, place: &str) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, message).at(place)
}

fn broken(error: &MultipartError, limit: usize) -> Failure {
    if error.status().as_u16() == 413 {
        too_large(limit)
    } else {
        invalid(format!("The form cannot be read: {}.", error.body_text()), "form")
    }
}

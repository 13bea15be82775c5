//! Answers that are no stream: one body, by its type; and what refusals mean.

use bytes::Bytes;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Artifact, Delta, Draft, EventBody},
    model::EntryPoint,
};
use serde_json::Value;

use super::{answer_text::RESPONSE, redact::Redactor, teller::json_artifact, values::obvious_text};
use crate::transport::{html_failure, looks_like_html};

/// A whole answer with a good status.
#[derive(Debug)]
pub(crate) enum Plain {
    /// Nothing, or only "Workflow was started": the answer is in the record.
    None,
    /// The run goes on and this is its execution id (chat in mode "response nodes").
    Started(String),
    /// What it said.
    Drafts(Vec<Draft>),
}

/// Reads a whole answer.
pub(crate) fn read(media_type: &str, body: Bytes, redact: &Redactor) -> Plain {
    if body.is_empty() {
        return Plain::None;
    }
    if let Ok(value) = serde_json::from_slice::<Value>(&body)
        && (media_type.is_empty() || media_type.contains("json") || media_type.starts_with("text/"))
    {
        if value["message"] == "Workflow was started" {
            return Plain::None;
        }
        if value["executionStarted"] == true
            && let Some(id) = value["executionId"].as_str()
        {
            return Plain::Started(id.to_owned());
        }
        let value = redact.value(&value);
        let text = obvious_text(&value).map(str::to_owned);
        let only_text = value.is_string() || value.as_object().is_some_and(|fields| fields.len() == 1);
        let mut drafts: Vec<Draft> = text.iter().map(|text| say(text)).collect();
        if text.is_none() || !only_text {
            drafts.push(json_artifact("response.json", value));
        }
        return Plain::Drafts(drafts);
    }
    if (media_type.is_empty() || media_type.starts_with("text/plain"))
        && let Ok(text) = std::str::from_utf8(&body)
    {
        return Plain::Drafts(vec![say(&redact.text(text))]);
    }
    let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
    let ending = media_type.rsplit(['/', '+']).next().unwrap_or("bin");
    let artifact = Artifact {
        name: format!("response.{ending}"),
        media_type: media_type.to_owned(),
        ..Artifact::default()
    };
    Plain::Drafts(vec![Draft::artifact(artifact, body)])
}

fn say(text: &str) -> Draft {
    Draft::new(EventBody::Delta(Delta::text(text))).message(RESPONSE)
}

/// What a refusal means for the run.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// n8n did not start anything.
    NotStarted(Failure),
    /// It may have run: the record decides.
    MayHaveRun(Failure),
}

/// Reads an answer with a bad status; n8n's own forms are in `docs` section 2 and recordings a09–a12, d01–d15.
pub(crate) fn refusal(status: u16, body: &[u8], entry: &EntryPoint) -> Refusal {
    if looks_like_html(body) {
        // A proxy speaks; n8n may be working all the same (524 and its like).
        return Refusal::MayHaveRun(html_failure(status, body));
    }
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = value["message"]
        .as_str()
        .map_or_else(|| String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned(), str::to_owned);
    let hint = value["hint"].as_str().map(str::to_owned);
    let failure = match status {
        404 => Failure::new(ErrorCode::PeerEntryNotFound, format!("n8n does not know this webhook: {said}"))
            .hint(hint.unwrap_or_else(|| {
                "Activate (publish) the workflow in n8n, then discover again.".to_owned()
            })),
        401 | 403 => Failure::new(
            ErrorCode::PeerEntryAuth,
            format!("The webhook refuses its {} authentication (status {status}): {said}", entry.auth),
        )
        .hint("Check the secrets of the backend for this entry, and the webhook's allowed addresses in n8n."),
        413 => Failure::new(ErrorCode::PeerRejected, "n8n does not take a body of this size."),
        422 => Failure::new(ErrorCode::PeerRejected, format!("n8n cannot read the body: {said}")),
        429 => Failure::new(ErrorCode::PeerRateLimited, format!("n8n or a proxy limits the rate: {said}")),
        500.. => {
            return Refusal::MayHaveRun(
                Failure::new(ErrorCode::WorkflowFailed, format!("n8n answered with status {status}: {said}"))
                    .status(status),
            );
        }
        _ => Failure::new(
            ErrorCode::PeerRejected,
            format!("n8n refused the request (status {status}): {said}"),
        ),
    };
    Refusal::NotStarted(failure.status(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_page_does_not_end_a_run() {
        let refusal = refusal(524, b"<!DOCTYPE html><title>timeout</title>", &EntryPoint::default());
        assert!(matches!(refusal, Refusal::MayHaveRun(failure) if failure.code == ErrorCode::PeerHtml));
    }

    #[test]
    fn a_started_workflow_has_not_answered() {
        let redact = Redactor::new([]);
        let body = Bytes::from_static(br#"{"message":"Workflow was started"}"#);
        assert!(matches!(read("application/json", body, &redact), Plain::None));
        let body = Bytes::from_static(br#"{"output":"hi"}"#);
        assert!(
            matches!(read("application/json", body, &redact), Plain::Drafts(drafts) if drafts.len() == 1)
        );
    }
}

//! Answers that are no stream: one body, by its type; and what refusals mean.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Artifact, Draft, EventBody},
};
use serde_json::Value;

use super::{error::run_failed, parse::Parser};
use crate::transport::{html_failure, looks_like_html};

/// What a whole answer means for the run.
#[derive(Debug)]
pub(crate) enum Whole {
    /// It succeeded, or waits: drafts, and the text.
    Said(Vec<Draft>, Option<String>),
    /// Flowise says that it failed.
    Failed(Failure),
    /// Flowise did not start it.
    NotStarted(Failure),
    /// Something else speaks in Flowise's place: the run may go on there.
    Unclear(Failure),
}

/// Reads a whole answer.
pub(crate) fn read(parser: &mut Parser, status: u16, retry_after: Option<&str>, body: &[u8]) -> Whole {
    if looks_like_html(body) {
        return Whole::Unclear(html_failure(status, body));
    }
    let value: Option<Value> = serde_json::from_slice(body).ok();
    let text = String::from_utf8_lossy(body.get(..300).unwrap_or(body)).trim().to_owned();
    if (200..300).contains(&status) {
        return match value {
            Some(value) if value.is_object() => said(parser, &value),
            _ => Whole::Unclear(
                Failure::new(
                    ErrorCode::PeerBadAnswer,
                    "The answer is neither a stream nor the JSON of a prediction.",
                )
                .status(status)
                .hint("Something between hub and Flowise may change its answers."),
            ),
        };
    }
    let told = value.as_ref().and_then(|value| value["message"].as_str().or(value["error"].as_str()));
    let words = told.unwrap_or(&text);
    let failure = match status {
        429 => {
            // The owner's own words, as text (recording b11).
            let wait = retry_after.map_or_else(String::new, |wait| format!(" (try again after {wait} s)"));
            return Whole::NotStarted(
                Failure::new(ErrorCode::PeerRateLimited, format!("The flow limits the rate{wait}: {words}"))
                    .status(status),
            );
        }
        401 => Failure::new(ErrorCode::PeerEntryAuth, format!("Flowise refuses the request: {words}"))
            .hint("Check the API key, and what stands before Flowise."),
        403 => Failure::new(ErrorCode::PeerRejected, format!("Flowise refuses the request: {words}"))
            .hint("The flow allows only some origins: leave out the header Origin."),
        413 => Failure::new(
            ErrorCode::PeerRejected,
            "Flowise, or a proxy before it, does not take a body of this size.",
        ),
        500.. if value.as_ref().is_some_and(|value| value["success"] == false) => {
            return Whole::Failed(run_failed(words).status(status));
        }
        500.. => {
            return Whole::Unclear(
                Failure::new(
                    ErrorCode::PeerFailed,
                    format!("A proxy or Flowise answered with status {status}: {words}"),
                )
                .status(status),
            );
        }
        404 | 400 => {
            let told = run_failed(words);
            if told.code == ErrorCode::PeerEntryNotFound {
                told
            } else {
                Failure::new(ErrorCode::PeerRejected, format!("Flowise refuses the request: {words}"))
            }
        }
        _ => Failure::new(
            ErrorCode::PeerRejected,
            format!("Flowise refused the request (status {status}): {words}"),
        ),
    };
    Whole::NotStarted(failure.status(status))
}

fn said(parser: &mut Parser, value: &Value) -> Whole {
    let at = jackfield_protocol::time::now();
    let mut drafts = Vec::new();
    if let Some(records) = value["agentFlowExecutedData"].as_array() {
        parser.verdicts.has_execution = true;
        drafts.extend(parser.executed(records, at));
    }
    drafts.extend(parser.extras(value, at));
    drafts.extend(parser.trace.flush());
    if value["action"].is_object() {
        parser.verdicts.action = Some(value["action"].clone());
    }
    parser.verdicts.stored = true;
    parser.verdicts.ended = true;
    let text = value["text"].as_str().map(str::to_owned);
    if text.is_none() && !value["json"].is_null() {
        drafts.push(Draft::new(EventBody::Artifact(Artifact {
            name: "response.json".to_owned(),
            media_type: "application/json".to_owned(),
            json: Some(value["json"].clone()),
            ..Artifact::default()
        })));
    }
    Whole::Said(drafts, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flowise::nodes::Nodes;

    fn read(status: u16, body: &str) -> Whole {
        super::read(&mut Parser::new(Nodes::default(), String::new()), status, Some("29"), body.as_bytes())
    }

    #[test]
    fn refusals_failures_and_foreign_pages_are_told_apart() {
        assert!(
            matches!(read(504, "<html><title>x</title>"), Whole::Unclear(failure) if failure.code == ErrorCode::PeerHtml)
        );
        assert!(
            matches!(read(502, "Bad Gateway"), Whole::Unclear(failure) if failure.code == ErrorCode::PeerFailed)
        );
        assert!(
            matches!(read(429, "Slow down please"), Whole::NotStarted(failure) if failure.message.contains("Slow down please"))
        );
        assert!(
            matches!(read(404, r#"{"message":"Chatflow x not found"}"#), Whole::NotStarted(failure) if failure.code == ErrorCode::PeerEntryNotFound)
        );
        assert!(
            matches!(read(500, r#"{"success":false,"message":"Error: predictionsServices.buildChatflow - boom"}"#), Whole::Failed(failure) if failure.message.contains("boom"))
        );
        assert!(matches!(read(200, "[]"), Whole::Unclear(_)));
        assert!(
            matches!(read(200, r#"{"text":"hi"}"#), Whole::Said(drafts, Some(text)) if drafts.is_empty() && text == "hi")
        );
    }
}

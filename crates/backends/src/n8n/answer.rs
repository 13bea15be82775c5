//! Answering what a waiting execution asks: by its signed resume address, read again at that moment.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{InputKind, InputRequired},
    model::InputAnswer,
    port::ResumeRequest,
};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tokio::time::{Instant, sleep};
use url::Url;

use super::{
    api::Api,
    chat_socket,
    execution::{Execution, Status},
    input, question,
};

/// n8n drops callers that look like programs: 200, empty, and nothing happens (recording i03).
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
/// How long n8n may take to go on after it was answered.
const GOES_ON: Duration = Duration::from_secs(10);

/// Gives the answer and waits until n8n has gone on.
pub(crate) async fn answer(
    api: &Api,
    request: &ResumeRequest,
    asked: &InputRequired,
    answer: &InputAnswer,
) -> Result<(), Failure> {
    let id = request.checkpoint.as_ref().and_then(|checkpoint| checkpoint.external_id.clone());
    let Some(id) = id else { return Err(rejected("The execution that waits is not known.")) };
    let execution = read(api, &id).await?;
    let Some(question) =
        question::of(api, &execution).filter(|question| question.input.request_id == asked.request_id)
    else {
        return Err(Failure::new(ErrorCode::NotWaiting, "n8n no longer waits for this answer."));
    };
    match asked.kind {
        InputKind::Choice => {
            let chosen = answer.choice.as_deref().unwrap_or_default();
            let at = asked
                .choices
                .iter()
                .position(|choice| choice.id == chosen || choice.label == chosen)
                .ok_or_else(|| {
                    let known: Vec<String> = asked
                        .choices
                        .iter()
                        .map(|choice| format!("{} ({})", choice.id, choice.label))
                        .collect();
                    Failure::new(ErrorCode::InvalidInput, format!("'{chosen}' is not one of the choices."))
                        .at("/answer/choice")
                        .hint(format!("Choose one of: {}.", known.join(", ")))
                })?;
            let link = question.links.get(at).and_then(|link| same_host(api, link));
            let link = link.ok_or_else(|| rejected("n8n gave no usable link for this choice."))?;
            press(api, api.transport.request(Method::GET, link), &id, asked).await
        }
        InputKind::Text => {
            let Some(text) = &answer.text else {
                return Err(
                    Failure::new(ErrorCode::InvalidInput, "The question wants a text.").at("/answer/text")
                );
            };
            chat_socket::answer(api, &execution, &input::session(&request.run), text).await?;
            gone_on(api, &id, asked).await
        }
        InputKind::Resume | InputKind::Timer | InputKind::Form => {
            let mut url = Url::parse(&api.config.entry_url(&api.config.options.waiting_path, &id))
                .map_err(|_| rejected("The resume address cannot be made."))?;
            if let Some(token) = execution.resume_token() {
                url.query_pairs_mut().append_pair("signature", token);
            }
            let parameters = execution.node(&question.node).map(|node| &node["parameters"]);
            let method = parameters.and_then(|parameters| parameters["httpMethod"].as_str()).unwrap_or("GET");
            let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::GET);
            let mut call = api.transport.request(method.clone(), url);
            if method != Method::GET {
                let data = answer.data.clone().unwrap_or_else(|| json!({"text": answer.text}));
                call = call.json(&data);
            }
            press(api, call, &id, asked).await
        }
        InputKind::External => {
            Err(Failure::new(ErrorCode::AnswerRejected, "Only n8n's own form takes this answer.")
                .hint("Open the address of the question in the browser."))
        }
    }
}

/// Links hold the address that n8n believes it has; behind a proxy ours may be another.
fn same_host(api: &Api, link: &str) -> Option<Url> {
    let mut url = Url::parse(link).ok()?;
    let base = &api.config.webhook_base;
    url.set_scheme(base.scheme()).ok()?;
    url.set_host(base.host_str()).ok()?;
    url.set_port(base.port()).ok()?;
    Some(url)
}

/// Calls an address and waits for the proof: the execution no longer waits for this.
async fn press(api: &Api, call: RequestBuilder, id: &str, asked: &InputRequired) -> Result<(), Failure> {
    let call = api.transport.send(call.header("User-Agent", BROWSER));
    let proof = gone_on(api, id, asked);
    tokio::pin!(call);
    tokio::pin!(proof);
    // A resumed run may answer only at its end: whichever comes first is good.
    tokio::select! {
        response = &mut call => {
            let response = response.map_err(crate::transport::SendFault::into_failure)?;
            let status = response.status().as_u16();
            match status {
                401 | 403 => return Err(rejected("n8n refuses the signature of the resume address.").status(status)),
                409 => return Err(Failure::new(ErrorCode::NotWaiting, "n8n says that the execution has ended.").status(status)),
                404 => return Err(rejected("n8n does not know the resume address.").status(status)),
                _ => {}
            }
        }
        result = &mut proof => return result,
    }
    proof.await
}

async fn gone_on(api: &Api, id: &str, asked: &InputRequired) -> Result<(), Failure> {
    let until = Instant::now() + GOES_ON;
    loop {
        sleep(Duration::from_millis(150)).await;
        let execution = read(api, id).await?;
        let same = execution.status() == Status::Waiting
            && question::of(api, &execution)
                .is_some_and(|question| question.input.request_id == asked.request_id);
        if !same {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(rejected("n8n took the answer but still waits."));
        }
    }
}

async fn read(api: &Api, id: &str) -> Result<Execution, Failure> {
    let value = api.execution(id, true).await?.and_then(Execution::of);
    value.ok_or_else(|| rejected("n8n does not have the execution any more."))
}

pub(super) fn rejected(why: &str) -> Failure {
    Failure::new(ErrorCode::AnswerRejected, why)
}

//! A server's use of a language model (sampling): only where a person allowed it, with the model that was named, by an OpenAI-compatible API.

use std::time::Duration;

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::Usage,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::{config::Config, wire::RpcError};
use crate::transport::{Transport, TransportOptions};

/// Most tokens that one answer may have.
const MOST_TOKENS: u64 = 8192;
/// Most messages that are sent along.
const MOST_MESSAGES: usize = 200;
/// How long a model may think.
const DEADLINE: Duration = Duration::from_secs(300);
const CAP: usize = 8 * 1024 * 1024;

/// What a person allowed.
#[derive(Debug)]
pub(crate) struct Sampling {
    url: Url,
    model: String,
    key: Option<String>,
    transport: Transport,
}

/// What a model said.
#[derive(Debug)]
pub(crate) struct Sampled {
    /// In the server's form (`CreateMessageResult`).
    pub(crate) result: Value,
    pub(crate) usage: Usage,
}

impl Sampling {
    /// What the configuration allows; `None`: nothing.
    ///
    /// # Errors
    /// `InvalidConfig` when the address cannot be used.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, Failure> {
        let options = &config.options;
        let (true, Some(base), Some(model)) =
            (options.allow_sampling, &options.sampling_base_url, &options.sampling_model)
        else {
            return Ok(None);
        };
        let base = format!("{}/", base.trim_end_matches('/'));
        let url = Url::parse(&base).and_then(|base| base.join("chat/completions"));
        let url = url.map_err(|_| {
            Failure::new(ErrorCode::InvalidConfig, "The address of the language model is not a URL.")
                .at("/options/sampling_base_url")
        })?;
        // The model is another peer: the server's headers and secrets do not go there.
        let transport = Transport::new(&TransportOptions {
            ca_certificate: options.ca_certificate.clone(),
            accept_invalid_certificates: options.accept_invalid_certificates,
            proxy: None,
            headers: reqwest::header::HeaderMap::new(),
            connect: Duration::from_millis(options.connect_timeout_ms),
            first_byte: DEADLINE,
            silence: DEADLINE,
        })?;
        let key = config.secrets.get("sampling_api_key").map(str::to_owned);
        Ok(Some(Self { url, model: model.clone(), key, transport }))
    }

    /// The model's name.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Asks the model.
    pub(crate) async fn sample(&self, params: &Value) -> Result<Sampled, RpcError> {
        let body = self.request(params)?;
        let mut request = self.transport.request(Method::POST, self.url.clone()).json(&body);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        let answered = timeout(DEADLINE, self.transport.json(request, CAP)).await;
        let answer = match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(failure)) => return Err(RpcError::plain(-1, &failure.message)),
            Err(_) => return Err(RpcError::plain(-1, "the language model did not answer in time")),
        };
        if !answer.is_success() {
            let said = answer.value["error"]["message"].as_str().unwrap_or_default();
            return Err(RpcError::plain(
                -1,
                &format!("the language model refuses with status {}: {said}", answer.status),
            ));
        }
        self.read(&answer.value)
    }

    fn request(&self, params: &Value) -> Result<Value, RpcError> {
        let mut messages = Vec::new();
        if let Some(system) = params["systemPrompt"].as_str() {
            messages.push(json!({"role": "system", "content": system}));
        }
        for message in params["messages"].as_array().into_iter().flatten().take(MOST_MESSAGES) {
            let role = if message["role"] == "assistant" { "assistant" } else { "user" };
            messages.push(json!({"role": role, "content": parts(&message["content"])?}));
        }
        let mut body = json!({"model": self.model, "messages": messages, "stream": false});
        body["max_tokens"] = json!(params["maxTokens"].as_u64().unwrap_or(1024).clamp(1, MOST_TOKENS));
        for (theirs, ours) in [("temperature", "temperature"), ("stopSequences", "stop")] {
            if let Some(value) = params.get(theirs).filter(|value| !value.is_null()) {
                body[ours] = value.clone();
            }
        }
        Ok(body)
    }

    fn read(&self, answer: &Value) -> Result<Sampled, RpcError> {
        let choice = &answer["choices"][0];
        let Some(text) = choice["message"]["content"].as_str() else {
            return Err(RpcError::plain(-1, "the language model answered without text"));
        };
        let reason = match choice["finish_reason"].as_str() {
            Some("length") => "maxTokens",
            Some("stop") | None => "endTurn",
            Some(other) => other,
        };
        let model = answer["model"].as_str().unwrap_or(&self.model);
        let tokens = |name: &str| answer["usage"][name].as_u64().unwrap_or_default();
        Ok(Sampled {
            result: json!({
                "role": "assistant",
                "content": {"type": "text", "text": text},
                "model": model,
                "stopReason": reason,
            }),
            usage: Usage {
                model: Some(model.to_owned()),
                input_tokens: tokens("prompt_tokens"),
                output_tokens: tokens("completion_tokens"),
                ..Usage::default()
            },
        })
    }
}

/// The parts of a message in OpenAI's form.
fn parts(content: &Value) -> Result<Value, RpcError> {
    let blocks = match content {
        Value::Array(blocks) => blocks.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut parts = Vec::with_capacity(blocks.len());
    for block in blocks {
        match block["type"].as_str() {
            Some("text") => parts.push(json!({"type": "text", "text": block["text"]})),
            Some("image") => {
                let kind = block["mimeType"].as_str().unwrap_or("image/png");
                let data = block["data"].as_str().unwrap_or_default();
                parts.push(
                    json!({"type": "image_url", "image_url": {"url": format!("data:{kind};base64,{data}")}}),
                );
            }
            _ => return Err(RpcError::plain(-32602, "only text and images can be sampled with")),
        }
    }
    match parts.as_slice() {
        // Plain text is what every server of this API takes.
        [one] if one["type"] == "text" => Ok(one["text"].clone()),
        _ => Ok(Value::Array(parts)),
    }
}

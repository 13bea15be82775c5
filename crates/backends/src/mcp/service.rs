//! The SDK's handler: what a server asks of the hub, taken raw from the wire's books and handed to the call it belongs to.

use jackfield_protocol::error::Failure;
use rmcp::{
    ErrorData, RoleClient, Service,
    model::{ClientConfig, ClientResult, CustomResult, ErrorCode, ServerNotification, ServerRequest},
    service::{NotificationContext, RequestContext},
};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::wire::{Ask, Asked, Notice, RpcError, Wire};

/// How often a question is handed on from a call that has ended to another that may have asked it.
const HANDED_ON: usize = 8;

/// Answers a server.
pub(crate) struct Handler {
    wire: Wire,
    config: ClientConfig,
    /// `file://` addresses with names, as `roots/list` has them.
    roots: Value,
}

impl Handler {
    pub(crate) fn new(wire: Wire, config: ClientConfig, roots: Value) -> Self {
        Self { wire, config, roots }
    }

    async fn answer(&self, asked: Asked) -> Result<Value, RpcError> {
        match asked.method.as_str() {
            "ping" => Ok(json!({})),
            "roots/list" if !self.roots.is_null() => Ok(json!({"roots": self.roots})),
            "elicitation/create" | "sampling/createMessage" => {
                let is_question = asked.method == "elicitation/create";
                let Asked { method, params, mut exchange, is_sure } = asked;
                // A call that ends takes no other call's question with it.
                for _ in 0..HANDED_ON {
                    let Some(asking) = exchange.take() else { break };
                    let (answer, given) = oneshot::channel();
                    let _open = asking.asks();
                    let (method, params) = (method.clone(), params.clone());
                    asking.notice(Notice::Ask(Ask { method, params, is_sure, answer }));
                    if let Ok(answer) = given.await {
                        return answer;
                    }
                    exchange = if is_sure { None } else { self.wire.may_ask() };
                }
                // No call is going on that somebody could answer in.
                if is_question {
                    Ok(json!({"action": "cancel"}))
                } else {
                    Err(RpcError::plain(-1, "no call is going on"))
                }
            }
            method => Err(RpcError::plain(-32601, &format!("the client does not know {method}"))),
        }
    }
}

impl Service<RoleClient> for Handler {
    async fn handle_request(
        &self,
        request: ServerRequest,
        context: RequestContext<RoleClient>,
    ) -> Result<ClientResult, ErrorData> {
        let id = serde_json::to_string(&context.id).unwrap_or_default();
        let Some(asked) = self.wire.take_asked(&id) else {
            return Err(error(RpcError::plain(-32603, "too many requests of the server are open")));
        };
        // The SDK's own reading of it is not used: it drops what it does not know.
        drop(request);
        let answered = context.ct.run_until_cancelled(self.answer(asked)).await;
        match answered {
            Some(Ok(result)) => Ok(ClientResult::CustomResult(CustomResult::new(result))),
            Some(Err(refusal)) => Err(error(refusal)),
            None => Err(error(RpcError::plain(-32800, "the server cancelled its request"))),
        }
    }

    async fn handle_notification(
        &self,
        _notification: ServerNotification,
        _context: NotificationContext<RoleClient>,
    ) -> Result<(), ErrorData> {
        // Heard on the wire, in its order.
        Ok(())
    }

    fn get_info(&self) -> ClientConfig {
        self.config.clone()
    }
}

fn error(error: RpcError) -> ErrorData {
    let code = i32::try_from(error.code).unwrap_or(-32603);
    ErrorData::new(ErrorCode(code), error.message, error.data)
}

/// Roots in the protocol's form.
///
/// # Errors
/// What is neither a `file://` address nor an absolute path.
pub(crate) fn roots(folders: &[String]) -> Result<Value, Failure> {
    let mut roots = Vec::with_capacity(folders.len());
    for (at, folder) in folders.iter().enumerate() {
        let url = match url::Url::parse(folder) {
            Ok(url) if url.scheme() == "file" => Ok(url),
            _ => url::Url::from_file_path(folder),
        };
        let url = url.map_err(|()| {
            super::options::wrong(
                &format!("/options/roots/{at}"),
                "A root is an absolute path or a file:// address.",
            )
        })?;
        let path = url.to_file_path().unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        roots.push(json!({"uri": url.as_str(), "name": name}));
    }
    Ok(if roots.is_empty() { Value::Null } else { Value::Array(roots) })
}

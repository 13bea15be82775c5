//! Spans that a peer's own OpenTelemetry exporter sends (OTLP over HTTP).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use jackfield_protocol::error::{ErrorCode, Failure};

use super::Answer;
use crate::{
    extract::{is_json, media_type, read, wrong_media_type},
    otlp,
    state::App,
};

const PROTOBUF: &str = "application/x-protobuf";

/// Whether there is a receiver: n8n asks this when its exporter starts, without a token.
#[utoipa::path(head, path = "/api/v1/otlp/v1/traces", tag = "telemetry", security(()),
    responses((status = 204, description = "There is.")))]
pub(crate) async fn probe_spans() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Receives finished spans. Those whose trace id is the id of a live run (without dashes) become steps of that run;
/// others are dropped. Set the exporter's endpoint to `/api/v1/otlp`, its protocol to `http/protobuf` or `http/json`,
/// and its headers to `x-jackfield-token=<token>`.
#[utoipa::path(post, path = "/api/v1/otlp/v1/traces", tag = "telemetry",
    request_body(description = "ExportTraceServiceRequest.", content(
        (Vec<u8> = "application/x-protobuf"),
        (Value = "application/json", example = json!({"resourceSpans": []})),
    )),
    responses((status = 200, description = "ExportTraceServiceResponse, empty.", content(
        (Vec<u8> = "application/x-protobuf"),
        (Value = "application/json", example = json!({})),
    ))))]
pub(crate) async fn receive_spans(State(app): State<Arc<App>>, request: Request) -> Answer<Response> {
    let json = match media_type(request.headers()) {
        kind if is_json(kind) => true,
        kind if kind.eq_ignore_ascii_case(PROTOBUF) || kind.eq_ignore_ascii_case("application/protobuf") => {
            false
        }
        _ => {
            return Err(
                wrong_media_type(request.headers(), "application/x-protobuf or application/json").into()
            );
        }
    };
    if let Some(encoding) = request.headers().get(header::CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let failure = Failure::new(ErrorCode::UnsupportedMediaType, "The spans are compressed.");
        return Err(failure
            .hint("Switch the exporter's compression off.")
            .at("header:Content-Encoding")
            .into());
    }
    let bytes = read(request, app.config.span_limit).await?;
    let spans = if json { otlp::from_json(&bytes)? } else { otlp::from_protobuf(bytes)? };
    let received = spans.len();
    let mut used = 0_usize;
    for (trace_id, span) in spans {
        used += usize::from(app.engine.span(&trace_id, span).await);
    }
    tracing::debug!(target: "jackfield::otlp", received, used, "spans");
    let (kind, body) = if json { ("application/json", "{}") } else { (PROTOBUF, "") };
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], Bytes::from_static(body.as_bytes()))
        .into_response())
}

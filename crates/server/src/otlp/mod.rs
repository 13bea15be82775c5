//! OTLP over HTTP: from an exporter's request to the spans that backends read.

mod message;

use std::collections::BTreeMap;

use bytes::Bytes;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    port::SpanRecord,
};
use jiff::Timestamp;
use prost::Message as _;
use serde_json::Value;

use self::message::{AnyValue, ExportTraceServiceRequest, KeyValue, Span, any_value};
use crate::extract;

/// A span with the id of its trace: 32 hexadecimal digits.
type Found = (String, SpanRecord);

/// `Status.code` of a span that ended in an error.
const STATUS_ERROR: i32 = 2;

/// Reads the binary form.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] when it is not the message.
pub(crate) fn from_protobuf(bytes: Bytes) -> Result<Vec<Found>, Failure> {
    ExportTraceServiceRequest::decode(bytes).map(spans).map_err(|error| {
        Failure::new(ErrorCode::InvalidRequest, format!("The body is not an OTLP trace request: {error}."))
            .hint("Set the exporter to traces over http/protobuf.")
            .at("body")
    })
}

/// Reads the JSON form: lowerCamelCase names, ids in hexadecimal, 64-bit numbers as text.
///
/// # Errors
/// [`ErrorCode::InvalidJson`] or [`ErrorCode::InvalidRequest`], with the place.
pub(crate) fn from_json(bytes: &[u8]) -> Result<Vec<Found>, Failure> {
    extract::from_json(bytes).map(spans)
}

fn spans(request: ExportTraceServiceRequest) -> Vec<Found> {
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).filter_map(span).collect()
}

/// A span whose ids or times cannot be is left out: it can belong to no run.
fn span(span: Span) -> Option<Found> {
    let id = |bytes: &[u8], length| (bytes.len() == length).then(|| hex(bytes));
    let trace_id = id(&span.trace_id, 16)?;
    let parent_span_id =
        if span.parent_span_id.is_empty() { String::new() } else { id(&span.parent_span_id, 8)? };
    let error = (span.status.as_ref().is_some_and(|status| status.code == STATUS_ERROR))
        .then(|| error_message(&span))
        .map(|message| if message.is_empty() { "failed".to_owned() } else { message });
    let record = SpanRecord {
        span_id: id(&span.span_id, 8)?,
        parent_span_id,
        name: span.name,
        started_at: time(span.start_time_unix_nano)?,
        ended_at: time(span.end_time_unix_nano)?,
        attributes: attributes(span.attributes),
        error,
    };
    Some((trace_id, record))
}

/// The status' own message, else that of a recorded exception (an event, by the semantic conventions).
fn error_message(span: &Span) -> String {
    let own = span.status.as_ref().map(|status| status.message.clone()).unwrap_or_default();
    if !own.is_empty() {
        return own;
    }
    let attributes = span.events.iter().flat_map(|event| &event.attributes);
    let messages =
        attributes.filter(|pair| pair.key == "exception.message").filter_map(|pair| pair.value.as_ref());
    messages
        .filter_map(|value| match &value.value {
            Some(any_value::Value::StringValue(text)) => Some(text.clone()),
            _ => None,
        })
        .next()
        .unwrap_or_default()
}

fn time(nanoseconds: u64) -> Option<Timestamp> {
    Timestamp::from_microsecond(i64::try_from(nanoseconds / 1000).ok()?).ok()
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, Value> {
    pairs.into_iter().filter_map(|pair| Some((pair.key, plain(pair.value?)?))).collect()
}

/// Scalars and arrays; maps and bytes are left out, as the specification of attributes has neither.
fn plain(value: AnyValue) -> Option<Value> {
    Some(match value.value? {
        any_value::Value::StringValue(text) => text.into(),
        any_value::Value::BoolValue(yes) => yes.into(),
        any_value::Value::IntValue(number) => number.into(),
        any_value::Value::DoubleValue(number) => number.into(),
        any_value::Value::ArrayValue(array) => array.values.into_iter().filter_map(plain).collect(),
        any_value::Value::KvlistValue(_) | any_value::Value::BytesValue(_) => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"n8n"},"spans":[
        {"traceId":"AAAABBBBCCCCDDDDEEEEFFFF00001111","spanId":"9cb689e60cc83044","parentSpanId":"","name":"node.execute",
         "kind":1,"startTimeUnixNano":"1795475415293000000","endTimeUnixNano":1795475415401500000,
         "attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"b","value":{"intValue":"7"}},
            {"key":"c","value":{"doubleValue":2.5}},{"key":"d","value":{"arrayValue":{"values":[{"boolValue":true}]}}},
            {"key":"e","value":{"kvlistValue":{"values":[]}}},{"key":"f","value":{}}],
         "events":[{"name":"exception","attributes":[{"key":"exception.message","value":{"stringValue":"boom"}}]}],
         "status":{"code":2}},
        {"traceId":"00","spanId":"9cb689e60cc83044","name":"left out"}]}]}]}"#;

    #[test]
    fn json_spans_are_read() {
        let spans = from_json(JSON.as_bytes()).unwrap();
        assert_eq!(spans.len(), 1);
        let (trace, span) = &spans[0];
        assert_eq!(trace, "aaaabbbbccccddddeeeeffff00001111");
        assert_eq!(span.span_id, "9cb689e60cc83044");
        assert_eq!(span.parent_span_id, "");
        assert_eq!(span.started_at.as_millisecond(), 1_795_475_415_293);
        assert_eq!(span.ended_at.as_microsecond(), 1_795_475_415_401_500);
        assert_eq!(span.error.as_deref(), Some("boom"));
        let attributes = serde_json::to_value(&span.attributes).unwrap();
        assert_eq!(attributes, serde_json::json!({"a": "x", "b": 7, "c": 2.5, "d": [true]}));
    }

    #[test]
    fn garbage_is_refused() {
        assert_eq!(
            from_protobuf(Bytes::from_static(b"\xff\xff\xff")).unwrap_err().code,
            ErrorCode::InvalidRequest
        );
        assert_eq!(from_json(b"{").unwrap_err().code, ErrorCode::InvalidJson);
        let failure =
            from_json(br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz"}]}]}]}"#).unwrap_err();
        assert_eq!(failure.place.as_deref(), Some("/resourceSpans/0/scopeSpans/0/spans/0/traceId"));
    }

    #[test]
    fn deeply_nested_values_are_refused_without_harm() {
        // AnyValue.array_value (5) holding ArrayValue.values (1), ten thousand deep.
        let mut value = Vec::new();
        for _ in 0..10_000 {
            for tag in [0x0a, 0x2a] {
                let mut outer = vec![tag];
                prost::encoding::encode_varint(value.len() as u64, &mut outer);
                outer.extend(value);
                value = outer;
            }
        }
        // KeyValue.value (2), Span.attributes (9), ScopeSpans.spans (2), ResourceSpans.scope_spans (2), request (1).
        for tag in [0x12, 0x4a, 0x12, 0x12, 0x0a] {
            let mut outer = vec![tag];
            prost::encoding::encode_varint(value.len() as u64, &mut outer);
            outer.extend(value);
            value = outer;
        }
        assert_eq!(from_protobuf(value.into()).unwrap_err().code, ErrorCode::InvalidRequest);
    }
}

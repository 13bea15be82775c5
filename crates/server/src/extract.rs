//! Bodies and ids, with errors that say where and what was expected.

use std::{str::FromStr, sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Path, RawPathParams, Request},
    http::{HeaderMap, header, request::Parts},
};
use bytes::Bytes;
use futures_util::StreamExt as _;
use jackfield_protocol::{
    api::Object,
    error::{ErrorCode, Failure},
    ids::InvalidId,
};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::{params::Params, problem::ApiError, state::App};

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        no_query(&request)?;
        if !is_json(media_type(request.headers())) {
            return Err(wrong_media_type(request.headers(), "application/json").into());
        }
        let bytes = read(request, app.config.json_limit).await?;
        Ok(Self(from_json(&bytes)?))
    }
}

/// Requests that change something say everything in their body: what a query asks for besides would be ignored.
pub(crate) fn no_query(request: &Request) -> Result<(), Failure> {
    Params::of(request.uri()).only(&[]).map(|_| ())
}

/// The media type of a request, without parameters, as it was written.
pub(crate) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// `application/json`, or a type that is JSON by its name.
pub(crate) fn is_json(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// The body is of a type that the path does not take.
pub(crate) fn wrong_media_type(headers: &HeaderMap, expected: &str) -> Failure {
    let message = match media_type(headers) {
        "" => "The request does not say what its body is.".to_owned(),
        given => format!("The body is '{}'.", given.chars().take(80).collect::<String>()),
    };
    Failure::new(ErrorCode::UnsupportedMediaType, message)
        .hint(format!("Send {expected}, and say so in Content-Type."))
        .at("header:Content-Type")
}

/// Reads a body up to a limit.
pub(crate) async fn read(request: Request, limit: usize) -> Result<Bytes, Failure> {
    if let Err(failure) = check_announced_length(request.headers(), limit) {
        drain(request.into_body(), limit).await;
        return Err(failure);
    }
    to_bytes(request.into_body(), limit).await.map_err(|error| {
        // The only two ways to fail: beyond the limit, or the client went away.
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        if source.contains("length limit") {
            too_large(limit)
        } else {
            Failure::new(ErrorCode::InvalidRequest, "The connection broke before the whole body had come.")
        }
    })
}

/// Refuses a body that says itself that it is too large, before reading it.
pub(crate) fn check_announced_length(headers: &HeaderMap, limit: usize) -> Result<(), Failure> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match announced {
        Some(length) if length > limit as u64 => Err(too_large(limit)),
        _ => Ok(()),
    }
}

/// The body is larger than allowed.
pub(crate) fn too_large(limit: usize) -> Failure {
    Failure::new(ErrorCode::TooLarge, format!("The body has more than {limit} bytes."))
        .hint("Send less, or raise the limit in the hub's configuration.")
}

/// Reads JSON into a type; says where it does not fit.
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = pointer(error.path());
        let inner = error.into_inner();
        if inner.is_data() {
            let message = expectation(&inner.to_string());
            let failure =
                Failure::new(ErrorCode::InvalidRequest, format!("The body does not fit: {message}."))
                    .hint("GET /api/v1/openapi.json describes it.");
            failure.at(if place.is_empty() { "body".to_owned() } else { place })
        } else {
            not_json(&inner)
        }
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn not_json(error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    Failure::new(
        ErrorCode::InvalidJson,
        format!("The body is not JSON: {}.", expectation(&error.to_string())),
    )
    .hint("Check quotes, commas and brackets there.")
    .at(format!("line {line}, column {column}"))
}

/// What serde says, without the position (which is in `place`) and without the value that was given: it may be a
/// secret in the wrong field.
fn expectation(text: &str) -> String {
    let text = text.rsplit_once(" at line ").map_or(text, |(before, _)| before);
    for start in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = text.strip_prefix(start)
            && let Some((given, expected)) = rest.rsplit_once(", expected ")
        {
            let kind = given.split(['"', '`']).next().unwrap_or_default().trim();
            return format!("{start}{kind}, expected {expected}");
        }
    }
    text.to_owned()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => continue,
        };
        pointer.push('/');
        pointer.push_str(&name);
    }
    pointer
}

/// An id in the path.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr<Err = InvalidId>, S: Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, &()).await.map_err(|_| bad_path())?;
        text.parse().map(Self).map_err(|error: InvalidId| {
            Failure::new(ErrorCode::InvalidRequest, format!("{error}.")).at("path:id").into()
        })
    }
}

/// A name or id in the path.
pub(crate) struct Name(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| bad_path())?;
        // A literal path beside a pattern (`backends/test` beside `backends/{id}`) names the thing by itself.
        let literal = || parts.uri.path().rsplit('/').next().unwrap_or_default();
        let name = params.iter().next().map_or_else(literal, |(_, value)| value);
        Ok(Self(name.to_owned()))
    }
}

fn bad_path() -> ApiError {
    Failure::new(ErrorCode::InvalidRequest, "The path is not percent-encoded UTF-8.").at("path").into()
}

/// Reads and drops what a client still sends, so that it gets to read the answer in place of a broken connection.
/// Bounded in bytes and time.
pub(crate) async fn drain(body: Body, most: usize) {
    let mut stream = body.into_data_stream();
    let reading = async {
        let mut seen = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            seen += chunk.len();
            if seen > most {
                break;
            }
        }
    };
    // Whether all of it came makes no difference.
    let _ = tokio::time::timeout(Duration::from_secs(2), reading).await;
}

/// Longest key of a request, in characters.
const REQUEST_KEY: usize = 200;

/// The header `Idempotency-Key`: a request that is repeated with it does not start a second run.
pub(crate) fn request_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    const NAME: &str = "Idempotency-Key";
    let Some(value) = headers.get(NAME) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= REQUEST_KEY => Ok(Some(key.to_owned())),
        _ => Err(Failure::new(ErrorCode::InvalidRequest, "The key of the request is not a plain text.")
            .at(NAME)
            .hint("Use 1 to 200 visible ASCII characters, a UUID for example.")),
    }
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::api::{NewBackend, StartRun};

    use super::*;

    fn fail<T: DeserializeOwned>(text: &str) -> Failure {
        from_json::<T>(text.as_bytes()).err().expect("must not fit")
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        let failure = fail::<StartRun>(r#"{"input":{"query":{"a":3}}}"#);
        assert_eq!(failure.code, ErrorCode::InvalidRequest);
        assert_eq!(failure.place.as_deref(), Some("/input/query/a"));
        assert!(failure.message.contains("expected a string"), "{}", failure.message);
        let failure = fail::<StartRun>(r#"{"input":{"txt":"a"}}"#);
        assert!(failure.message.contains("unknown field `txt`"), "{}", failure.message);
        assert!(failure.place.as_deref().is_some_and(|place| place.starts_with("/input")), "{failure:?}");
        let failure = fail::<NewBackend>(r#"{"name":"a"}"#);
        assert!(failure.message.contains("missing field `platform`"), "{}", failure.message);
        assert_eq!(failure.place.as_deref(), Some("body"));
    }

    #[test]
    fn an_array_in_place_of_an_object_is_refused_everywhere() {
        let failure = fail::<NewBackend>(r#"["a","n8n","http://x",{},{},true]"#);
        assert_eq!(failure.message, "The body does not fit: invalid type: sequence, expected an object.");
        let failure = fail::<StartRun>(r#"{"input":["hi"]}"#);
        assert_eq!(failure.place.as_deref(), Some("/input"));
    }

    #[test]
    fn broken_json_is_told_apart_and_has_a_position() {
        for text in ["{", "", "{}x", "{'a':1}"] {
            let failure = fail::<StartRun>(text);
            assert_eq!(failure.code, ErrorCode::InvalidJson, "{text:?}: {failure:?}");
            assert!(failure.place.is_some_and(|place| place.starts_with("line ")), "{text:?}");
        }
    }

    #[test]
    fn a_value_in_the_wrong_place_is_not_repeated() {
        let failure = fail::<NewBackend>(
            r#"{"name":"a","platform":"n8n","base_url":"http://x","secrets":"canary, expected nothing"}"#,
        );
        assert!(!failure.message.contains("canary"), "{}", failure.message);
        assert_eq!(failure.place.as_deref(), Some("/secrets"));
    }
}

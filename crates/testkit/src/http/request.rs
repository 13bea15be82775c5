//! What a caller sent.

use bytes::Bytes;
use serde_json::Value;
use tokio::time::Instant;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    /// Number of the connection it came on, from 1.
    pub connection: u64,
    /// When its last byte came.
    pub at: Instant,
    /// Method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// Query as it was sent, without `?`.
    pub query: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// One that has only a query: to read parameters that stand elsewhere.
    pub(crate) fn with_query(query: &str) -> Self {
        Self {
            connection: 0,
            at: Instant::now(),
            method: "GET".to_owned(),
            path: "/".to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first query parameter of this name, decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_pairs().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All query parameters, decoded.
    #[must_use]
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        self.query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect()
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The W3C trace context that the caller sent.
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        self.header("traceparent")
    }
}

/// Undoes percent encoding and `+`; what is no valid escape stays as it is.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let escape = if *first == b'%' { after.get(..2) } else { None };
        let escaped = escape
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => out.push(if *first == b'+' { b' ' } else { *first }),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn query_values_are_decoded() {
        assert_eq!(decode("a%20b+c%3A%"), "a b c:%");
        assert_eq!(decode("100%zz"), "100%zz");
    }
}

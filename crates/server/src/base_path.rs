//! The path under which a reverse proxy shows the hub.

use std::{fmt, str::FromStr};

use jackfield_protocol::error::{ErrorCode, Failure};

/// Nothing, or a path such as `/jackfield` or `/tools/hub`: begins with `/`, does not end with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// The path; empty when the hub is at the root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This path with the base in front.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BasePath {
    type Err = Failure;

    /// Reads a base path; a missing `/` in front and one at the end are put right.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidConfig`] when a segment is empty, `.`, `..`, or has characters that would need escaping.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let inner = text.trim().trim_matches('/');
        if inner.is_empty() {
            return Ok(Self::default());
        }
        let fits = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        };
        if inner.split('/').all(fits) {
            Ok(Self(format!("/{inner}")))
        } else {
            Err(Failure::new(ErrorCode::InvalidConfig, format!("'{text}' cannot be a base path."))
                .hint("Use letters, digits, '-', '.', '_' and '~' between slashes, for example /jackfield.")
                .at("--base-path"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_understood() {
        for (text, expected) in
            [("", ""), ("/", ""), ("/jackfield", "/jackfield"), ("hub/", "/hub"), ("/a/b.c/", "/a/b.c")]
        {
            assert_eq!(text.parse::<BasePath>().unwrap().as_str(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_path_is_refused() {
        for text in ["/a//b", "/..", "/a b", "/{id}", "/a?b", "http://x"] {
            assert_eq!(text.parse::<BasePath>().unwrap_err().code, ErrorCode::InvalidConfig, "{text:?}");
        }
    }
}

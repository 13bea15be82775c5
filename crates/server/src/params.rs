//! Query parameters, with errors that name the parameter and what it takes.

use std::{convert::Infallible, fmt::Display, str::FromStr};

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use jackfield_protocol::error::{ErrorCode, Failure};
use url::form_urlencoded;

/// The decoded pairs of a query, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}

impl Params {
    /// Those of an address.
    pub(crate) fn of(uri: &Uri) -> Self {
        Self::read(uri.query().unwrap_or_default())
    }

    fn read(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Refuses every parameter that is not in the list: a misspelt filter must not look like "no filter".
    pub(crate) fn only(self, known: &[&str]) -> Result<Self, Failure> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, _)) => {
                let shown: String = name.chars().take(80).collect();
                let hint = if known.is_empty() {
                    "It takes none.".to_owned()
                } else {
                    format!("It takes: {}.", known.join(", "))
                };
                Err(Failure::new(
                    ErrorCode::InvalidRequest,
                    format!("This path takes no parameter '{shown}'."),
                )
                .hint(hint)
                .at(format!("query:{shown}")))
            }
        }
    }

    /// All values of a parameter that may be repeated.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text of a parameter that may be given once.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Failure> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Failure::new(ErrorCode::InvalidRequest, format!("'{name}' is given twice."))
                .hint("Give it once.")
                .at(format!("query:{name}")));
        }
        Ok(first)
    }

    /// A parsed parameter; `expectation` completes "expected …".
    pub(crate) fn get<T: FromStr>(&self, name: &str, expectation: &str) -> Result<Option<T>, Failure> {
        self.text(name)?.map(|text| parse(text, name, expectation)).transpose()
    }

    /// A number within bounds, or the default.
    pub(crate) fn number<T>(&self, name: &str, least: T, most: T, default: T) -> Result<T, Failure>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let expectation = format!("a number from {least} to {most}");
        let Some(text) = self.text(name)? else { return Ok(default) };
        let number: T = parse(text, name, &expectation)?;
        if number < least || number > most { Err(unfit(text, name, &expectation)) } else { Ok(number) }
    }
}

/// Parses the value of a parameter.
pub(crate) fn parse<T: FromStr>(text: &str, name: &str, expectation: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| unfit(text, name, expectation))
}

/// A parameter with a value that does not fit.
pub(crate) fn unfit(text: &str, name: &str, expectation: &str) -> Failure {
    let shown: String = text.chars().take(80).collect();
    Failure::new(
        ErrorCode::InvalidRequest,
        format!("'{shown}' does not fit '{name}': expected {expectation}."),
    )
    .at(format!("query:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_bounded() {
        let params = Params::read("q=a%20b&limit=7&status=failed&status=unknown");
        assert_eq!(params.text("q").unwrap(), Some("a b"));
        assert_eq!(params.number("limit", 1, 10, 5).unwrap(), 7);
        assert_eq!(params.number("other", 1, 10, 5).unwrap(), 5);
        assert_eq!(params.all("status").collect::<Vec<_>>(), ["failed", "unknown"]);
        let error = params.number("limit", 1, 5, 5).unwrap_err();
        assert_eq!(error.place.as_deref(), Some("query:limit"));
        assert!(error.message.contains("from 1 to 5"), "{}", error.message);
    }

    #[test]
    fn unknown_and_double_parameters_are_refused() {
        let error = Params::read("limt=3").only(&["limit"]).unwrap_err();
        assert_eq!(error.place.as_deref(), Some("query:limt"));
        assert_eq!(error.hint.as_deref(), Some("It takes: limit."));
        let error = Params::read("a=1&a=2").get::<u8>("a", "a number").unwrap_err();
        assert!(error.message.contains("twice"));
    }
}

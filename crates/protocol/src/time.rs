//! Times on the wire: RFC 3339, UTC, always six digits of a second.

/// Serde for a [`jiff::Timestamp`] with microseconds.
pub mod micros {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes `2026-11-23T23:06:40.000001Z`.
    ///
    /// # Errors
    /// Only those of the serializer.
    pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{time:.6}"))
    }

    /// Reads any RFC 3339 time.
    ///
    /// # Errors
    /// When the text is not a time.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer)
    }
}

/// The present, cut to the microseconds that the wire keeps, so that what is stored equals what was shown.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that may")]
pub fn now() -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

//! Secrets that stand inside a text of a backend's configuration as `${secret:NAME}`.

use crate::{
    error::{ErrorCode, Failure},
    port::Secrets,
};

const BEGIN: &str = "${secret:";

/// What stands in a text in place of a secret.
#[must_use]
pub fn secret_reference(name: &str) -> String {
    format!("{BEGIN}{name}}}")
}

/// Puts the secrets of a backend into a text that has `${secret:NAME}` in it. What comes out is a secret: it goes to the
/// peer and nowhere else.
///
/// # Errors
/// `InvalidConfig` when there is no secret of that name; the text is not repeated.
pub fn fill_secrets(text: &str, secrets: &Secrets) -> Result<String, Failure> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let Some((name, after)) = after.split_once('}') else { break };
        let Some(secret) = secrets.get(name) else {
            let name: String = name.chars().take(80).collect();
            return Err(Failure::new(ErrorCode::InvalidConfig, format!("The secret '{name}' is not there."))
                .at(format!("/secrets/{name}"))
                .hint("Enter it, or take the reference to it out of the configuration."));
        };
        filled.push_str(before);
        filled.push_str(secret);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_filled_once() {
        let mut secrets = Secrets::new();
        secrets.set("arg.1", "${secret:arg.2}".into());
        secrets.set("arg.2", "two".into());
        let text = format!("a{}b{}", secret_reference("arg.1"), secret_reference("arg.2"));
        assert_eq!(fill_secrets(&text, &secrets).unwrap(), "a${secret:arg.2}btwo");
        assert_eq!(fill_secrets("none ${secret:", &secrets).unwrap(), "none ${secret:");
    }

    #[test]
    fn a_secret_that_is_not_there_is_a_fault() {
        let failure = fill_secrets("x ${secret:arg.9}", &Secrets::new()).unwrap_err();
        assert_eq!(
            (failure.code, failure.place.as_deref()),
            (ErrorCode::InvalidConfig, Some("/secrets/arg.9"))
        );
    }
}

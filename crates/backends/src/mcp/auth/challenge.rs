//! What a server says when it refuses a request: the header `WWW-Authenticate` (RFC 9110 section 11, RFC 6750 section 3, RFC 9728 section 5.1).

/// Longest header that is read.
const LONGEST: usize = 16 * 1024;
/// Most scopes of one list, and the longest scope.
const MOST_SCOPES: usize = 64;
const LONGEST_SCOPE: usize = 256;

/// What a server asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    /// Where its metadata is; may be relative to the server's own address.
    pub(super) resource_metadata: Option<String>,
    /// What the refused request needs.
    pub(super) scopes: Vec<String>,
    /// `invalid_token`, `insufficient_scope`, …
    pub(super) error: Option<String>,
}

impl Challenge {
    /// The bearer challenge of a header; with several, the one that says where the metadata is.
    pub(super) fn of(header: &str) -> Option<Self> {
        let mut found: Option<Self> = None;
        for (scheme, params) in challenges(cut(header)) {
            if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("dpop") {
                continue;
            }
            let get = |name: &str| {
                params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
            };
            let one = Self {
                resource_metadata: get("resource_metadata").filter(|value| !value.is_empty()).cloned(),
                scopes: scopes(get("scope").map_or("", String::as_str)),
                error: get("error").cloned(),
            };
            if found
                .as_ref()
                .is_none_or(|known| known.resource_metadata.is_none() && one.resource_metadata.is_some())
            {
                found = Some(one);
            }
        }
        found
    }

    pub(super) fn lacks_scope(&self) -> bool {
        self.error.as_deref() == Some("insufficient_scope")
    }
}

/// The scopes of a list, each once, in order; what is no scope (RFC 6749 section 3.3) is left out.
pub(super) fn scopes(text: &str) -> Vec<String> {
    let mut list = Vec::new();
    for scope in text.split_ascii_whitespace() {
        add(&mut list, scope);
    }
    list
}

/// Adds a scope that is not there yet.
pub(super) fn add(list: &mut Vec<String>, scope: &str) {
    let fits = !scope.is_empty()
        && scope.len() <= LONGEST_SCOPE
        && scope.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'));
    if fits && list.len() < MOST_SCOPES && !list.iter().any(|known| known == scope) {
        list.push(scope.to_owned());
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

type Params = Vec<(String, String)>;

/// Every challenge of a header: its scheme and its parameters. A comma separates both challenges and parameters: a word that `=` follows is a
/// parameter, any other begins a challenge.
fn challenges(header: &str) -> Vec<(String, Params)> {
    let mut all: Vec<(String, Params)> = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() && after.is_empty() {
            return all;
        }
        match after.trim_start().strip_prefix('=') {
            Some(value) => {
                let (value, after) = value_of(value.trim_start());
                if let Some((_, params)) = all.last_mut() {
                    params.push((word.to_owned(), value));
                }
                rest = after;
            }
            None => {
                all.push((word.to_owned(), Params::new()));
                rest = after;
            }
        }
    }
}

/// A quoted string or a token, and what follows it. A string that is never closed ends with the header.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',', ';']).unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return (value.to_owned(), rest.trim_start_matches(';'));
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, character) in quoted.char_indices() {
        match character {
            _ if escaped => {
                value.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            _ => value.push(character),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Challenge {
        Challenge::of(header).unwrap()
    }

    #[test]
    fn a_challenge_is_read_in_every_form() {
        let full = of(
            r#"Bearer error="insufficient_scope", scope="mcp:read  mcp:write mcp:read", resource_metadata="https://h/.well-known/x", error_description="says \"no\", really""#,
        );
        assert_eq!(full.scopes, ["mcp:read", "mcp:write"]);
        assert_eq!(full.resource_metadata.as_deref(), Some("https://h/.well-known/x"));
        assert!(full.lacks_scope());
        let tokens = of("bearer scope=one,resource_metadata=/meta");
        assert_eq!((tokens.scopes, tokens.resource_metadata), (vec!["one".to_owned()], Some("/meta".into())));
        assert_eq!(of("Bearer"), Challenge::default());
        assert_eq!(of("Bearer realm = \"x\" , scope = \"a\"").scopes, ["a"]);
    }

    #[test]
    fn the_bearer_challenge_is_found_among_others() {
        let several = of(
            r#"Basic realm="scope=fake, Bearer", Negotiate YWJj==, Bearer scope="a", Bearer resource_metadata="https://h/m", scope="b""#,
        );
        assert_eq!((several.scopes, several.resource_metadata.is_some()), (vec!["b".to_owned()], true));
        assert_eq!(Challenge::of(r#"Basic realm="x""#), None);
        assert_eq!(Challenge::of(""), None);
    }

    #[test]
    fn nonsense_is_bounded() {
        for text in [
            "=",
            "==,=\"",
            "Bearer scope=\"never closed",
            "Bearer \u{0}\u{7f}é=é",
            ", , ,",
            "Bearer =x",
            "Bearer scope=\"\\",
        ] {
            let _ = Challenge::of(text);
        }
        let many = format!("Bearer scope=\"{}\"", (0..5000).map(|n| format!("s{n} ")).collect::<String>());
        assert_eq!(of(&many).scopes.len(), MOST_SCOPES);
        assert!(scopes("a\"b c\\d é").is_empty());
        let _ = Challenge::of(&"é".repeat(LONGEST));
    }
}

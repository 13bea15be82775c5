//! What in a configuration is a secret, by its name and by its looks. When in doubt it is one: a setting that was sealed
//! by mistake still works, a key that was not stands in the open.

use std::ops::Range;

use serde_json::Value;

/// Words of a name that make its value a secret.
const WORDS: &[&str] = &[
    "key",
    "keys",
    "apikey",
    "token",
    "tokens",
    "secret",
    "secrets",
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "auth",
    "authorization",
    "credential",
    "credentials",
    "creds",
    "bearer",
    "cookie",
    "pat",
    "jwt",
    "dsn",
    "signature",
    "otp",
    "pin",
    "private",
    "session",
    "sid",
    "apitoken",
    "authtoken",
    "accesstoken",
];
/// Ends of words that are written together.
const ENDS: &[&str] = &[
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "signingkey",
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "credentials",
];
/// Last words of a name that say that its value only speaks about a secret.
const ABOUT: &[&str] = &[
    "path",
    "file",
    "filename",
    "dir",
    "directory",
    "folder",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "type",
    "mode",
    "method",
    "provider",
    "limit",
    "count",
    "max",
    "prefix",
    "ttl",
    "timeout",
    "name",
    "required",
    "enabled",
    "disabled",
    "header",
    "scheme",
    "style",
    "length",
    "size",
    "budget",
];
/// First words of a name that counts tokens.
const COUNTED: &[&str] = &["max", "min", "num", "total", "default"];
/// Words whose value is a secret even when it is a number.
const ALWAYS: &[&str] = &["password", "passwd", "passphrase", "pwd", "pin", "secret", "otp", "pass"];

/// How keys of well-known services begin.
const PREFIXES: &[&str] = &[
    "sk-",
    "sk_live_",
    "sk_test_",
    "rk_live_",
    "rk_test_",
    "whsec_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxe-",
    "xoxc-",
    "xoxd-",
    "xapp-",
    "AKIA",
    "ASIA",
    "AIza",
    "ya29.",
    "GOCSPX-",
    "hf_",
    "npm_",
    "pypi-",
    "dop_v1_",
    "lin_api_",
    "ntn_",
    "figd_",
    "SG.",
    "shpat_",
    "shpss_",
    "sntrys_",
    "sntryu_",
    "tvly-",
    "pplx-",
    "gsk_",
    "r8_",
    "fc-",
    "ATATT",
    "dapi",
    "xai-",
    "nvapi-",
    "phx_",
    "pat-na1-",
    "lsv2_",
    "rpa_",
    "sbp_",
    "nfp_",
    "dp.st.",
    "eyJ",
    "-----BEGIN",
    "BSA",
    "key-",
    "apify_api_",
    "ctx7sk",
];
/// Shortest text after such a beginning.
const AFTER_PREFIX: usize = 8;

/// The words of a name, in lower case: `GITHUB_TOKEN`, `apiKey` and `X-Api-Key` have two or three.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in name.chars() {
        let boundary = !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase());
        if boundary && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether what has this name is a secret, whatever it is.
pub(super) fn name_smells(name: &str) -> bool {
    let words = words(name);
    let about = words.last().is_some_and(|last| words.len() > 1 && ABOUT.contains(&last.as_str()));
    let counted = words.first().is_some_and(|first| COUNTED.contains(&first.as_str()));
    let smells = |word: &String| WORDS.contains(&word.as_str()) || ENDS.iter().any(|end| word.ends_with(end));
    !about && !counted && words.iter().any(smells)
}

/// Whether a value that has this name is a secret.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    // A variable is none itself; what fills it is judged by its own.
    let is_variable = value.strip_prefix("${").is_some_and(|rest| rest.find('}') == Some(rest.len() - 1));
    if value.is_empty() || is_variable {
        return false;
    }
    if looks_like_key(value) || !in_url(value).is_empty() {
        return true;
    }
    if !name_smells(name) {
        return false;
    }
    let is_switch = matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "on" | "off" | "none"
    );
    let is_number = value.len() <= 6 && value.chars().all(|c| c.is_ascii_digit());
    let always = words(name).iter().any(|word| ALWAYS.contains(&word.as_str()));
    !is_switch && (always || !is_number)
}

/// Whether a value is a key by its looks: a known beginning, or the disorder of a random text.
pub(super) fn looks_like_key(value: &str) -> bool {
    let value = value.trim();
    let value = ["Bearer ", "bearer ", "Basic ", "Token ", "token "]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme))
        .unwrap_or(value);
    if value.chars().any(char::is_whitespace) && !value.starts_with("-----BEGIN") {
        return false;
    }
    let begins = |prefix: &str| {
        value.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= AFTER_PREFIX && (rest.starts_with(' ') || rest.chars().any(|c| c.is_ascii_digit()))
        })
    };
    if PREFIXES.iter().any(|prefix| begins(prefix)) {
        return true;
    }
    if value.starts_with("sha256:")
        || value.chars().any(|c| !(c.is_ascii_alphanumeric() || "-_.=+/~".contains(c)))
    {
        return false;
    }
    is_uuid(value) || value.split(['-', '_', '.', '/', '=', '+', '~']).any(is_random)
}

fn is_uuid(value: &str) -> bool {
    let lengths: Vec<usize> = value.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && value.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// A run of letters and digits in no order: it changes often between digits, small and capital letters.
fn is_random(run: &str) -> bool {
    const SHORTEST: usize = 16;
    const CHANGES: usize = 4;
    let kind = |c: char| {
        if c.is_ascii_digit() {
            0
        } else if c.is_ascii_uppercase() {
            1
        } else {
            2
        }
    };
    let kinds: Vec<u8> = run.chars().map(kind).collect();
    let digits = kinds.iter().filter(|kind| **kind == 0).count();
    let changes = kinds.windows(2).filter(|two| two.first() != two.last()).count();
    run.len() >= SHORTEST && digits >= 2 && digits < run.len() && changes >= CHANGES
}

/// Whether a value is what a manual prints for a key: the key itself is still to be put there.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let enclosed =
        (lower.starts_with('<') && lower.ends_with('>')) || (lower.starts_with('[') && lower.ends_with(']'));
    let crossed = lower.len() >= 3 && lower.chars().all(|c| c == 'x' || c == '*' || c == '.');
    enclosed
        || crossed
        || [
            "your-",
            "your_",
            "your ",
            "yourapi",
            "changeme",
            "replace-",
            "replace_",
            "replace me",
            "insert-",
            "insert_",
        ]
        .iter()
        .any(|start| lower.starts_with(start))
        || ["_here", "-here", " here"].iter().any(|end| lower.ends_with(end))
        || lower.contains("your-api-key")
        || lower.contains("your_api_key")
}

/// The secrets inside a text that is or holds a URL: its password, parameters that smell, and parts of its path that look
/// like keys.
pub(super) fn in_url(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let Some(scheme) = text.find("://") else { return found };
    let begins = text.get(..scheme).is_some_and(|start| {
        !start.is_empty() && start.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    if !begins {
        return found;
    }
    let host = scheme + 3;
    let rest = text.get(host..).unwrap_or_default();
    let authority_end = host + rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = text.get(host..authority_end).unwrap_or_default();
    if let Some(user) = authority.rfind('@') {
        match authority.get(..user).and_then(|user| user.find(':')) {
            Some(colon) if colon + 1 < user => found.push(host + colon + 1..host + user),
            Some(_) => {}
            None if user > 0 && authority.get(..user).is_some_and(looks_like_key) => {
                found.push(host..host + user)
            }
            None => {}
        }
    }
    let path_end = text
        .get(authority_end..)
        .and_then(|rest| rest.find(['?', '#']))
        .map_or(text.len(), |at| authority_end + at);
    pieces(text, authority_end..path_end, &['/'], &mut |range, piece| {
        if looks_like_key(piece) {
            found.push(range);
        }
    });
    pieces(text, path_end..text.len(), &['?', '&', '#'], &mut |range, piece| {
        if let Some((name, value)) = piece.split_once('=')
            && is_secret_part(name, value)
        {
            found.push(range.start + name.len() + 1..range.end);
        }
    });
    found
}

fn is_secret_part(name: &str, value: &str) -> bool {
    !value.is_empty() && (name_smells(name) || looks_like_key(value))
}

fn pieces(text: &str, within: Range<usize>, at: &[char], see: &mut impl FnMut(Range<usize>, &str)) {
    let mut start = within.start;
    for piece in text.get(within).unwrap_or_default().split(at) {
        see(start..start + piece.len(), piece);
        start += piece.len() + 1;
    }
}

/// The secret inside an argument, if there is one: from its first byte to its last. `before` is the argument in front.
pub(super) fn in_argument(before: Option<&str>, text: &str) -> Option<Range<usize>> {
    let whole = || Some(0..text.len()).filter(|range| !range.is_empty());
    let flag = before.filter(|before| before.starts_with('-') && !before.contains('='));
    if !text.starts_with('-') {
        if flag.is_some_and(|flag| is_secret(flag, text) && !is_address(text)) || looks_like_key(text) {
            return whole();
        }
        if let Ok(Value::Object(fields)) = serde_json::from_str(text)
            && fields.iter().any(|(name, value)| value.as_str().is_some_and(|value| is_secret(name, value)))
        {
            return whole();
        }
    }
    let mut found = in_url(text);
    // `Authorization: Bearer …`, as tools that forward headers want it.
    if let Some((name, value)) = text.split_once(':')
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && is_secret(name, value.trim())
        && !value.starts_with("//")
    {
        let spaces = value.len() - value.trim_start().len();
        found.push(name.len() + 1 + spaces..text.len());
    }
    // Assignments, also those inside a line for a shell.
    pieces(text, 0..text.len(), &[' ', '\n', '\t', ';', '"', '\''], &mut |range, piece| match piece
        .split_once('=')
    {
        Some((name, value)) if is_secret(name, value) && !piece.contains("://") => {
            found.push(range.start + name.len() + 1..range.end);
        }
        None if looks_like_key(piece) => found.push(range),
        _ => {}
    });
    let start = found.iter().map(|range| range.start).min()?;
    let end = found.iter().map(|range| range.end).max()?;
    Some(start..end)
}

/// Whether whatever fills the variables of an argument is a secret: by the flag in front of it, or by what stands before
/// the sign of its value.
pub(super) fn argument_smells(before: Option<&str>, text: &str) -> bool {
    let flag = before.filter(|before| before.starts_with('-') && !before.contains('='));
    let named = text.split_once(['=', ':']).map(|(name, _)| name);
    let named = named.filter(|name| !name.contains(['$', '{', '/']));
    (!text.starts_with('-') && flag.is_some_and(name_smells)) || named.is_some_and(name_smells)
}

/// A URL is no key as a whole, whatever the flag in front of it is called.
fn is_address(text: &str) -> bool {
    text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_smell_of_secrets() {
        for name in [
            "GITHUB_PERSONAL_ACCESS_TOKEN",
            "OPENAI_API_KEY",
            "apiKey",
            "X-Api-Key",
            "DB_PASSWORD",
            "clientSecret",
            "--api-key",
            "Authorization",
            "AWS_SECRET_ACCESS_KEY",
            "APIKEY",
            "SLACKTOKEN",
            "PGPASSWORD",
            "NOTION_AUTH",
            "COOKIE",
            "SENTRY_DSN",
            "key",
            "MY_CREDENTIALS",
        ] {
            assert!(name_smells(name), "{name}");
        }
        for name in [
            "PATH",
            "LOG_LEVEL",
            "KEYBOARD",
            "MONKEY",
            "MAX_TOKENS",
            "TOKEN_LIMIT",
            "GOOGLE_APPLICATION_CREDENTIALS_FILE",
            "AUTH_TYPE",
            "TOKEN_URL",
            "AUTHOR",
            "NODE_ENV",
            "PASSAGE",
            "--port",
            "KEY_PATH",
        ] {
            assert!(!name_smells(name), "{name}");
        }
    }

    #[test]
    fn values_look_like_keys() {
        for value in [
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "sk-proj-abc123def456",
            "AKIAIOSFODNN7EXAMPLE",
            "Bearer a1B2c3D4e5F6g7H8i9",
            "4f2c9b7e1a3d5c8f0b6e2a4d7c9f1b3e",
            "550e8400-e29b-41d4-a716-446655440000",
            "xoxb-1234567890-abcdef",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "MWRkZDI0ZTQtYzQ3Zi00ZjQ0LWE1",
        ] {
            assert!(looks_like_key(value), "{value}");
        }
        for value in [
            "@modelcontextprotocol/server-filesystem@2025.1.14",
            "mcp-server-postgres",
            "/usr/local/lib/node_modules/x",
            "modelcontextprotocol2024",
            "http://127.0.0.1:8080/mcp",
            "--stdio",
            "",
            "true",
            "production",
            "us-east-1",
            "ghcr.io/github/github-mcp-server:v0.20.1",
            "sk-",
            "key-value",
            "mcp_servers",
            "a long sentence with 12 words",
            "sha256:4f2c9b7e1a3d5c8f0b6e2a4d7c9f1b3e",
            "2026-07-28T12:00:00Z",
            "ENABLE_EXPERIMENTAL_FEATURES",
        ] {
            assert!(!looks_like_key(value), "{value}");
        }
    }

    #[test]
    fn a_switch_or_a_number_is_no_secret_but_a_password_of_digits_is() {
        assert!(!is_secret("USE_AUTH", "true"));
        assert!(!is_secret("TOKENS", "4096"));
        assert!(is_secret("DB_PASSWORD", "123456"));
        assert!(is_secret("DATABASE_URL", "postgresql://me:pw@db/x"));
        assert!(!is_secret("DATABASE_URL", "postgresql://me@db/x"));
    }

    fn url(text: &str) -> Vec<&str> {
        in_url(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn keys_inside_urls_are_found() {
        assert_eq!(url("https://x.test/mcp?api_key=abc&mode=fast"), ["abc"]);
        assert_eq!(url("https://me:pw@x.test/"), ["pw"]);
        assert_eq!(
            url("https://x.test/s/4f2c9b7e1a3d5c8f0b6e2a4d7c9f1b3e/mcp"),
            ["4f2c9b7e1a3d5c8f0b6e2a4d7c9f1b3e"]
        );
        assert_eq!(url("https://x.test/a?token=ü#key=z"), ["ü", "z"]);
        assert_eq!(url("https://mcp.example.com/v1/mcp"), [""; 0]);
        assert_eq!(url("not a url ://x:y@z"), [""; 0]);
        assert_eq!(url("://"), [""; 0]);
    }

    fn argument(before: &str, text: &'static str) -> Option<&'static str> {
        in_argument(Some(before), text).map(|range| &text[range])
    }

    #[test]
    fn keys_inside_arguments_are_found() {
        assert_eq!(argument("--api-key", "abc"), Some("abc"));
        assert_eq!(argument("-y", "--api-key=abc"), Some("abc"));
        assert_eq!(argument("-e", "GITHUB_TOKEN=abc"), Some("abc"));
        assert_eq!(argument("-e", "GITHUB_TOKEN"), None);
        assert_eq!(argument("--header", "Authorization: Bearer abc"), Some("Bearer abc"));
        assert_eq!(argument("--header", "Authorization:abc"), Some("abc"));
        assert_eq!(argument("-c", "API_KEY=abc npx server --x"), Some("abc"));
        assert_eq!(argument("--config", r#"{"braveApiKey":"abc"}"#), Some(r#"{"braveApiKey":"abc"}"#));
        assert_eq!(argument("x", "postgresql://me:pw@db/x"), Some("pw"));
        assert_eq!(argument("--token", "--other"), None);
        assert_eq!(argument("--auth-url", "https://x.test/oauth"), None);
        assert_eq!(argument("--port", "3000"), None);
        assert_eq!(argument("-y", "@modelcontextprotocol/server-github"), None);
        assert_eq!(argument("run", "C:\\keys\\a"), None);
    }

    #[test]
    fn placeholders_of_manuals_are_known() {
        for value in [
            "<your-token>",
            "YOUR_API_KEY",
            "your-api-key-here",
            "xxx",
            "********",
            "insert_key_here",
            "[API KEY]",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["abc", "ghp_16C7e42F", "", "here"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}

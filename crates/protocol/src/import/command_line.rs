//! A command line as a person reads it: quoted as a POSIX shell wants it, with nothing that hides or disguises a part of it.

use std::fmt::Write as _;

/// The whole line.
pub(super) fn command_line<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for word in words {
        if !line.is_empty() {
            line.push(' ');
        }
        quote(&mut line, word);
    }
    line
}

fn quote(line: &mut String, word: &str) {
    if !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c)) {
        line.push_str(word);
    } else if word.chars().any(disguises) {
        line.push_str("$'");
        for c in word.chars() {
            // Writing into a string cannot fail.
            let _ = match c {
                '\n' => line.write_str("\\n"),
                '\t' => line.write_str("\\t"),
                '\'' => line.write_str("\\'"),
                '\\' => line.write_str("\\\\"),
                c if disguises(c) && u32::from(c) > 0xffff => write!(line, "\\U{:08x}", u32::from(c)),
                c if disguises(c) => write!(line, "\\u{:04x}", u32::from(c)),
                c => line.write_char(c),
            };
        }
        line.push('\'');
    } else {
        line.push('\'');
        line.push_str(&word.replace('\'', "'\\''"));
        line.push('\'');
    }
}

/// Characters that a terminal or page does not show as what they are: control, direction, zero width, tags.
pub(super) fn disguises(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0xad | 0x61c | 0x115f | 0x1160 | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e
            | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(command_line(["npx", "-y", "@a/b@1.0"]), "npx -y @a/b@1.0");
        assert_eq!(command_line(["sh", "-c", "echo 'a' && rm -rf ~"]), r"sh -c 'echo '\''a'\'' && rm -rf ~'");
        assert_eq!(command_line(["x", "", "${secret:arg.1}"]), "x '' '${secret:arg.1}'");
    }

    #[test]
    fn nothing_is_hidden() {
        assert_eq!(
            command_line(["a\nb'\\", "\u{202e}cba\u{200b}", "\u{1b}[2K"]),
            r"$'a\nb\'\\' $'\u202ecba\u200b' $'\u001b[2K'"
        );
        assert_eq!(command_line(["\u{e0041}"]), r"$'\U000e0041'");
        assert_eq!(command_line(["für"]), "'für'");
    }
}

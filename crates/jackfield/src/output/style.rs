//! Colours: few, and only where a person looks.

use anstyle::{AnsiColor, Style as Ansi};
use clap::ValueEnum;

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// The decision for one stream.
    pub(crate) fn wanted(self, terminal: bool, no_color: bool) -> bool {
        match self {
            Self::Auto => terminal && !no_color,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Went well.
    Good,
    /// Went wrong.
    Bad,
    /// Needs a look.
    Warn,
    /// Beside the point.
    Dim,
    /// The point.
    Bold,
    /// Names and ids to copy.
    Accent,
}

/// Colours on or off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style {
    color: bool,
}

impl Style {
    /// With or without colours.
    pub(crate) fn new(color: bool) -> Self {
        Self { color }
    }

    /// Puts text into a colour.
    pub(crate) fn paint(self, tone: Tone, text: impl AsRef<str>) -> String {
        let text = text.as_ref();
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
            Tone::Warn => AnsiColor::Yellow.on_default(),
            Tone::Dim => Ansi::new().dimmed(),
            Tone::Bold => Ansi::new().bold(),
            Tone::Accent => AnsiColor::Cyan.on_default(),
        };
        format!("{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_terminal_unless_told_otherwise() {
        assert!(ColorChoice::Auto.wanted(true, false));
        assert!(!ColorChoice::Auto.wanted(false, false));
        assert!(!ColorChoice::Auto.wanted(true, true));
        assert!(ColorChoice::Always.wanted(false, true));
        assert!(!ColorChoice::Never.wanted(true, false));
    }

    #[test]
    fn without_colours_text_stays_as_it_is() {
        assert_eq!(Style::new(false).paint(Tone::Bad, "x"), "x");
        assert!(Style::new(true).paint(Tone::Bad, "x").contains('\u{1b}'));
    }
}

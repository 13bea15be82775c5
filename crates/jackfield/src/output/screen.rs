//! Where text that streams (stdout) and lines that are redrawn (stderr) share one terminal without tearing.
//!
//! The cursor rests at the end of the text. What is live stands below it and is erased before anything is
//! written, then drawn again. No state is kept in the terminal, so a resize or a foreign line does no lasting
//! harm.

use unicode_width::UnicodeWidthChar as _;

use super::{cut, width};

/// What to write where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    /// Text of the answer: stdout.
    Text(String),
    /// Lines and cursor movements: stderr.
    Draw(String),
}

/// A terminal with text and live lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screen {
    columns: usize,
    /// Column of the end of the text.
    column: usize,
    /// The row was full, so the line was broken by us where the terminal would have.
    broken: bool,
    live: Vec<String>,
}

/// Erases from the cursor to the end of the screen.
const ERASE: &str = "\u{1b}[J";

impl Screen {
    /// An empty screen, cursor at the beginning of a line.
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns, ..Self::default() }
    }

    /// The terminal may have been resized.
    pub(crate) fn resize(&mut self, columns: usize) {
        self.columns = columns.max(1);
    }

    /// Whether the text ends inside a line.
    pub(crate) fn inside_line(&self) -> bool {
        self.column > 0 || self.broken
    }

    /// Appends text.
    pub(crate) fn text(&mut self, text: &str) -> Vec<Op> {
        let text = match text.strip_prefix('\n') {
            // The line end is already there.
            Some(rest) if self.broken => rest,
            _ => text,
        };
        self.broken = false;
        self.advance(text);
        let mut ops = Vec::with_capacity(3);
        if !self.live.is_empty() {
            ops.push(Op::Draw(ERASE.to_owned()));
        }
        ops.push(Op::Text(text.to_owned()));
        self.draw(&mut ops, String::new());
        ops
    }

    /// Writes lines that stay, below the text.
    pub(crate) fn lines(&mut self, lines: &[String]) -> Vec<Op> {
        if lines.is_empty() {
            return Vec::new();
        }
        let mut drawing = if self.live.is_empty() { String::new() } else { ERASE.to_owned() };
        if self.column > 0 {
            drawing.push('\n');
        }
        for line in lines {
            drawing.push_str(line);
            drawing.push('\n');
        }
        self.column = 0;
        self.broken = false;
        let mut ops = Vec::with_capacity(1);
        self.draw(&mut ops, drawing);
        ops
    }

    /// Replaces the live lines.
    pub(crate) fn live(&mut self, lines: Vec<String>) -> Vec<Op> {
        if lines == self.live {
            return Vec::new();
        }
        let drawing = if self.live.is_empty() { String::new() } else { ERASE.to_owned() };
        self.live = lines;
        let mut ops = Vec::with_capacity(1);
        self.draw(&mut ops, drawing);
        ops
    }

    /// Draws the live lines below the cursor and brings it back.
    fn draw(&mut self, ops: &mut Vec<Op>, mut drawing: String) {
        if !self.live.is_empty() {
            if self.column >= self.columns {
                // A full row: the terminal holds the cursor behind the last column, a place to which nothing
                // can bring it back.
                drawing.push('\n');
                self.column = 0;
                self.broken = true;
            }
            let mut up = self.live.len() - 1;
            if self.column > 0 {
                drawing.push('\n');
                up += 1;
            }
            let lines: Vec<String> = self.live.iter().map(|line| fit(line, self.columns)).collect();
            drawing.push_str(&lines.join("\n"));
            if up > 0 {
                drawing.push_str(&format!("\u{1b}[{up}A"));
            }
            drawing.push('\r');
            if self.column > 0 {
                drawing.push_str(&format!("\u{1b}[{}C", self.column));
            }
        }
        if !drawing.is_empty() {
            ops.push(Op::Draw(drawing));
        }
    }

    /// Follows the cursor as the terminal moves it.
    fn advance(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' | '\r' => self.column = 0,
                '\t' => self.column = ((self.column / 8 + 1) * 8).min(self.columns.saturating_sub(1)),
                _ => {
                    let wide = character.width().unwrap_or(0);
                    if wide > 0 && self.column + wide > self.columns {
                        self.column = 0;
                    }
                    self.column += wide;
                }
            }
        }
    }
}

/// A line must not wrap: it would take two rows where one is counted. Lines are made to fit; one that is not
/// (the terminal just became narrower) loses its colours and its end.
fn fit(line: &str, columns: usize) -> String {
    let room = columns.saturating_sub(1);
    if width(line) <= room {
        return line.to_owned();
    }
    let mut bare = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('\u{1b}') {
        bare.push_str(&rest[..at]);
        let sequence = &rest[at..];
        rest = sequence.find('m').and_then(|end| sequence.get(end + 1..)).unwrap_or_default();
    }
    bare.push_str(rest);
    cut(&bare, room)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal as its user sees it: line feeds return the carriage, as terminals are set up.
    struct Terminal {
        parser: vt100::Parser,
    }

    impl Terminal {
        fn new(rows: u16, columns: u16) -> Self {
            Self { parser: vt100::Parser::new(rows, columns, 200) }
        }

        fn perform(&mut self, ops: &[Op]) {
            for op in ops {
                let (Op::Text(text) | Op::Draw(text)) = op;
                self.parser.process(text.replace('\n', "\r\n").as_bytes());
            }
        }

        /// Row by row, wherever a line was broken.
        fn shown(&self) -> String {
            let (_, columns) = self.parser.screen().size();
            let rows: Vec<String> =
                self.parser.screen().rows(0, columns).map(|row| row.trim_end().to_owned()).collect();
            rows.join("\n").trim_end().to_owned()
        }

        fn cursor(&self) -> (u16, u16) {
            self.parser.screen().cursor_position()
        }
    }

    #[test]
    fn text_streams_above_live_lines() {
        let mut terminal = Terminal::new(10, 30);
        let mut screen = Screen::new(30);
        terminal.perform(&screen.lines(&["header".into()]));
        terminal.perform(&screen.live(vec!["* agent 0 s".into()]));
        terminal.perform(&screen.text("It is "));
        terminal.perform(&screen.live(vec!["* agent 1 s".into(), "  * tool".into()]));
        terminal.perform(&screen.text("warm\nin Ber"));
        assert_eq!(terminal.shown(), "header\nIt is warm\nin Ber\n* agent 1 s\n  * tool");
        assert_eq!(terminal.cursor(), (2, 6), "the cursor rests at the end of the text");
        terminal.perform(&screen.text("lin."));
        terminal.perform(&screen.live(Vec::new()));
        terminal.perform(&screen.lines(&["done".into()]));
        assert_eq!(terminal.shown(), "header\nIt is warm\nin Berlin.\ndone");
        assert!(!screen.inside_line());
    }

    /// Whatever the text, the sizes of its pieces and the live lines below: what is left at the end is the text
    /// as it would stand without live lines.
    #[test]
    fn live_lines_never_change_the_text() {
        let text = "0123456789abcdefghij\nshort\n\n日本語日本語日本語日本語 end of it\ttab\n0123456789";
        for columns in [10_u16, 11, 20, 37] {
            let mut alone = Terminal::new(60, columns);
            alone.perform(&[Op::Text(text.into())]);
            for size in 1..=9 {
                let mut terminal = Terminal::new(60, columns);
                let mut screen = Screen::new(usize::from(columns));
                let characters: Vec<char> = text.chars().collect();
                for (round, piece) in characters.chunks(size).enumerate() {
                    terminal.perform(&screen.text(&piece.iter().collect::<String>()));
                    let live = (0..round % 4).map(|row| format!("live {round} {row}")).collect();
                    terminal.perform(&screen.live(live));
                }
                terminal.perform(&screen.live(Vec::new()));
                assert_eq!(terminal.shown(), alone.shown(), "{columns} columns, pieces of {size}");
            }
        }
    }

    #[test]
    fn at_the_bottom_of_the_window_it_scrolls_without_tearing() {
        let mut terminal = Terminal::new(5, 20);
        let mut screen = Screen::new(20);
        for line in 0..20 {
            terminal.perform(&screen.live(vec![format!("live {line}"), "second".into()]));
            terminal.perform(&screen.text(&format!("text {line}\n")));
        }
        assert_eq!(terminal.shown(), "text 17\ntext 18\ntext 19\nlive 19\nsecond");
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_not_wrapped() {
        let line = super::super::Style::new(true).paint(super::super::Tone::Good, "abcdefghij");
        assert_eq!(fit(&line, 6), "abcd…");
        assert_eq!(fit(&line, 11), line);
    }
}

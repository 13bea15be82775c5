//! Aligned tables that fit the width.

use super::{Style, Tone, cut, width};

/// One column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    title: &'static str,
    right: bool,
    /// Least columns it may be cut to; `None`: never cut.
    least: Option<usize>,
    /// Gives way before the others.
    first: bool,
    tone: Option<Tone>,
}

impl Column {
    /// A column that is never cut.
    pub(crate) fn fixed(title: &'static str) -> Self {
        Self { title, right: false, least: None, first: false, tone: None }
    }

    /// A column that gives way when the terminal is narrow.
    pub(crate) fn flexible(title: &'static str, least: usize) -> Self {
        Self { title, right: false, least: Some(least), first: false, tone: None }
    }

    /// A column that gives way before the others.
    pub(crate) fn spare(title: &'static str, least: usize) -> Self {
        Self { first: true, ..Self::flexible(title, least) }
    }

    /// Numbers stand to the right.
    pub(crate) fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// The whole column in one colour.
    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

/// One cell: plain text with an optional colour of its own.
#[derive(Debug, Clone)]
struct Cell {
    text: String,
    tone: Option<Tone>,
}

/// A table; cells are plain text, colours are put on after the widths are known.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// Blanks between two columns.
const GAP: usize = 2;

impl Table {
    /// Without rows.
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row of texts, each with a colour or none.
    pub(crate) fn row<const N: usize>(&mut self, cells: [(String, Option<Tone>); N]) {
        let cells = cells.into_iter().map(|(text, tone)| Cell { text: super::one_line(&text), tone });
        self.rows.push(cells.collect());
    }

    /// The lines, title line first; columns that are empty in every row are left out.
    pub(crate) fn render(&self, columns: usize, style: Style) -> Vec<String> {
        let used: Vec<usize> = (0..self.columns.len())
            .filter(|at| self.rows.iter().any(|row| row.get(*at).is_some_and(|cell| !cell.text.is_empty())))
            .collect();
        let mut widths: Vec<usize> = used.iter().map(|at| self.natural(*at)).collect();
        self.shrink(&used, &mut widths, columns);
        let mut lines = Vec::with_capacity(self.rows.len() + 1);
        let titles = used
            .iter()
            .filter_map(|at| self.columns.get(*at))
            .map(|column| (Cell { text: column.title.to_uppercase(), tone: Some(Tone::Dim) }, column));
        lines.push(line(titles, &widths, style));
        for row in &self.rows {
            let cells = used.iter().filter_map(|at| Some((row.get(*at)?.clone(), self.columns.get(*at)?)));
            lines.push(line(cells, &widths, style));
        }
        lines
    }

    fn natural(&self, at: usize) -> usize {
        let title = self.columns.get(at).map_or(0, |column| width(column.title));
        self.rows.iter().filter_map(|row| row.get(at)).map(|cell| width(&cell.text)).fold(title, usize::max)
    }

    /// Takes columns from the widest flexible column until the row fits or nothing can give way.
    fn shrink(&self, used: &[usize], widths: &mut [usize], columns: usize) {
        let gaps = GAP * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > columns {
            let widest = (0..widths.len())
                .filter(|slot| {
                    let least = used.get(*slot).and_then(|at| self.columns.get(*at)).and_then(|c| c.least);
                    least.is_some_and(|least| widths.get(*slot).is_some_and(|width| *width > least))
                })
                .max_by_key(|slot| {
                    let first = used.get(*slot).and_then(|at| self.columns.get(*at)).is_some_and(|c| c.first);
                    (first, widths.get(*slot).copied())
                });
            let Some(width) = widest.and_then(|slot| widths.get_mut(slot)) else { return };
            *width -= 1;
        }
    }
}

fn line<'a>(cells: impl Iterator<Item = (Cell, &'a Column)>, widths: &[usize], style: Style) -> String {
    let mut line = String::new();
    for ((cell, column), room) in cells.zip(widths) {
        let text = cut(&cell.text, *room);
        let blanks = " ".repeat(room.saturating_sub(width(&text)));
        let painted = match cell.tone.or(column.tone) {
            Some(tone) => style.paint(tone, &text),
            None => text,
        };
        if column.right {
            line.push_str(&blanks);
            line.push_str(&painted);
        } else {
            line.push_str(&painted);
            line.push_str(&blanks);
        }
        line.push_str(&" ".repeat(GAP));
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(vec![
            Column::fixed("id"),
            Column::flexible("name", 6),
            Column::fixed("took").right(),
            Column::fixed("never used"),
        ]);
        table.row([
            ("7".into(), None),
            ("a rather long name".into(), Some(Tone::Bold)),
            ("8 ms".into(), None),
            (String::new(), None),
        ]);
        table.row([
            ("12".into(), None),
            ("日本".into(), None),
            ("1.2 s".into(), None),
            (String::new(), None),
        ]);
        table
    }

    #[test]
    fn columns_line_up() {
        assert_eq!(
            table().render(80, Style::default()),
            [
                "ID  NAME                 TOOK",
                "7   a rather long name   8 ms",
                "12  日本                1.2 s"
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_what_may_be_cut() {
        assert_eq!(
            table().render(20, Style::default()),
            ["ID  NAME        TOOK", "7   a rather…   8 ms", "12  日本       1.2 s"]
        );
        for line in table().render(8, Style::default()) {
            assert!(width(&line) <= 17, "the least widths are kept: {line}");
        }
    }
}

//! `jackfield error`: the page of an error code.

use clap::Args;
use jackfield_protocol::error::{ErrorCode, Failure};
use serde_json::json;

use super::Context;
use crate::{
    exit::Exit,
    output::{Column, Style, Table, Tone, wrap},
};

/// Arguments of `error`.
#[derive(Debug, Args)]
pub(crate) struct ErrorArgs {
    /// The code, for example peer_unauthorized; without it, all codes are listed
    code: Option<String>,
}

/// Explains a code, or lists all of them. Needs no hub: the pages are compiled in.
pub(crate) fn error(args: &ErrorArgs, context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    let Some(text) = &args.code else {
        return list(context);
    };
    let Some(code) = ErrorCode::ALL.iter().copied().find(|code| code.as_str() == text) else {
        return Err(Failure::new(ErrorCode::InvalidRequest, format!("There is no error code '{text}'."))
            .hint("`jackfield error` lists all of them."));
    };
    if out.json {
        let page =
            json!({ "code": code, "title": code.title(), "status": code.http_status(), "page": code.page() });
        out.document(&page)?;
    } else {
        out.lines(page(code.page(), out.width, out.style));
    }
    Ok(Exit::Done)
}

fn list(context: &Context) -> Result<Exit, Failure> {
    let out = &context.out;
    if out.json {
        let all: Vec<_> = ErrorCode::ALL
            .iter()
            .map(|code| json!({ "code": code, "title": code.title(), "status": code.http_status() }))
            .collect();
        out.document(&all)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(vec![Column::fixed("code").tone(Tone::Accent), Column::flexible("title", 16)]);
    for code in ErrorCode::ALL {
        table.row([(code.to_string(), None), (code.title().to_owned(), None)]);
    }
    out.lines(table.render(out.width, out.style));
    Ok(Exit::Done)
}

/// Markdown as far as the pages use it: headings, lists, paragraphs, code.
fn page(markdown: &str, columns: usize, style: Style) -> Vec<String> {
    let columns = columns.min(96);
    let mut lines = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            lines.push(format!("    {}", style.paint(Tone::Accent, line)));
        } else if let Some(heading) = line.strip_prefix('#') {
            lines.push(style.paint(Tone::Bold, heading.trim_start_matches(['#', ' '])));
        } else {
            let indent = line.len() - line.trim_start().len();
            let text = line.trim_start();
            let hang = if text.starts_with("- ") { indent + 2 } else { indent };
            for (at, part) in
                wrap(&text.replace('`', "'"), columns.saturating_sub(hang)).into_iter().enumerate()
            {
                let blanks = " ".repeat(if at == 0 { indent } else { hang });
                lines.push(format!("{blanks}{part}"));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_fit_the_terminal() {
        for code in ErrorCode::ALL {
            for line in page(code.page(), 60, Style::default()) {
                assert!(crate::output::width(&line) <= 60, "{code}: {line}");
            }
        }
    }
}

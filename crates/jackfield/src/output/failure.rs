//! A failure as a person reads it: what happened, where, what to do next, where to read more.

use jackfield_protocol::error::Failure;

use super::{Style, Tone, plain, wrap};

/// The lines.
pub(crate) fn failure(failure: &Failure, columns: usize, style: Style) -> Vec<String> {
    let room = columns.clamp(40, 110);
    let mut lines = Vec::new();
    block(&mut lines, &style.paint(Tone::Bad, "error:"), "error:", &plain(&failure.message), room);
    if let Some(place) = &failure.place {
        block(&mut lines, &style.paint(Tone::Dim, "where:"), "where:", &plain(place), room);
    }
    for fault in &failure.faults {
        let place = if fault.place.is_empty() { "/" } else { fault.place.as_str() };
        let text = format!("{}: {}", style.paint(Tone::Bold, plain(place)), plain(&fault.message));
        block(&mut lines, &style.paint(Tone::Bad, "     -"), "     -", &text, room);
    }
    if let Some(status) = failure.peer_status {
        block(&mut lines, &style.paint(Tone::Dim, " peer:"), " peer:", &format!("HTTP {status}"), room);
    }
    if let Some(hint) = &failure.hint {
        block(&mut lines, &style.paint(Tone::Accent, " hint:"), " hint:", &plain(hint), room);
    }
    let more = format!("jackfield error {}", failure.code);
    block(&mut lines, &style.paint(Tone::Dim, " more:"), " more:", &style.paint(Tone::Dim, more), room);
    lines
}

/// A label with text beside it; further lines of the text stand under its first.
fn block(lines: &mut Vec<String>, painted: &str, label: &str, text: &str, room: usize) {
    let indent = label.len() + 1;
    for (at, line) in wrap(text, room.saturating_sub(indent)).into_iter().enumerate() {
        lines.push(if at == 0 {
            format!("{painted} {line}")
        } else {
            format!("{}{line}", " ".repeat(indent))
        });
    }
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::error::{ErrorCode, Fault};

    use super::*;

    #[test]
    fn says_what_happened_where_and_what_next() {
        let shown = failure(
            &Failure::new(ErrorCode::PeerUnauthorized, "n8n at http://127.0.0.1:5678 refuses the API key.")
                .hint("Make a key under Settings → n8n API with the five scopes that the guide names, then enter it again.")
                .at("/secrets/api_key")
                .status(401),
            64,
            Style::default(),
        );
        insta::assert_snapshot!(shown.join("\n"), @r"
        error: n8n at http://127.0.0.1:5678 refuses the API key.
        where: /secrets/api_key
         peer: HTTP 401
         hint: Make a key under Settings → n8n API with the five scopes
               that the guide names, then enter it again.
         more: jackfield error peer_unauthorized
        ");
    }

    #[test]
    fn every_fault_has_its_place() {
        let fault = |place: &str, message: &str| Fault { place: place.into(), message: message.into() };
        let faults = vec![
            fault("/city", "is missing"),
            fault("/days/0", "7.5 is no whole number"),
            fault("", "one too many"),
        ];
        let shown = failure(
            &Failure::new(ErrorCode::InvalidInput, "The arguments of 'forecast' do not fit.").faults(faults),
            64,
            Style::default(),
        );
        insta::assert_snapshot!(shown.join("\n"), @r"
        error: The arguments of 'forecast' do not fit.
             - /city: is missing
             - /days/0: 7.5 is no whole number
             - /: one too many
         more: jackfield error invalid_input
        ");
    }
}

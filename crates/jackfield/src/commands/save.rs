//! Files that a run made, or that were read, saved where the user wants them.

use std::path::{Path, PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    event::{Artifact, Transcript},
};

use crate::{
    client::Client,
    output::{Out, Tone, bytes},
};

/// Saves every artifact that the hub has; a file that is there already is never overwritten.
pub(crate) async fn artifacts(
    client: &Client,
    transcript: &Transcript,
    folder: &Path,
    flag: &str,
    out: &Out,
) -> Result<(), Failure> {
    for artifact in &transcript.artifacts {
        let content = match (&artifact.blob_id, &artifact.json) {
            (Some(id), _) => client.blob(*id).await?.to_vec(),
            (None, Some(json)) => json.to_string().into_bytes(),
            (None, None) => continue,
        };
        let path = write(folder, &file_name(artifact), &content, flag)?;
        if !out.json {
            let size = bytes(content.len() as u64);
            out.note(format!("  {} saved {} ({size})", out.err.paint(Tone::Good, "✓"), path.display()));
        }
    }
    Ok(())
}

/// Writes a file that is not there yet; `flag` is what asked for it.
pub(crate) fn write(folder: &Path, name: &str, content: &[u8], flag: &str) -> Result<PathBuf, Failure> {
    use std::io::Write as _;
    let failed = |path: &Path, error: &std::io::Error| {
        let message = format!("{flag}: {} cannot be written: {error}.", path.display());
        Failure::new(ErrorCode::InvalidRequest, message).at(flag)
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let (stem, ending) =
        name.rsplit_once('.').map_or((name, String::new()), |(stem, ending)| (stem, format!(".{ending}")));
    for number in 1..1_000 {
        let numbered = if number == 1 { name.to_owned() } else { format!("{stem}-{number}{ending}") };
        let path = folder.join(numbered);
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(content).map_err(|error| failed(&path, &error))?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(&path, &error)),
        }
    }
    Err(Failure::new(ErrorCode::Conflict, format!("{} has too many files called {name}.", folder.display()))
        .at(flag))
}

/// A name for what is at an address.
pub(crate) fn name_of(uri: &str) -> String {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    match safe(path.trim_end_matches('/')) {
        name if name.is_empty() => "resource".to_owned(),
        name => name,
    }
}

/// The bytes that base64 stands for.
pub(crate) fn decoded(base64: &str) -> Result<Vec<u8>, Failure> {
    STANDARD.decode(base64.trim()).map_err(|_| {
        Failure::new(ErrorCode::PeerBadAnswer, "What was read is not valid base64.")
            .hint("With --json it is printed as it came.")
    })
}

/// A name that stays inside the folder, whatever the peer calls its file.
fn file_name(artifact: &Artifact) -> String {
    let name = safe(&artifact.name);
    if name.is_empty() {
        return "artifact".to_owned();
    }
    if artifact.json.is_some() && !name.contains('.') { format!("{name}.json") } else { name }
}

fn safe(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = base
        .chars()
        .map(|c| if c.is_control() || ":*?\"<>|".contains(c) { '_' } else { c })
        .take(120)
        .collect();
    name.trim_matches([' ', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_cannot_write_outside_the_folder() {
        let named = |name: &str| file_name(&Artifact { name: name.into(), ..Artifact::default() });
        assert_eq!(named("../../etc/passwd"), "passwd");
        assert_eq!(named("..\\a.exe"), "a.exe");
        assert_eq!(named(".."), "artifact");
        assert_eq!(named("a\u{0}b:c.txt"), "a_b_c.txt");
    }

    #[test]
    fn a_file_is_called_like_the_end_of_its_address() {
        assert_eq!(name_of("file:///home/ada/notes.md?x=/y"), "notes.md");
        assert_eq!(name_of("lab://note/3/"), "3");
        assert_eq!(name_of("lab://.."), "resource");
        assert_eq!(decoded("aGk=").unwrap(), b"hi");
        assert_eq!(decoded("%").unwrap_err().code, ErrorCode::PeerBadAnswer);
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let first = write(folder.path(), "a.txt", b"1", "--save").unwrap();
        let second = write(folder.path(), "a.txt", b"2", "--save").unwrap();
        assert_eq!(second.file_name().unwrap(), "a-2.txt");
        assert_eq!(std::fs::read(first).unwrap(), b"1");
    }
}

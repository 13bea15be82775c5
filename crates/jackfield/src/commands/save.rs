//! Files that a run made, saved where the user wants them.

use std::path::{Path, PathBuf};

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
    out: &Out,
) -> Result<(), Failure> {
    for artifact in &transcript.artifacts {
        let content = match (&artifact.blob_id, &artifact.json) {
            (Some(id), _) => client.blob(*id).await?.to_vec(),
            (None, Some(json)) => json.to_string().into_bytes(),
            (None, None) => continue,
        };
        let path = write(folder, &file_name(artifact), &content)?;
        if !out.json {
            let size = bytes(content.len() as u64);
            out.note(format!("  {} saved {} ({size})", out.err.paint(Tone::Good, "✓"), path.display()));
        }
    }
    Ok(())
}

fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, Failure> {
    use std::io::Write as _;
    let failed = |path: &Path, error: &std::io::Error| {
        Failure::new(
            ErrorCode::InvalidRequest,
            format!("--save: {} cannot be written: {error}.", path.display()),
        )
        .at("--save")
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
        .at("--save"))
}

/// A name that stays inside the folder, whatever the peer calls its file.
fn file_name(artifact: &Artifact) -> String {
    let base = artifact.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = base
        .chars()
        .map(|c| if c.is_control() || ":*?\"<>|".contains(c) { '_' } else { c })
        .take(120)
        .collect();
    let name = name.trim_matches([' ', '.']).to_owned();
    if name.is_empty() {
        return "artifact".to_owned();
    }
    if artifact.json.is_some() && !name.contains('.') { format!("{name}.json") } else { name }
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
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let first = write(folder.path(), "a.txt", b"1").unwrap();
        let second = write(folder.path(), "a.txt", b"2").unwrap();
        assert_eq!(second.file_name().unwrap(), "a-2.txt");
        assert_eq!(std::fs::read(first).unwrap(), b"1");
    }
}

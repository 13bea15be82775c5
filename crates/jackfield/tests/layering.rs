//! The walls: which crate may depend on which. Development dependencies are free, except for `protocol`'s.

use std::{collections::BTreeSet, fs, path::Path};

/// Every crate with what it may know.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("protocol", &[]),
    ("backends", &["protocol"]),
    ("store", &["protocol"]),
    ("engine", &["protocol"]),
    ("testkit", &["protocol"]),
    ("server", &["protocol", "engine"]),
    ("jackfield", &["protocol", "backends", "store", "engine", "server", "testkit"]),
];

fn siblings(manifest: &toml::Table, section: &str) -> BTreeSet<String> {
    let table = manifest.get(section).and_then(toml::Value::as_table);
    table
        .into_iter()
        .flatten()
        .filter_map(|(name, _)| name.strip_prefix("jackfield-").map(str::to_owned))
        .collect()
}

#[test]
fn no_crate_knows_more_than_the_map_allows() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found: Vec<String> = fs::read_dir(&crates)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| crates.join(name).join("Cargo.toml").exists())
        .collect();
    found.sort();
    let mut known: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(found, known, "a crate that the map does not have");
    for (name, allowed) in ALLOWED {
        let text = fs::read_to_string(crates.join(name).join("Cargo.toml")).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        for section in ["dependencies", "build-dependencies"] {
            for other in siblings(&manifest, section) {
                assert!(allowed.contains(&other.as_str()), "{name} must not depend on {other}");
            }
        }
        if name == "protocol" {
            assert!(
                siblings(&manifest, "dev-dependencies").is_empty(),
                "protocol knows nothing, not even in its tests"
            );
        }
    }
}

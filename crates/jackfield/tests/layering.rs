//! The walls of the design, read from the manifests: who may know whom.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test; clippy only knows test functions"
)]

use std::{collections::BTreeMap, fs, path::Path};

use toml::{Table, Value};

/// What each crate may depend on, among its siblings. Development dependencies are free, but those of `protocol`.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("backends", &["protocol"]),
    ("store", &["protocol"]),
    ("engine", &["protocol"]),
    ("testkit", &["protocol"]),
    ("server", &["protocol", "engine"]),
    ("jackfield", &["protocol", "backends", "store", "engine", "server", "testkit"]),
];

fn manifests() -> BTreeMap<String, Table> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .map(|folder| {
            let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            (folder.file_name().unwrap().to_string_lossy().into_owned(), text.parse().unwrap())
        })
        .collect()
}

/// Names of the siblings in every table of this kind, those of single targets included. A dependency may be
/// renamed or given by path.
fn siblings(manifest: &Table, kind: &str) -> Vec<String> {
    let mut tables: Vec<&Table> = manifest.get(kind).and_then(Value::as_table).into_iter().collect();
    let targets = manifest.get("target").and_then(Value::as_table);
    tables.extend(
        targets
            .into_iter()
            .flat_map(Table::values)
            .filter_map(|target| target.get(kind))
            .filter_map(Value::as_table),
    );
    let mut found = Vec::new();
    for (name, dependency) in tables.into_iter().flatten() {
        let package = dependency.get("package").and_then(Value::as_str).unwrap_or(name);
        let path = dependency.get("path").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
        if package == "jackfield" {
            found.push("jackfield".to_owned());
        } else if let Some(sibling) = package.strip_prefix("jackfield-").or(path) {
            found.push(sibling.to_owned());
        }
    }
    found
}

fn violations(manifests: &BTreeMap<String, Table>) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, manifest) in manifests {
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(known, _)| known == name) else {
            violations.push(format!("{name} has no place in the design"));
            continue;
        };
        for kind in ["dependencies", "build-dependencies"] {
            for sibling in siblings(manifest, kind) {
                if !allowed.contains(&sibling.as_str()) {
                    violations.push(format!("{name} must not know {sibling} ({kind})"));
                }
            }
        }
        for sibling in siblings(manifest, "dev-dependencies") {
            if name == "protocol" {
                violations.push(format!("{name} must not know {sibling} (dev-dependencies)"));
            }
        }
    }
    violations
}

#[test]
fn nobody_reaches_over_a_wall() {
    let manifests = manifests();
    for (name, _) in MAY_KNOW {
        assert!(manifests.contains_key(*name), "the crate {name} is there");
    }
    assert_eq!(violations(&manifests), Vec::<String>::new());
}

#[test]
fn a_forbidden_edge_is_found_however_it_is_written() {
    let of = |name: &str, text: &str| violations(&BTreeMap::from([(name.to_owned(), text.parse().unwrap())]));
    for text in [
        "[dependencies]\njackfield-store.workspace = true",
        "[dependencies]\njackfield-store = { path = '../store' }",
        "[dependencies]\nother = { package = 'jackfield-store', path = '../store' }",
        "[dependencies]\nother = { path = '../store' }",
        "[target.'cfg(unix)'.dependencies]\njackfield-store.workspace = true",
        "[build-dependencies]\njackfield-store.workspace = true",
    ] {
        assert_eq!(of("engine", text).len(), 1, "{text}");
    }
    assert!(of("engine", "[dev-dependencies]\njackfield-store.workspace = true").is_empty());
    assert_eq!(of("protocol", "[dev-dependencies]\njackfield-testkit.workspace = true").len(), 1);
    assert!(of("server", "[dependencies]\njackfield-engine.workspace = true\nserde = '1'").is_empty());
    assert_eq!(of("newcomer", "").len(), 1);
}

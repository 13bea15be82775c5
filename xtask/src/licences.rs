//! `contract/licences.json`: the libraries in the hub's program, with the texts of their licences. Read from the
//! packages that Cargo has unpacked, so it holds for the `Cargo.lock` beside it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use jackfield_protocol::api::{Licences, LicensedPackage};
use serde_json::Value;

use crate::{
    TaskResult,
    process::{output, root},
};

const FILE: &str = "contract/licences.json";

/// Whose libraries: other systems have a few others, but the list must not depend on where it is made.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Writes the file anew, or only compares.
pub(crate) fn run(check: bool) -> TaskResult {
    let licences = collect()?;
    let text = serde_json::to_string_pretty(&licences)? + "\n";
    if !check {
        return fs::write(root().join(FILE), text).map_err(|error| format!("{FILE}: {error}").into());
    }
    if fs::read_to_string(root().join(FILE)).unwrap_or_default() == text {
        Ok(())
    } else {
        Err(format!("{FILE} is out of date: `cargo xtask contract` writes it anew").into())
    }
}

fn collect() -> TaskResult<Licences> {
    let metadata = metadata()?;
    let inside = reached(&metadata);
    let mut texts: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut packages = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |field: &str| package[field].as_str().map(str::to_owned);
        let id = text("id").unwrap_or_default();
        // Our own have no source; theirs is the licence of the product.
        if !inside.contains(id.as_str()) || package["source"].is_null() {
            continue;
        }
        let (name, version) = (text("name").unwrap_or_default(), text("version").unwrap_or_default());
        let licence = text("license").ok_or_else(|| format!("{name} does not say its licence"))?;
        let folder = text("manifest_path").map(PathBuf::from).unwrap_or_default();
        packages.insert((name.clone(), version.clone()), (licence, text("repository"), folder));
    }
    let mut licences = Licences::default();
    for ((name, version), (licence, repository, manifest)) in packages {
        let mut own = Vec::new();
        for found in texts_in(manifest.parent().unwrap_or(Path::new(".")))? {
            let place = *places.entry(found.clone()).or_insert_with(|| {
                texts.push(found);
                texts.len() - 1
            });
            if !own.contains(&place) {
                own.push(place);
            }
        }
        licences.packages.push(LicensedPackage { name, version, licence, repository, texts: own });
    }
    licences.texts = texts;
    Ok(licences)
}

fn metadata() -> TaskResult<Value> {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", TARGET];
    Ok(serde_json::from_str(&output("cargo", &arguments)?)?)
}

/// Ids of the packages that end up in the program: not what builds or tests it.
fn reached(metadata: &Value) -> BTreeSet<&str> {
    let nodes: HashMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| Some((node["id"].as_str()?, &node["deps"])))
        .collect();
    let program = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "jackfield" && package["source"].is_null());
    let mut open: Vec<&str> = program.and_then(|package| package["id"].as_str()).into_iter().collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        for dependency in nodes.get(id).and_then(|deps| deps.as_array()).into_iter().flatten() {
            // No kind: neither for building nor for tests.
            let kinds = dependency["dep_kinds"].as_array();
            if kinds.into_iter().flatten().any(|kind| kind["kind"].is_null())
                && let Some(id) = dependency["pkg"].as_str()
            {
                open.push(id);
            }
        }
    }
    reached
}

/// The texts of the files that are named like a licence, in order of their names.
fn texts_in(folder: &Path) -> TaskResult<Vec<String>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
        let named = ["licen", "copying", "notice", "unlicense"].iter().any(|start| name.starts_with(start));
        if named && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        texts.push(String::from_utf8_lossy(&fs::read(file)?).replace("\r\n", "\n").trim().to_owned());
    }
    Ok(texts)
}

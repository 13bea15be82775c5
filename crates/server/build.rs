//! Puts the web page into the binary.
//!
//! A release build makes the page first, with npm, when its sources are newer than `web/dist`. Other builds take
//! what lies in `web/dist`, or nothing: work on the Rust code needs no Node. Without a page the hub shows a plain one.
//! `JACKFIELD_WEB=required` makes the page in every build and fails if it cannot; `JACKFIELD_WEB=off` leaves it out.

#![allow(clippy::disallowed_methods, reason = "cargo tells build scripts everything by the environment")]

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

/// What the page is made of.
const SOURCES: &[&str] =
    &["src", "public", "scripts", "index.html", "package.json", "package-lock.json", "vite.config.ts"];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../web");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    tell("rerun-if-changed=build.rs")?;
    tell("rerun-if-env-changed=JACKFIELD_WEB")?;
    let mode = env::var("JACKFIELD_WEB").unwrap_or_default();
    let dist = web.join("dist");
    if mode == "off" || !web.join("package.json").exists() {
        return embed(None, &out);
    }
    // Git keeps the folder, so that watching it does not mean building every time.
    tell(&format!("rerun-if-changed={}", dist.display()))?;
    let required = mode == "required";
    if required || env::var("PROFILE")? == "release" {
        for source in SOURCES {
            tell(&format!("rerun-if-changed={}", web.join(source).display()))?;
        }
        if let Err(error) = make(&web) {
            if required {
                return Err(error);
            }
            let instead = if has_page(&dist) { "the older one in web/dist" } else { "a plain page" };
            tell(&format!("warning=The web page could not be made; the hub will show {instead}. {error}"))?;
        }
    }
    embed(has_page(&dist).then_some(&dist), &out)
}

/// Speaks to cargo.
fn tell(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "cargo:{}", line.replace('\n', " "))
}

fn has_page(dist: &Path) -> bool {
    dist.join("index.html").exists()
}

/// Makes the page if it is not newer than its sources.
fn make(web: &Path) -> Outcome<()> {
    let made = modified(&web.join("dist/index.html"));
    let newest = SOURCES.iter().filter_map(|source| newest(&web.join(source))).max();
    if made.is_some() && made >= newest {
        return Ok(());
    }
    let lock = modified(&web.join("package-lock.json"));
    // npm writes this file when it has installed everything.
    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < lock {
        npm(web, &["ci", "--no-audit", "--no-fund"])?;
    }
    npm(web, &["run", "bundle"])
}

fn npm(web: &Path, arguments: &[&str]) -> Outcome<()> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program).args(arguments).current_dir(web).output().map_err(|error| {
        format!(
            "npm could not be started ({error}). Install Node.js 20.19 or newer, or set JACKFIELD_WEB=off."
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stderr, output.stdout].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let tail: Vec<&str> = said.iter().flat_map(|text| text.lines().rev().take(12)).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    Err(format!("`npm {}` failed: {}", arguments.join(" "), tail.join(" | ")).into())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = fs::read_dir(path) else { return modified(path) };
    entries.flatten().filter_map(|entry| newest(&entry.path())).max()
}

/// Writes the table of files that the crate includes.
fn embed(dist: Option<&PathBuf>, out: &Path) -> Outcome<()> {
    let copies = out.join("page");
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    let mut table = String::from("&[\n");
    for path in dist.map(|dist| files(dist, "")).transpose()?.unwrap_or_default() {
        let Some(dist) = dist else { break };
        let bytes = fs::read(dist.join(&path))?;
        let copy = |name: &str| -> Outcome<Option<String>> {
            let (from, to) = (dist.join(name), copies.join(name));
            if !from.exists() {
                return Ok(None);
            }
            fs::create_dir_all(to.parent().unwrap_or(&copies))?;
            fs::copy(from, to)?;
            Ok(Some(format!("include_bytes!(concat!(env!(\"OUT_DIR\"), {:?}))", format!("/page/{name}"))))
        };
        let plain = copy(&path)?.unwrap_or_default();
        let packed =
            |copied: Option<String>| copied.map_or_else(|| "None".to_owned(), |at| format!("Some({at})"));
        let (brotli, gzip) = (packed(copy(&format!("{path}.br"))?), packed(copy(&format!("{path}.gz"))?));
        let (media_type, tag) = (media_type(&path), tag(&bytes));
        // Names of assets hold a hash of what is in them.
        let lasting = path.starts_with("assets/");
        writeln!(
            table,
            "File {{ path: {path:?}, media_type: {media_type:?}, tag: {tag:?}, lasting: {lasting}, \
             plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        )?;
    }
    table.push_str("]\n");
    Ok(fs::write(out.join("page.rs"), table)?)
}

/// Paths of all files to serve, sorted. Hidden ones and packed variants are not among them.
fn files(dist: &Path, under: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dist.join(under))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let path = if under.is_empty() { name } else { format!("{under}/{name}") };
        if entry.file_type()?.is_dir() {
            found.extend(files(dist, &path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

//! Everything that has to be green, in the order in which it fails fastest.

use crate::{
    TaskResult, conformance, licences,
    process::{run, run_with, works},
    tidy, web,
};

/// Runs all checks and tests; installs the cargo tools that are missing.
pub(crate) fn run_checks() -> TaskResult {
    need_tool("nextest", "cargo-nextest")?;
    need_tool("deny", "cargo-deny")?;
    tidy::run()?;
    run("cargo", &["fmt", "--all", "--check"])?;
    run("cargo", &["deny", "--workspace", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"])?;
    advisories()?;
    run("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    run("cargo", &["nextest", "run", "--workspace", "--locked", "--profile", "ci"])?;
    run("cargo", &["test", "--workspace", "--doc", "--locked", "--quiet"])?;
    run_with(
        "cargo",
        &["doc", "--workspace", "--no-deps", "--locked", "--quiet"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
    conformance::run_suite(None)?;
    web::run_checks()?;
    // The OpenAPI document was compared by its test.
    licences::run(true)?;
    run("cargo", &["check", "--manifest-path", "fuzz/Cargo.toml", "--bins", "--quiet"])
}

/// The advisory database comes from a host that closed networks do not reach; where it cannot be had, that is said.
fn advisories() -> TaskResult {
    if works("cargo", &["deny", "fetch", "db"]) {
        run("cargo", &["deny", "--workspace", "check", "--hide-inclusion-graph", "advisories"])
    } else {
        println!("── advisories: the advisory database is not reachable from here; not checked");
        Ok(())
    }
}

fn need_tool(subcommand: &str, package: &str) -> TaskResult {
    if works("cargo", &[subcommand, "--version"]) {
        return Ok(());
    }
    println!("── {package} is missing: installing it");
    run("cargo", &["install", "--locked", package])
}

//! The web page: types against the contract, lints, unit tests, the build with its budget, and browser tests against the real binary.

use std::process::Command;

use crate::{
    TaskResult,
    process::{root, run, run_with, works},
};

/// Installs what the page needs, checks and builds it, and tests it in Chromium.
pub(crate) fn run_checks() -> TaskResult {
    if !works("npm", &["--version"]) {
        return Err("npm is missing: install Node 20.19 or newer".into());
    }
    chromium()?;
    nginx()?;
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])?;
    npm(&["run", "check"])?;
    npm(&["run", "build"])?;
    run_with(
        "cargo",
        &[
            "build",
            "--locked",
            "--bin",
            "jackfield",
            "--bin",
            "odd-mcp",
            "--bin",
            "demo-peers",
            "-p",
            "jackfield",
            "-p",
            "jackfield-testkit",
        ],
        &[("JACKFIELD_WEB", "required")],
    )?;
    npm(&["run", "e2e"])
}

fn npm(arguments: &[&str]) -> TaskResult {
    println!("── npm {} (web)", arguments.join(" "));
    let status = Command::new("npm").args(arguments).current_dir(root().join("web")).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`npm {}` failed in web ({status})", arguments.join(" ")).into())
    }
}

/// Debian's Chromium.
fn chromium() -> TaskResult {
    if works("/usr/bin/chromium", &["--version"]) || std::env::var_os("CHROMIUM").is_some() {
        return Ok(());
    }
    println!("── Chromium is missing: installing it");
    run("apt-get", &["update", "-qq"])?;
    run("apt-get", &["install", "-y", "-qq", "chromium"])
}

/// The page is tested behind it.
fn nginx() -> TaskResult {
    if works("/usr/sbin/nginx", &["-v"]) || std::env::var_os("NGINX").is_some() {
        return Ok(());
    }
    println!("── nginx is missing: installing it");
    run("apt-get", &["update", "-qq"])?;
    run("apt-get", &["install", "-y", "-qq", "nginx-light"])
}

//! Every platform passes the shared suite, and none is forgotten: the folders, the list and the benches agree.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use jackfield_protocol::{model::Platform, port::PlatformFactory};
use jackfield_testkit::{
    backend_suite::{Bench, Check},
    flowise::FlowiseBench,
    mcp::McpBench,
    n8n::N8nBench,
    sim::SimBench,
};

fn factory(platform: Platform) -> Arc<dyn PlatformFactory> {
    jackfield_backends::platforms(jackfield_backends::LocalPrograms::default())
        .into_iter()
        .find(|factory| factory.platform() == platform)
        .unwrap()
}

/// The platforms that the suite runs on (below). A new platform adds its own here and there.
const TESTED: &[Platform] = &[Platform::N8n, Platform::Flowise, Platform::SimStudio, Platform::Mcp];

fn bench(platform: Platform, version: &'static str) -> Box<dyn Bench> {
    match platform {
        Platform::N8n => Box::new(N8nBench::new(factory(platform), version)),
        Platform::Flowise => Box::new(FlowiseBench::new(factory(platform), version)),
        Platform::SimStudio => Box::new(SimBench::new(factory(platform), version)),
        Platform::Mcp => Box::new(McpBench::new(factory(platform), version)),
        other => panic!("{other} has no bench"),
    }
}

/// The folder of a platform's client.
fn folder(platform: Platform) -> &'static str {
    match platform {
        Platform::N8n => "n8n",
        Platform::Flowise => "flowise",
        Platform::SimStudio => "sim",
        Platform::Mcp => "mcp",
        Platform::Openai => "openai",
    }
}

#[test]
fn folders_list_and_suite_agree() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folders: BTreeSet<String> = fs::read_dir(source)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        // Shared by all of them.
        .filter(|name| name != "transport")
        .collect();
    let listed: Vec<Platform> = jackfield_backends::platforms(jackfield_backends::LocalPrograms::default())
        .iter()
        .map(|factory| factory.platform())
        .collect();
    let names: BTreeSet<String> = listed.iter().map(|platform| folder(*platform).to_owned()).collect();
    assert_eq!(names.len(), listed.len(), "a platform is listed twice");
    assert_eq!(folders, names, "a folder without a line in platforms(), or the other way round");
    let tested: BTreeSet<String> = TESTED.iter().map(|platform| folder(*platform).to_owned()).collect();
    assert_eq!(names, tested, "a platform without a bench");
    let wire = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/wire");
    let recorded: BTreeSet<String> =
        fs::read_dir(wire).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, recorded, "a platform without recordings, or recordings that nobody reads");
}

/// Checks that a platform cannot have, by bench. Strict both ways: what is skipped stands here, and what stands here is skipped.
const SKIPPED: &[(Platform, &str, Check)] = &[];

#[test]
fn only_what_is_listed_is_skipped_and_every_skip_has_a_reason() {
    for (platform, version) in BENCHES {
        let bench = bench(*platform, version);
        for check in Check::ALL {
            let listed = SKIPPED.contains(&(*platform, *version, *check));
            let reason = bench.skip(*check);
            assert_eq!(reason.is_some(), listed, "{platform} {version}: {check:?}: {reason:?}");
            assert!(
                reason.is_none_or(|reason| reason.len() > 20),
                "{platform} {version}: {check:?}: no reason"
            );
        }
    }
}

#[test]
fn every_platform_describes_itself() {
    for factory in jackfield_backends::platforms(jackfield_backends::LocalPrograms::default()) {
        let info = factory.description();
        assert_eq!(info.platform, factory.platform());
        assert!(!info.summary.is_empty() && !info.guide.is_empty(), "{}", info.title);
        for schema in [&info.options_schema, &info.secrets_schema] {
            assert_eq!(schema["type"], "object", "{}", info.title);
        }
    }
}

/// One test for each check and bench, so that each shows by its own name and none waits for another.
macro_rules! suite {
    ($($name:ident: $platform:ident $version:literal;)*) => {
        const BENCHES: &[(Platform, &str)] = &[$((Platform::$platform, $version)),*];
        $(
        mod $name {
            suite!(@checks $platform $version: connection Connection, wrong_key WrongKey, unreachable Unreachable,
                web_page WebPage, garbage Garbage, secrets Secrets, discovery Discovery, runs Runs, splits Splits, bad_frame BadFrame,
                cuts Cuts, not_sent NotSent, silence Silence, cancel Cancel, dropped Dropped);
        }
    )*};
    (@checks $platform:ident $version:literal: $($test:ident $check:ident),*) => {
        /// Fails when the suite has a check that is not run here.
        #[test]
        fn no_check_is_forgotten() {
            let run = [$(super::Check::$check),*];
            assert_eq!(run.as_slice(), super::Check::ALL);
        }

        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            let bench = super::bench(super::Platform::$platform, $version);
            if let Err(problems) = super::Check::$check.run(bench.as_ref()).await {
                panic!("{problems}");
            }
        })*
    };
}

suite! {
    n8n_2: N8n "v2.41.1";
    n8n_1: N8n "v1.123.81";
    flowise_3: Flowise "v3.1.4";
    flowise_2: Flowise "v2.2.8";
    sim: SimStudio "v0.8.9";
    sim_with_v2: SimStudio "v0.8.9 with v2";
    mcp_2024_11_05: Mcp "2024-11-05";
    mcp_2025_03_26: Mcp "2025-03-26";
    mcp_2025_06_18: Mcp "2025-06-18";
    mcp_2025_11_25: Mcp "2025-11-25";
    mcp_2026_07_28: Mcp "2026-07-28";
}

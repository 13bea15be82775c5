//! Names of tools among those of all backends, what was accepted of them, and what else a peer offers.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use jackfield_protocol::{
    ids::{BackendId, ToolRowId},
    model::{Backend, Offers, Platform, ResourceInfo, Tool, ToolInfo},
    port::{PeerInfo, Secrets, Store, StoreError},
    time::now,
};
use serde_json::json;

use super::{
    StoreFixture,
    samples::{append, backend, deltas, stored_backend, stored_run, tool_info},
};

/// A tool whose definition says `version`.
fn version(name: &str, version: u32) -> ToolInfo {
    ToolInfo {
        definition: json!({"name": name, "version": version}),
        fingerprint: format!("{version:064x}"),
        ..tool_info(name)
    }
}

async fn names(store: &dyn Store, backend: &Backend) -> Vec<String> {
    let tools = store.tools(Some(backend.id)).await.unwrap();
    tools.into_iter().map(|tool| tool.qualified_name).collect()
}

async fn only(store: &dyn Store) -> Tool {
    let mut tools = store.tools(None).await.unwrap();
    assert_eq!(tools.len(), 1);
    tools.remove(0)
}

/// `server__tool`, and it stays when the backend is called something else.
pub async fn a_tool_keeps_its_name_whatever_its_backend_is_called(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let mut lab = stored_backend(&*store, "My Files").await;
    store.save_tools(lab.id, &[tool_info("read_file")], now()).await.unwrap();
    lab.name = "other".to_owned();
    store.update_backend(&lab, None).await.unwrap();
    store.save_tools(lab.id, &[], now()).await.unwrap();
    store.save_tools(lab.id, &[tool_info("read_file"), tool_info("x")], now()).await.unwrap();
    assert_eq!(names(&*store, &lab).await, ["my_files__read_file", "other__x"]);
    let tool = store.tool_named("my_files__read_file").await.unwrap().unwrap();
    assert_eq!(tool.info.name, "read_file");
    assert_eq!(store.tool_named("my_files__nothing").await.unwrap(), None);
}

/// Backends with names that look alike, tools with names that look alike, and both after a restart.
pub async fn names_never_collide(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = stored_backend(&*store, "lab").await;
    let second = stored_backend(&*store, "LAB").await;
    let both = [tool_info("a.b"), tool_info("a_b")];
    for lab in [&first, &second] {
        store.save_tools(lab.id, &both, now()).await.unwrap();
    }
    let before = [names(&*store, &first).await, names(&*store, &second).await];
    let all: HashSet<&String> = before.iter().flatten().collect();
    assert_eq!(all.len(), 4, "{before:?}");
    assert_eq!(before[0][0], "lab__a_b", "the first one has the plain name");
    store.close().await;

    let store = fixture.open().await;
    for lab in [&second, &first] {
        store.save_tools(lab.id, &both, now()).await.unwrap();
    }
    assert_eq!([names(&*store, &first).await, names(&*store, &second).await], before);
    for name in before.iter().flatten() {
        assert_eq!(&store.tool_named(name).await.unwrap().unwrap().qualified_name, name);
    }
}

/// 64 characters of `[A-Za-z0-9_-]`, whatever the peer calls its tools.
pub async fn names_fit_the_strictest_reader(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let lab = stored_backend(&*store, &"long ".repeat(16)).await;
    let long = "t".repeat(300);
    let infos: Vec<ToolInfo> =
        ["a", "größe", "日本", "", &long, &format!("{long}2"), &"y".repeat(59)].map(tool_info).into();
    store.save_tools(lab.id, &infos, now()).await.unwrap();
    let names = names(&*store, &lab).await;
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), infos.len(), "{names:?}");
    for name in names {
        assert!(name.len() <= 64 && !name.is_empty(), "{name}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)), "{name}");
    }
}

/// In pages by qualified name, and by what their peers call them.
pub async fn tools_are_found_in_pages_and_by_name(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let (first, second) = (stored_backend(&*store, "a").await, stored_backend(&*store, "b").await);
    let infos: Vec<ToolInfo> = ["z", "m", "a"].map(tool_info).into();
    for lab in [&second, &first] {
        store.save_tools(lab.id, &infos, now()).await.unwrap();
    }
    let expected = ["a__a", "a__m", "a__z", "b__a", "b__m", "b__z"];
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..4 {
        let page = store.tools_after(None, seen.last().map(String::as_str), 2).await.unwrap();
        assert!(page.len() <= 2);
        seen.extend(page.into_iter().map(|tool| tool.qualified_name));
    }
    assert_eq!(seen, expected);
    let of_second = store.tools_after(Some(second.id), Some("b__a"), 10).await.unwrap();
    assert_eq!(of_second.iter().map(|tool| &tool.info.name).collect::<Vec<_>>(), ["m", "z"]);
    let called = async |backend, name| -> Vec<String> {
        let tools = store.tools_called(backend, name).await.unwrap();
        tools.into_iter().map(|tool| tool.qualified_name).collect()
    };
    assert_eq!(called(None, "m").await, ["a__m", "b__m"]);
    assert_eq!(called(Some(second.id), "m").await, ["b__m"]);
    assert!(called(Some(BackendId::new()), "m").await.is_empty());
    assert!(called(None, "a__m").await.is_empty());
}

/// The first definition is accepted; another one is flagged, with the accepted one beside it.
pub async fn a_changed_definition_is_flagged_until_it_is_accepted(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let lab = stored_backend(&*store, "lab").await;
    store.save_tools(lab.id, &[version("t", 1)], now()).await.unwrap();
    let first = only(&*store).await;
    assert_eq!((first.changed, &first.accepted), (false, &None));
    assert!(store.changed_tools(10).await.unwrap().is_empty());

    let since = now();
    store.save_tools(lab.id, &[version("t", 2)], since).await.unwrap();
    let second = only(&*store).await;
    assert_eq!((second.id, second.changed), (first.id, true));
    assert_eq!(second.accepted, Some(first.info.definition.clone()));
    assert_eq!(second.info, version("t", 2));

    store.save_tools(lab.id, &[version("t", 3)], now()).await.unwrap();
    let third = only(&*store).await;
    assert_eq!(third.accepted, Some(first.info.definition), "what a person has seen, not what came between");
    assert_eq!(store.changed_tools(10).await.unwrap(), [(third.clone(), since)], "since the first change");
    assert!(store.changed_tools(0).await.unwrap().is_empty());
    store.close().await;

    let store = fixture.open().await;
    assert_eq!(only(&*store).await, third);
    store.accept_tool(third.id).await.unwrap();
    let accepted = only(&*store).await;
    assert_eq!((accepted.changed, &accepted.accepted), (false, &None));
    assert!(store.changed_tools(10).await.unwrap().is_empty());
    store.save_tools(lab.id, &[version("t", 1)], now()).await.unwrap();
    assert_eq!(only(&*store).await.accepted, Some(version("t", 3).definition));
    assert_eq!(store.accept_tool(ToolRowId::new()).await.unwrap_err(), StoreError::NotFound("tool"));
}

/// A peer that takes its change back has changed nothing.
pub async fn going_back_to_the_accepted_definition_is_no_change(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let lab = stored_backend(&*store, "lab").await;
    for number in [1, 2, 1] {
        store.save_tools(lab.id, &[version("t", number), version("u", 7)], now()).await.unwrap();
    }
    for tool in store.tools(None).await.unwrap() {
        assert_eq!((tool.changed, tool.accepted), (false, None), "{}", tool.info.name);
    }
    store.save_tools(lab.id, &[version("t", 2)], now()).await.unwrap();
    assert_eq!(store.changed_tools(10).await.unwrap().len(), 1);
    store.save_tools(lab.id, &[], now()).await.unwrap();
    assert!(store.changed_tools(10).await.unwrap().is_empty(), "what is gone waits for nobody");
    store.save_tools(lab.id, &[version("t", 2)], now()).await.unwrap();
    assert_eq!(store.changed_tools(10).await.unwrap().len(), 1, "and is as it was when it comes back");
}

/// A peer that sends very many tools costs time in proportion, and holds up nobody's log meanwhile.
pub async fn a_hundred_thousand_tools_cost_their_time_and_nobody_elses(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let run = stored_run(&*store).await;
    let lab = stored_backend(&*store, "lab").await;
    let infos: Vec<ToolInfo> = (0..100_000).map(|n| version(&format!("tool_{n}"), 1)).collect();
    let began = Instant::now();
    let saving = {
        let (store, infos) = (store.clone(), infos.clone());
        tokio::spawn(async move { store.save_tools(lab.id, &infos, now()).await })
    };
    let mut longest = Duration::ZERO;
    let mut seq = 0;
    while !saving.is_finished() {
        seq += 1;
        let asked = Instant::now();
        store.append(append(run.id, 0, deltas(run.id, seq..=seq))).await.unwrap();
        longest = longest.max(asked.elapsed());
        // A run that says something now and then, not one that fills the queue.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    saving.await.unwrap().unwrap();
    let first = began.elapsed();
    let before = store.tool_named("lab__tool_99999").await.unwrap().unwrap();
    store.save_tools(lab.id, &infos[1..], now()).await.unwrap();
    let after = store.tool_named("lab__tool_99999").await.unwrap().unwrap();
    assert_eq!((after.id, after.present), (before.id, true));
    assert!(after.discovered_at > before.discovered_at);
    assert!(!store.tool_named("lab__tool_0").await.unwrap().unwrap().present, "only that one is gone");
    let last = store.tools_after(None, Some("lab__tool_999"), 500).await.unwrap();
    assert_eq!(last.iter().filter(|tool| tool.present).count(), 110);
    assert!(began.elapsed() < Duration::from_secs(240), "{first:?} new, {:?} in all", began.elapsed());
    assert!(longest < Duration::from_secs(10), "an append waited for {longest:?}");
}

/// Beside what the peer says of itself, and neither replaces the other.
pub async fn what_a_server_offers_is_kept(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let given = Backend { platform: Platform::Mcp, kind: Platform::Mcp.backend_type(), ..backend("files") };
    store.insert_backend(&given, &Secrets::new()).await.unwrap();
    assert_eq!(store.offers(given.id).await.unwrap(), None);
    let offers = Offers {
        server: json!({"name": "files", "version": "1.2"}),
        instructions: Some("Read first.".to_owned()),
        protocol: Some("2025-11-25".to_owned()),
        resources: vec![ResourceInfo {
            uri: "file:///a".to_owned(),
            size: Some(7),
            ..ResourceInfo::default()
        }],
        ..Offers::default()
    };
    store.save_offers(given.id, &offers).await.unwrap();
    let peer = PeerInfo { version: Some("1.2".to_owned()), ..PeerInfo::default() };
    store.save_peer(given.id, &peer).await.unwrap();
    assert_eq!(store.offers(given.id).await.unwrap(), Some(offers));
    let fewer = Offers { notes: vec!["No prompts.".to_owned()], ..Offers::default() };
    store.save_offers(given.id, &fewer).await.unwrap();
    store.close().await;

    let store = fixture.open().await;
    assert_eq!(store.offers(given.id).await.unwrap(), Some(fewer));
    assert_eq!(store.peer(given.id).await.unwrap(), Some(peer));
    store.delete_backend(given.id).await.unwrap();
    assert_eq!(store.offers(given.id).await.unwrap(), None);
}

/// Only MCP servers offer more than workflows and tools.
pub async fn offers_of_something_else_are_refused(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let lab = stored_backend(&*store, "lab").await;
    let error = store.save_offers(lab.id, &Offers::default()).await.unwrap_err();
    assert!(matches!(&error, StoreError::Conflict(text) if text.contains("'lab'")), "{error:?}");
    let error = store.save_offers(BackendId::new(), &Offers::default()).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound("backend"));
    assert_eq!(store.offers(lab.id).await.unwrap(), None);
}

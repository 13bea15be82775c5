//! Workflows and tools as discoveries find them.

use jackfield_protocol::{
    ids::{BackendId, ToolRowId, WorkflowId},
    model::{EntryPoint, Graph, GraphEdge, GraphNode, WorkflowInfo},
    port::StoreError,
    time::now,
};
use serde_json::json;

use super::{
    StoreFixture,
    samples::{stored_backend, tool_info, workflow_info},
};

/// Every field of a workflow survives.
pub async fn workflows_read_back_as_they_were_found(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let info = WorkflowInfo {
        reason: Some("none".to_owned()),
        entries: vec![EntryPoint {
            id: "e".to_owned(),
            methods: vec!["POST".to_owned()],
            input_schema: Some(json!({"type": "object"})),
            streams: Some(true),
            ..EntryPoint::default()
        }],
        warnings: vec!["careful".to_owned()],
        graph: Some(Graph {
            nodes: vec![GraphNode {
                name: "A".to_owned(),
                kind: "t".to_owned(),
                disabled: true,
                position: Some([1.5, -2.0]),
            }],
            edges: vec![GraphEdge { from: "A".to_owned(), to: "A".to_owned(), kind: "main".to_owned() }],
        }),
        ..workflow_info("w1", "Ünï")
    };
    let at = now();
    store.save_workflows(backend.id, std::slice::from_ref(&info), at).await.unwrap();
    let listed = store.workflows(Some(backend.id)).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].info, info);
    assert_eq!((listed[0].discovered_at, listed[0].present), (at, true));
    assert_eq!(store.workflow(listed[0].id).await.unwrap(), Some(listed[0].clone()));
    assert_eq!(store.workflow(WorkflowId::new()).await.unwrap(), None);
}

/// Ids are stable across discoveries, also when the name changes.
pub async fn a_known_workflow_keeps_its_id(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    store.save_workflows(backend.id, &[workflow_info("w1", "Old")], now()).await.unwrap();
    let before = store.workflows(None).await.unwrap().remove(0);
    let later = now();
    store.save_workflows(backend.id, &[workflow_info("w1", "New")], later).await.unwrap();
    let after = store.workflows(None).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!((after[0].id, after[0].info.name.as_str()), (before.id, "New"));
    assert_eq!(after[0].discovered_at, later);
}

/// What a discovery does not find any more stays, marked; its time says when it was last seen.
pub async fn a_missing_workflow_stays_as_not_present_and_comes_back(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let (first, both) = (now(), [workflow_info("w1", "A"), workflow_info("w2", "B")]);
    store.save_workflows(backend.id, &both, first).await.unwrap();
    let ids: Vec<_> = store.workflows(None).await.unwrap().iter().map(|workflow| workflow.id).collect();
    store.save_workflows(backend.id, &both[1..], now()).await.unwrap();
    let listed = store.workflows(None).await.unwrap();
    assert_eq!(listed.iter().map(|workflow| workflow.present).collect::<Vec<_>>(), [false, true]);
    assert_eq!(listed[0].discovered_at, first);
    store.save_workflows(backend.id, &[], now()).await.unwrap();
    assert!(store.workflows(None).await.unwrap().iter().all(|workflow| !workflow.present));
    store.save_workflows(backend.id, &both, now()).await.unwrap();
    let listed = store.workflows(None).await.unwrap();
    assert!(listed.iter().all(|workflow| workflow.present));
    assert_eq!(listed.iter().map(|workflow| workflow.id).collect::<Vec<_>>(), ids);
}

/// By backend and name.
pub async fn workflows_are_listed_by_backend_and_name(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = stored_backend(&*store, "z").await;
    let second = stored_backend(&*store, "a").await;
    for backend in [&first, &second] {
        let infos = [workflow_info("1", "C"), workflow_info("2", "A"), workflow_info("3", "B")];
        store.save_workflows(backend.id, &infos, now()).await.unwrap();
    }
    let listed = store.workflows(None).await.unwrap();
    let names: Vec<_> =
        listed.iter().map(|workflow| (workflow.backend_id, workflow.info.name.as_str())).collect();
    let expected: Vec<_> =
        [first.id, second.id].into_iter().flat_map(|id| ["A", "B", "C"].map(|name| (id, name))).collect();
    assert_eq!(names, expected);
}

/// The same external id at two backends is two workflows.
pub async fn catalogues_of_two_backends_are_apart(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let first = stored_backend(&*store, "first").await;
    let second = stored_backend(&*store, "second").await;
    store.save_workflows(first.id, &[workflow_info("w1", "A")], now()).await.unwrap();
    store.save_workflows(second.id, &[workflow_info("w1", "B")], now()).await.unwrap();
    store.save_workflows(second.id, &[], now()).await.unwrap();
    let listed = store.workflows(Some(first.id)).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].present);
    assert_eq!(store.workflows(None).await.unwrap().len(), 2);
}

/// A peer that lists something twice does not break the catalogue.
pub async fn the_same_workflow_twice_in_one_discovery_is_one(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let twice = [workflow_info("w1", "A"), workflow_info("w1", "B")];
    store.save_workflows(backend.id, &twice, now()).await.unwrap();
    let listed = store.workflows(None).await.unwrap();
    assert_eq!(listed.iter().map(|workflow| workflow.info.name.as_str()).collect::<Vec<_>>(), ["B"]);
}

/// Nothing is kept for a backend that is not there.
pub async fn an_unknown_backend_has_no_catalogue(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let unknown = BackendId::new();
    assert!(store.workflows(Some(unknown)).await.unwrap().is_empty());
    assert!(store.tools(Some(unknown)).await.unwrap().is_empty());
    for infos in [vec![], vec![workflow_info("w1", "A")]] {
        let error = store.save_workflows(unknown, &infos, now()).await.unwrap_err();
        assert_eq!(error, StoreError::NotFound("backend"));
    }
    assert_eq!(
        store.save_tools(unknown, &[tool_info("t")], now()).await.unwrap_err(),
        StoreError::NotFound("backend")
    );
}

/// Ids of tools are stable by name.
pub async fn a_known_tool_keeps_its_id(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    store.save_tools(backend.id, &[tool_info("t")], now()).await.unwrap();
    let before = store.tools(None).await.unwrap().remove(0);
    let mut changed = tool_info("t");
    changed.input_schema = json!({});
    changed.output_schema = None;
    store.save_tools(backend.id, &[changed.clone()], now()).await.unwrap();
    let after = store.tools(None).await.unwrap();
    assert_eq!((after.len(), after[0].id), (1, before.id));
    assert_eq!(after[0].info, changed);
}

/// As with workflows.
pub async fn a_missing_tool_stays_as_not_present(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    store.save_tools(backend.id, &[tool_info("a"), tool_info("b")], now()).await.unwrap();
    store.save_tools(backend.id, &[tool_info("b")], now()).await.unwrap();
    let listed = store.tools(Some(backend.id)).await.unwrap();
    let seen: Vec<_> = listed.iter().map(|tool| (tool.info.name.as_str(), tool.present)).collect();
    assert_eq!(seen, [("a", false), ("b", true)]);
}

/// Every field of a tool survives, the order of keys in its schema too.
pub async fn tools_read_back_as_they_were_found(fixture: &dyn StoreFixture) {
    let store = fixture.open().await;
    let backend = stored_backend(&*store, "lab").await;
    let info = tool_info("t");
    let at = now();
    store.save_tools(backend.id, std::slice::from_ref(&info), at).await.unwrap();
    let tool = store.tools(None).await.unwrap().remove(0);
    assert_eq!((&tool.info, tool.discovered_at, tool.present), (&info, at, true));
    assert_eq!(tool.info.input_schema.to_string(), info.input_schema.to_string());
    assert_eq!(store.tool(tool.id).await.unwrap(), Some(tool));
    assert_eq!(store.tool(ToolRowId::new()).await.unwrap(), None);
}

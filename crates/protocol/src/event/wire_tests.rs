use serde_json::{Value, json};
use utoipa::{OpenApi, PartialSchema as _, ToSchema as _};

use super::{samples::*, *};
use crate::ids::RunId;

/// The wire form is a public name: a change of this snapshot needs a migration.
#[test]
fn the_wire_form_of_every_type() {
    insta::assert_json_snapshot!(every_type());
}

#[test]
fn every_type_reads_back() {
    let events = every_type();
    let kinds: std::collections::HashSet<_> = events.iter().map(|event| event.body.kind()).collect();
    for event in &events {
        let value = serde_json::to_value(event).unwrap();
        assert_eq!(value["type"], event.body.kind());
        assert_eq!(serde_json::from_value::<StreamEvent>(value).unwrap(), *event);
    }
    assert_eq!(kinds.len(), 15, "one example of each type");
}

#[test]
fn a_time_has_six_digits() {
    for (time, text) in [
        (jiff::Timestamp::UNIX_EPOCH, "1970-01-01T00:00:00.000000Z"),
        ("2026-11-23T23:06:40.5Z".parse().unwrap(), "2026-11-23T23:06:40.500000Z"),
        ("2026-11-23T23:06:40.000001Z".parse().unwrap(), "2026-11-23T23:06:40.000001Z"),
    ] {
        let event = start().stamp(RunId(uuid(1)), 1, time, None);
        assert_eq!(serde_json::to_value(&event).unwrap()["timestamp"], text);
    }
}

#[test]
fn what_a_later_version_adds_is_ignored() {
    for event in every_type() {
        let mut value = serde_json::to_value(&event).unwrap();
        value["added_later"] = json!({"x": 1});
        value["data"]["added_later"] = json!([1]);
        assert_eq!(serde_json::from_value::<StreamEvent>(value).unwrap(), event);
    }
}

#[test]
fn what_is_optional_may_be_absent() {
    let value = json!({
        "run_id": uuid(1), "seq": 1, "timestamp": "2026-11-23T23:06:40Z",
        "type": "tool_end", "data": {"status": "succeeded"},
    });
    let event: StreamEvent = serde_json::from_value(value).unwrap();
    assert!(event.source.is_empty());
    assert!(matches!(event.body, EventBody::ToolEnd(end) if end.times == Times::default()));
}

#[test]
fn stamping_names_the_backend_unless_the_hub_speaks() {
    use crate::ids::BackendId;
    let stamp =
        |draft: Draft, backend: Option<BackendId>| draft.stamp(RunId(uuid(1)), 1, time(0), backend).source;
    let (own, other) = (BackendId(uuid(7)), BackendId(uuid(8)));
    assert!(stamp(start(), None).is_empty());
    assert_eq!(stamp(start(), Some(own)).backend_id, Some(own));
    let named = start().said_by(Source { backend_id: Some(other), ..Source::node("n") });
    assert_eq!(stamp(named, Some(own)), Source { backend_id: Some(other), ..Source::node("n") });
}

#[test]
fn a_raw_frame_is_cut_at_a_character() {
    let frame = "x".repeat(Raw::KEEP - 1) + "\u{e9}tail";
    let raw = Raw::of("long", frame.as_bytes());
    assert_eq!((raw.frame.len(), raw.size), (Raw::KEEP - 1, frame.len() as u64));
    assert_eq!(Raw::of("odd", b"a\xFF").frame, "a\u{fffd}", "a whole frame shows what is no character");
    let raw = Raw::of("binary", &vec![0xFF; 2 * Raw::KEEP]);
    assert!(raw.frame.len() <= Raw::KEEP && raw.frame.ends_with(char::REPLACEMENT_CHARACTER));
}

/// All schemas of this value, through `allOf` and `$ref`.
fn parts<'a>(schema: &'a Value, all: &'a Value) -> Vec<&'a Value> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return parts(&all[name], all);
    }
    match schema["allOf"].as_array() {
        Some(members) => members.iter().flat_map(|member| parts(member, all)).collect(),
        None => vec![schema],
    }
}

#[test]
fn the_schema_says_what_the_wire_has() {
    #[derive(OpenApi)]
    #[openapi(components(schemas(StreamEvent)))]
    struct Api;

    let document = serde_json::to_value(Api::openapi()).unwrap();
    let all = &document["components"]["schemas"];
    assert_eq!(serde_json::to_value(StreamEvent::schema()).unwrap(), all[&*StreamEvent::name()]);

    let members = parts(&all["StreamEvent"], all);
    let envelope =
        members.iter().find(|member| member["properties"]["run_id"].is_object()).expect("the envelope");
    for field in ["run_id", "seq", "timestamp"] {
        assert!(envelope["required"].as_array().unwrap().contains(&json!(field)), "{field} is required");
    }
    assert_eq!(envelope["properties"]["timestamp"]["format"], "date-time");
    assert!(envelope["properties"]["body"].is_null(), "the body is flattened");

    let body = members.iter().find(|member| member["oneOf"].is_array()).expect("the types");
    let variants = body["oneOf"].as_array().unwrap();
    let events = every_type();
    assert_eq!(variants.len(), events.len());
    for (variant, event) in variants.iter().zip(&events) {
        let kind = event.body.kind();
        assert_eq!(variant["properties"]["type"]["enum"], json!([kind]));
        for field in ["type", "data"] {
            assert!(
                variant["required"].as_array().unwrap().contains(&json!(field)),
                "{kind}: {field} is required"
            );
        }
        let data = parts(&variant["properties"]["data"], all);
        let known = |field: &str| data.iter().any(|part| part["properties"][field].is_object());
        let value = serde_json::to_value(event).unwrap();
        for field in value["data"].as_object().unwrap().keys() {
            assert!(known(field), "{kind}.{field} is in the schema");
        }
    }
}

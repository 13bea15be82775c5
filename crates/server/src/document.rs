//! The document of the API. Handlers say what is special about them; what is true of all of them is added here.

use std::collections::{BTreeMap, BTreeSet};

use jackfield_protocol::{
    api::{HubNews, Problem},
    error::{ErrorCode, Failure},
    event::StreamEvent,
};
use serde_json::{Value, json};
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        Content, OpenApi, Ref, RefOr, ResponseBuilder,
        extensions::Extensions,
        path::{Operation, PathItem},
        schema::Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{BasePath, api, auth, problem::problem};

/// Handlers name their own error codes under this key; here it becomes the whole list.
const ERRORS: &str = "x-errors";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Jackfield",
        description = "One hub for the workflow orchestrators, MCP servers and language models that you run. Every error is \
            an RFC 9457 problem document with a stable `code`; `x-errors` lists the codes of each operation.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Problem, StreamEvent, HubNews)),
    modifiers(&Access),
    security(("token" = []), ("header" = []), ("cookie" = [])),
    tags(
        (name = "backends", description = "Peers: connect, test, discover."),
        (name = "workflows", description = "What can be run."),
        (name = "tools", description = "What can be called."),
        (name = "offers", description = "What MCP servers offer beside tools: resources, prompts, completions."),
        (name = "inbox", description = "What waits for a person."),
        (name = "conversations", description = "The chats around runs."),
        (name = "runs", description = "Start, follow, stop, answer."),
        (name = "events", description = "One stream for a page."),
        (name = "files", description = "Bytes of artifacts and uploads."),
        (name = "errors", description = "What each code means and what to check."),
        (name = "access", description = "Tokens and signing in."),
        (name = "data", description = "How much is stored, for how long, and what the hub is made of."),
        (name = "telemetry", description = "Spans of a peer's own exporter."),
        (name = "health", description = "The hub itself."),
    ),
)]
struct Base;

struct Access;

impl Modify for Access {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
        let header = ApiKey::Header(ApiKeyValue::new(auth::TOKEN_HEADER));
        components.add_security_scheme("header", SecurityScheme::ApiKey(header));
        let cookie = ApiKey::Cookie(ApiKeyValue::new(auth::COOKIE));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

/// The document of the whole API, generated from the handlers. Committed as `contract/openapi.json`.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = raw();
    if let Some(RefOr::T(Schema::Object(schema))) =
        document.components.as_mut().and_then(|components| components.schemas.get_mut("Problem"))
    {
        let failure = Failure::not_found("run", "0198c0de-0000-7000-8000-000000000000").at("path:id");
        schema.examples =
            vec![json!(problem(&BasePath::default(), failure.hint("List them with /api/v1/runs.")))];
    }
    for item in document.paths.paths.values_mut() {
        operations(item).into_iter().for_each(complete);
    }
    document
}

/// As the handlers say it.
fn raw() -> OpenApi {
    let router = OpenApiRouter::with_openapi(Base::openapi()).merge(api::protected()).merge(api::public());
    router.into_openapi()
}

fn operations(item: &mut PathItem) -> Vec<&mut Operation> {
    let all =
        [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.head, &mut item.put];
    all.into_iter().flatten().collect()
}

/// Adds the errors that follow from what an operation is, and writes all of them out.
fn complete(operation: &mut Operation) {
    let mut codes: BTreeSet<ErrorCode> = named(operation).iter().filter_map(|name| code(name)).collect();
    codes.extend([ErrorCode::ForbiddenHost, ErrorCode::ForbiddenOrigin, ErrorCode::Internal]);
    let public = operation.security.as_ref().is_some_and(|all| all.contains(&SecurityRequirement::default()));
    if !public {
        codes.extend([ErrorCode::Unauthenticated, ErrorCode::Storage]);
    }
    if operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty()) {
        codes.insert(ErrorCode::InvalidRequest);
    }
    if operation.request_body.is_some() {
        codes.extend([
            ErrorCode::InvalidRequest,
            ErrorCode::InvalidJson,
            ErrorCode::TooLarge,
            ErrorCode::UnsupportedMediaType,
        ]);
    }
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in &codes {
        by_status.entry(code.http_status()).or_default().push(*code);
    }
    for (status, codes) in by_status {
        operation.responses.responses.insert(status.to_string(), response(&codes));
    }
    let list: Vec<Value> = codes.iter().map(|code| code.as_str().into()).collect();
    let extensions = operation.extensions.get_or_insert_with(Extensions::default);
    extensions.insert(ERRORS.to_owned(), list.into());
}

fn named(operation: &Operation) -> Vec<String> {
    let list =
        operation.extensions.as_ref().and_then(|extensions| extensions.get(ERRORS)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn code(name: &str) -> Option<ErrorCode> {
    ErrorCode::ALL.iter().copied().find(|code| code.as_str() == name)
}

fn response(codes: &[ErrorCode]) -> RefOr<utoipa::openapi::Response> {
    let lines: Vec<String> = codes.iter().map(|code| format!("`{code}`: {}.", code.title())).collect();
    let content = Content::builder().schema(Some(Ref::from_schema_name("Problem")));
    RefOr::T(
        ResponseBuilder::new()
            .description(lines.join(" "))
            .content("application/problem+json", content.build())
            .build(),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_error_that_a_handler_names_is_a_known_code() {
        let mut document = raw();
        for (path, item) in &mut document.paths.paths {
            for operation in operations(item) {
                for name in named(operation) {
                    assert!(code(&name).is_some(), "{path}: {name}");
                }
            }
        }
    }

    #[test]
    fn every_operation_has_a_summary_an_id_of_its_own_a_tag_and_its_errors() {
        let mut document = openapi();
        let mut ids = HashSet::new();
        let tags: HashSet<String> = document.tags.clone().unwrap().into_iter().map(|tag| tag.name).collect();
        for (path, item) in &mut document.paths.paths {
            for operation in operations(item) {
                assert!(operation.summary.as_ref().is_some_and(|text| text.len() > 5), "{path}: summary");
                assert!(ids.insert(operation.operation_id.clone().expect("id")), "{path}: id twice");
                let tag = operation.tags.as_ref().and_then(|all| all.first()).expect("tag");
                assert!(tags.contains(tag), "{path}: tag {tag}");
                assert!(operation.responses.responses.contains_key("403"), "{path}: errors");
                assert!(
                    operation.responses.responses.keys().any(|status| status < &"400".to_owned()),
                    "{path}"
                );
            }
        }
        assert!(ids.len() > 30, "{}", ids.len());
    }

    #[test]
    fn the_example_of_a_problem_is_one() {
        let document = serde_json::to_value(openapi()).unwrap();
        let example = document["components"]["schemas"]["Problem"]["examples"][0].clone();
        let problem: Problem = serde_json::from_value(example).unwrap();
        assert_eq!(problem.code, ErrorCode::NotFound);
    }

    #[test]
    fn every_example_of_a_body_is_taken() {
        use jackfield_protocol::{
            api::{
                AnswerInput, BackendChange, BeginSignIn, CallTool, ConversationChange, DataChange, GetPrompt,
                ImportRequest, InstallRequest, NewBackend, NewConversation, NewToken, ReadResource, StartRun,
            },
            model::CompletionRequest,
            port::SignInAnswer,
        };
        let document = serde_json::to_value(openapi()).unwrap();
        let mut seen = 0;
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                let content = &operation["requestBody"]["content"]["application/json"];
                let Some(name) = content["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next())
                else {
                    continue;
                };
                let example = serde_json::to_vec(&content["example"]).unwrap();
                let taken = match name {
                    "AnswerInput" => crate::extract::from_json::<AnswerInput>(&example).map(drop),
                    "BackendChange" => crate::extract::from_json::<BackendChange>(&example).map(drop),
                    "BeginSignIn" => crate::extract::from_json::<BeginSignIn>(&example).map(drop),
                    "CallTool" => crate::extract::from_json::<CallTool>(&example).map(drop),
                    "CompletionRequest" => crate::extract::from_json::<CompletionRequest>(&example).map(drop),
                    "DataChange" => crate::extract::from_json::<DataChange>(&example).map(drop),
                    "ConversationChange" => {
                        crate::extract::from_json::<ConversationChange>(&example).map(drop)
                    }
                    "GetPrompt" => crate::extract::from_json::<GetPrompt>(&example).map(drop),
                    "ReadResource" => crate::extract::from_json::<ReadResource>(&example).map(drop),
                    "SignInAnswer" => crate::extract::from_json::<SignInAnswer>(&example).map(drop),
                    "ImportRequest" => crate::extract::from_json::<ImportRequest>(&example).map(drop),
                    "InstallRequest" => crate::extract::from_json::<InstallRequest>(&example).map(drop),
                    "NewBackend" => crate::extract::from_json::<NewBackend>(&example).map(drop),
                    "NewConversation" => crate::extract::from_json::<NewConversation>(&example).map(drop),
                    "NewToken" => crate::extract::from_json::<NewToken>(&example).map(drop),
                    "StartRun" => crate::extract::from_json::<StartRun>(&example).map(drop),
                    other => panic!("no example is checked for {other}"),
                };
                taken.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
                seen += 1;
            }
        }
        assert!(seen >= 14, "{seen}");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(openapi()).unwrap();
        let mut references = HashSet::new();
        collect(&document, &mut references);
        assert!(references.len() > 20);
        for reference in references {
            let pointer = reference.strip_prefix('#').expect("local");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    fn collect(value: &Value, found: &mut HashSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    found.insert(reference.clone());
                }
                fields.values().for_each(|value| collect(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
}

//! One call for every tool of the real servers, with what it must say.

use std::path::Path;

use serde_json::{Value, json};

/// The servers that are started as local programs.
pub(super) const SERVERS: &[&str] =
    &["everything", "filesystem", "memory", "thinking", "time", "git", "fetch", "lab", "listen"];

/// Tools that other parts of the acceptance call: those that ask, and those that come and go.
pub(super) const ELSEWHERE: &[&str] = &[
    "ask_name",
    "greet",
    "trigger-elicitation-request",
    "trigger-url-elicitation",
    "trigger-elicitation-request-async",
    "trigger-sampling-request",
    "trigger-sampling-request-async",
    "extra",
    "made_1",
];

/// One call.
pub(super) struct Case {
    pub(super) tool: &'static str,
    pub(super) arguments: Value,
    /// Somewhere in the run's events.
    pub(super) says: String,
    /// `"succeeded"` and such.
    pub(super) outcome: &'static str,
}

impl Case {
    /// Whether it can be called on a server that somebody else uses too.
    pub(super) fn is_everywhere(&self) -> bool {
        self.tool != "die"
    }
}

fn case(tool: &'static str, arguments: Value, says: &str) -> Case {
    Case { tool, arguments, says: says.to_owned(), outcome: "\"succeeded\"" }
}

/// The calls of one server. `work`: a folder that may be written to.
pub(super) fn of(server: &str, lab: &Path, work: &Path) -> Vec<Case> {
    match server {
        "everything" => everything(),
        "filesystem" => filesystem(lab),
        "memory" => memory(),
        "thinking" => vec![case(
            "sequentialthinking",
            json!({"thought": "one", "nextThoughtNeeded": false, "thoughtNumber": 1, "totalThoughts": 1}),
            "thoughtNumber",
        )],
        "time" => vec![
            case("get_current_time", json!({"timezone": "Europe/Berlin"}), "Europe/Berlin"),
            case(
                "convert_time",
                json!({"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}),
                "21:00",
            ),
        ],
        "git" => git(lab, work),
        "fetch" => vec![Case {
            outcome: "\"failed\"",
            ..case("fetch", json!({"url": "http://127.0.0.1:9/"}), "fetch")
        }],
        "lab" => vec![
            case("add", json!({"a": 2, "b": 3}), "\"sum\":5"),
            case("slow", json!({"steps": 3, "delay_ms": 20}), "done after 3 steps"),
            case("big", json!({"kilobytes": 64}), "xxxx"),
            case("picture", json!({}), "image/png"),
            Case { outcome: "\"failed\"", ..case("fail", json!({"message": "kaputt"}), "kaputt") },
            case("grow", json!({"name": "extra"}), "added extra"),
            Case { outcome: "\"unknown\"", ..case("die", json!({}), "recovery_impossible") },
        ],
        "listen" => vec![case("bump", json!({}), "content-1")],
        _ => Vec::new(),
    }
}

fn everything() -> Vec<Case> {
    vec![
        case("echo", json!({"message": "hallo"}), "Echo: hallo"),
        case("get-sum", json!({"a": 2, "b": 3}), "is 5"),
        case("get-annotated-message", json!({"messageType": "error", "includeImage": true}), "image/png"),
        case("get-env", json!({}), "PATH"),
        case("get-resource-links", json!({"count": 3}), "demo://"),
        case("get-resource-reference", json!({"resourceType": "Text", "resourceId": 1}), "text/plain"),
        case("get-structured-content", json!({"location": "Chicago"}), "structured content"),
        case("get-tiny-image", json!({}), "image/png"),
        case("get-roots-list", json!({}), "content-1"),
        case(
            "gzip-file-as-resource",
            json!({"name": "x.gz", "data": "data:text/plain,hi", "outputType": "resource"}),
            "gzip",
        ),
        case("simulate-research-query", json!({"topic": "sea", "ambiguous": false}), "Research Report"),
        case("toggle-simulated-logging", json!({}), "logging"),
        case("toggle-subscriber-updates", json!({}), "updated"),
        case("trigger-long-running-operation", json!({"duration": 1, "steps": 4}), "[4/4]"),
    ]
}

fn filesystem(lab: &Path) -> Vec<Case> {
    let folder = lab.join("sample-files");
    let at = |name: &str| folder.join(name).display().to_string();
    let dir = folder.display().to_string();
    vec![
        case("list_allowed_directories", json!({}), "sample-files"),
        case("create_directory", json!({"path": at("made")}), "made"),
        case("write_file", json!({"path": at("made/a.txt"), "content": "one"}), "a.txt"),
        case(
            "edit_file",
            json!({"path": at("made/a.txt"), "edits": [{"oldText": "one", "newText": "two"}]}),
            "two",
        ),
        case("read_file", json!({"path": at("made/a.txt")}), "two"),
        case("read_text_file", json!({"path": at("hello.txt")}), "hello from the lab"),
        case("read_media_file", json!({"path": at("hello.txt")}), "content"),
        case("read_multiple_files", json!({"paths": [at("hello.txt"), at("made/a.txt")]}), "two"),
        case("list_directory", json!({"path": dir}), "hello.txt"),
        case("list_directory_with_sizes", json!({"path": dir}), "hello.txt"),
        case("directory_tree", json!({"path": dir}), "hello.txt"),
        case("search_files", json!({"path": dir, "pattern": "**/*.txt"}), "hello.txt"),
        case("get_file_info", json!({"path": at("hello.txt")}), "size"),
        case(
            "move_file",
            json!({"source": at("made/a.txt"), "destination": at(&format!("made/b-{}.txt", std::process::id()))}),
            "b-",
        ),
    ]
}

fn memory() -> Vec<Case> {
    let name = format!("Ada {}", std::process::id());
    vec![
        case(
            "create_entities",
            json!({"entities": [{"name": name, "entityType": "person", "observations": ["counts"]}]}),
            "Ada",
        ),
        case(
            "add_observations",
            json!({"observations": [{"entityName": name, "contents": ["writes"]}]}),
            "writes",
        ),
        case(
            "create_relations",
            json!({"relations": [{"from": name, "to": name, "relationType": "knows"}]}),
            "knows",
        ),
        case("read_graph", json!({}), "Ada"),
        case("search_nodes", json!({"query": "Ada"}), "Ada"),
        case("open_nodes", json!({"names": [name]}), "Ada"),
        case(
            "delete_observations",
            json!({"deletions": [{"entityName": name, "observations": ["writes"]}]}),
            "deleted",
        ),
        case(
            "delete_relations",
            json!({"relations": [{"from": name, "to": name, "relationType": "knows"}]}),
            "deleted",
        ),
        case("delete_entities", json!({"entityNames": [name]}), "deleted"),
    ]
}

fn git(lab: &Path, _work: &Path) -> Vec<Case> {
    let repo = lab.join("sample-repo").display().to_string();
    let branch = format!("b{}", std::process::id());
    vec![
        case("git_status", json!({"repo_path": repo}), "branch"),
        case("git_log", json!({"repo_path": repo}), "init"),
        case("git_branch", json!({"repo_path": repo, "branch_type": "local"}), "content-1"),
        case("git_create_branch", json!({"repo_path": repo, "branch_name": branch}), "b"),
        case("git_checkout", json!({"repo_path": repo, "branch_name": branch}), "b"),
        case("git_show", json!({"repo_path": repo, "revision": "HEAD"}), "init"),
        case("git_diff_unstaged", json!({"repo_path": repo}), "content-1"),
        case("git_diff_staged", json!({"repo_path": repo}), "content-1"),
        case("git_diff", json!({"repo_path": repo, "target": "HEAD"}), "content-1"),
        case("git_add", json!({"repo_path": repo, "files": ["."]}), "staged"),
        Case {
            outcome: "\"type\":\"done\"",
            ..case("git_commit", json!({"repo_path": repo, "message": "m"}), "done")
        },
        case("git_reset", json!({"repo_path": repo}), "reset"),
    ]
}

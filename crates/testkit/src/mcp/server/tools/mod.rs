//! What the tools do.

mod demo;
mod everything;
mod extras;
mod lab;
mod media;

use serde_json::Value;

use super::catalogue::Tool;

pub(super) use demo::shown;
pub(super) use extras::extras;

/// A one-pixel PNG.
pub(super) const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M9QDwADhgGAqdih0wAAAABJRU5ErkJggg==";

/// A tool of a recording with what it does; `None` for those that make no sense here (environment, files).
pub(super) fn recorded(definition: Value) -> Option<Tool> {
    let name = definition["name"].as_str()?.to_owned();
    lab::tool(&name, &definition).or_else(|| everything::tool(&name, &definition))
}

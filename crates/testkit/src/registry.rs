//! A stand-in for an MCP registry, made from the documented examples of its API (OpenAPI of 2025-12-01).

use std::{
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::http::{Flow, Request, Server, Service, Wire, control::Kill};

/// What the stand-in does in place of answering properly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mood {
    /// Answers as documented.
    Proper,
    /// Knows only the older version of the API.
    Old,
    /// Answers every question with this status and body.
    Says(u16, String, &'static str),
    /// Sends a body without end.
    Flood,
    /// Sends everybody on to another address.
    Elsewhere(String),
}

/// A registry on a free port of 127.0.0.1. Dropping it ends it.
pub struct SimulatedRegistry {
    server: Server,
    world: Arc<World>,
}

struct World {
    servers: Vec<Value>,
    mood: Mutex<Mood>,
}

impl fmt::Debug for SimulatedRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedRegistry").field("address", &self.server.address()).finish_non_exhaustive()
    }
}

impl SimulatedRegistry {
    /// Starts one with the documented servers.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let world = Arc::new(World { servers: documented(), mood: Mutex::new(Mood::Proper) });
        Ok(Self { server: Server::start(world.clone()).await?, world })
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Changes what it does from now on.
    pub fn set_mood(&self, mood: Mood) {
        *self.world.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Everything that was asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests().all()
    }

    /// Ends every open connection.
    pub fn cut_connections(&self) {
        self.server.control().kill_all(Kill::Close);
    }
}

#[async_trait]
impl Service for World {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        let mood = self.mood.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let old = mood == Mood::Old;
        match mood {
            Mood::Proper | Mood::Old => {}
            Mood::Says(status, body, media_type) => {
                let headers = [("Content-Type".to_owned(), media_type.to_owned())];
                return wire.answer(status, &headers, body.as_bytes()).await;
            }
            Mood::Flood => return flood(wire).await,
            Mood::Elsewhere(to) => return wire.answer(302, &[("Location".to_owned(), to)], b"").await,
        }
        let path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let version = if old { "v0" } else { "v0.1" };
        match path.as_slice() {
            [api, "servers"] if *api == version => wire.json(200, &[], &self.page(&request)).await,
            [api, "servers", name, "versions", wanted] if *api == version => {
                let name = name.replace("%2F", "/").replace("%2f", "/");
                match self.find(&name, &wanted.replace("%2B", "+")) {
                    Some(found) => wire.json(200, &[], found).await,
                    None => wire.json(404, &[], &json!({ "error": "Server not found" })).await,
                }
            }
            _ => {
                wire.json(
                    404,
                    &[],
                    &json!({ "title": "Not Found", "status": 404, "detail": "Endpoint not found" }),
                )
                .await
            }
        }
    }
}

impl World {
    fn page(&self, request: &Request) -> Value {
        let search = request.query("search").unwrap_or_default();
        let limit = request.query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(30_usize);
        let latest = request.query("version").as_deref() == Some("latest");
        let after = request.query("cursor").unwrap_or_default();
        let key = |entry: &Value| {
            format!(
                "{}:{}",
                entry["server"]["name"].as_str().unwrap_or_default(),
                entry["server"]["version"].as_str().unwrap_or_default()
            )
        };
        let wanted = self.servers.iter().filter(|entry| {
            let is_latest = entry["_meta"]["io.modelcontextprotocol.registry/official"]["isLatest"] == true;
            entry["server"]["name"].as_str().is_some_and(|name| name.contains(&search))
                && (is_latest || !latest)
        });
        let rest: Vec<&Value> = wanted.filter(|entry| after.is_empty() || key(entry) > after).collect();
        let page: Vec<&Value> = rest.iter().take(limit).copied().collect();
        let mut metadata = json!({ "count": page.len() });
        if let (Some(last), true) = (page.last(), rest.len() > page.len()) {
            metadata["nextCursor"] = key(last).into();
        }
        json!({ "servers": page, "metadata": metadata })
    }

    fn find(&self, name: &str, version: &str) -> Option<&Value> {
        self.servers.iter().find(|entry| {
            let official = &entry["_meta"]["io.modelcontextprotocol.registry/official"];
            let fits = if version == "latest" {
                official["isLatest"] == true
            } else {
                entry["server"]["version"] == version
            };
            entry["server"]["name"] == name && fits
        })
    }
}

async fn flood(wire: &mut Wire) -> io::Result<Flow> {
    wire.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[").await?;
    let chunk = vec![b' '; 64 * 1024];
    // Far beyond what anybody takes; the caller leaves before.
    for _ in 0..4_096 {
        wire.raw(&chunk).await?;
    }
    Ok(Flow::Close)
}

/// The examples of the registry's documents, sorted by name and version.
fn documented() -> Vec<Value> {
    let entry = |server: Value, is_latest: bool, status: &str, message: Option<&str>| {
        let mut official = json!({
            "status": status, "publishedAt": "2023-12-01T10:30:00Z", "updatedAt": "2023-12-01T11:00:00Z", "isLatest": is_latest,
        });
        if let Some(message) = message {
            official["statusMessage"] = message.into();
        }
        json!({ "server": server, "_meta": { "io.modelcontextprotocol.registry/official": official } })
    };
    let schema = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";
    let brave = |version: &str| {
        json!({
            "$schema": schema, "name": "io.modelcontextprotocol.anonymous/brave-search", "title": "Brave Search",
            "description": "MCP server for Brave Search API integration", "version": version,
            "websiteUrl": "https://anonymous.modelcontextprotocol.io/examples",
            "repository": { "url": "https://github.com/modelcontextprotocol/servers", "source": "github" },
            "packages": [{
                "registryType": "npm", "registryBaseUrl": "https://registry.npmjs.org",
                "identifier": "@modelcontextprotocol/server-brave-search", "version": version, "transport": { "type": "stdio" },
                "environmentVariables": [{
                    "name": "BRAVE_API_KEY", "description": "Brave Search API Key", "isRequired": true, "isSecret": true,
                }],
            }],
        })
    };
    vec![
        entry(
            json!({
                "$schema": schema, "name": "com.example/acme-analytics", "title": "ACME Analytics", "version": "2.0.0",
                "description": "Real-time business intelligence and reporting platform",
                "remotes": [
                    { "type": "streamable-http", "url": "https://analytics.example.com/mcp" },
                    { "type": "sse", "url": "https://analytics.example.com/sse" },
                ],
            }),
            true,
            "active",
            None,
        ),
        entry(
            json!({
                "$schema": schema, "name": "io.github.example/old-weather", "version": "0.9.5",
                "description": "Legacy weather server", "packages": [{
                    "registryType": "npm", "identifier": "@legacy/old-weather-server", "version": "0.9.5", "transport": { "type": "stdio" },
                }],
            }),
            true,
            "deprecated",
            Some("Please upgrade to weather-v2."),
        ),
        entry(
            json!({
                "$schema": schema, "name": "io.github.example/weather-mcp", "title": "Weather", "version": "0.5.0",
                "description": "Python MCP server for weather data access", "packages": [{
                    "registryType": "pypi", "registryBaseUrl": "https://pypi.org", "identifier": "weather-mcp-server", "version": "0.5.0",
                    "runtimeHint": "uvx", "transport": { "type": "stdio" }, "environmentVariables": [
                        { "name": "WEATHER_API_KEY", "description": "API key for weather service", "isRequired": true, "isSecret": true },
                        { "name": "WEATHER_UNITS", "description": "Temperature units (celsius, fahrenheit)", "default": "celsius" },
                    ],
                }],
            }),
            true,
            "active",
            None,
        ),
        entry(brave("1.0.1"), false, "active", None),
        entry(brave("1.0.2"), true, "active", None),
    ]
}

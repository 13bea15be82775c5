//! The servers from outside: how to start them, and what a test can do to them.

use std::{io, sync::Arc};

use async_trait::async_trait;
use serde_json::json;

use super::{
    Challenge, OauthOptions,
    place::Places,
    token::{self, Reply},
    world::World,
};
use crate::http::{Flow, Request, Server, Service, Wire};

/// What the browser brings back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Which sign-in.
    pub state: String,
    /// The code.
    pub code: Option<String>,
    /// Who answers.
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// An authorization server and an MCP endpoint (`POST /mcp`, which answers every request it admits with an empty result), on free ports of
/// 127.0.0.1. Dropping it ends both.
pub struct SimulatedOauth {
    server: Server,
    resource: Server,
    world: Arc<World>,
}

impl std::fmt::Debug for SimulatedOauth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedOauth").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

impl SimulatedOauth {
    /// Starts both.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(options: OauthOptions) -> io::Result<Self> {
        let (server_side, resource_side) = (Arc::new(Side::default()), Arc::new(Side::default()));
        let server = Server::start(server_side.clone()).await?;
        let resource = Server::start(resource_side.clone()).await?;
        let origin = |server: &Server| format!("http://{}", server.address());
        let places = Places::new(options.layout, origin(&resource), origin(&server));
        let world = Arc::new(World::new(options, places));
        server_side.0.get_or_init(|| (world.clone(), false));
        resource_side.0.get_or_init(|| (world.clone(), true));
        Ok(Self { server, resource, world })
    }

    /// The MCP endpoint.
    #[must_use]
    pub fn server_url(&self) -> String {
        format!("{}/mcp", self.world.places.resource_origin)
    }

    /// The authorization server's identifier.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.world.places.issuer()
    }

    /// What tokens are for, as published.
    #[must_use]
    pub fn resource(&self) -> String {
        self.world.resource()
    }

    /// Whether a request with this `Authorization` may pass: for other endpoints that this server is to protect.
    ///
    /// # Errors
    /// What to refuse it with.
    pub fn admit(&self, authorization: Option<&str>) -> Result<(), Challenge> {
        self.world.admit(authorization)
    }

    /// A person opens this address and consents.
    ///
    /// # Errors
    /// Why the page shows an error in place of a consent.
    pub fn consent(&self, url: &str) -> Result<Answer, String> {
        self.visit(url, false)
    }

    /// A person opens this address and declines.
    ///
    /// # Errors
    /// Why the page shows an error in place of a consent.
    pub fn decline(&self, url: &str) -> Result<Answer, String> {
        self.visit(url, true)
    }

    fn visit(&self, url: &str, declines: bool) -> Result<Answer, String> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let mut answer = Answer::default();
        for (name, value) in self.world.consent(&Request::with_query(query), declines)? {
            match name {
                "state" => answer.state = value,
                "code" => answer.code = Some(value),
                "iss" => answer.iss = Some(value),
                _ => answer.error = Some(value),
            }
        }
        Ok(answer)
    }

    /// No access token is good any more; refresh tokens are.
    pub fn forget_access(&self) {
        self.world.issued().access.clear();
    }

    /// No refresh token is good any more either.
    pub fn forget_grants(&self) {
        let mut issued = self.world.issued();
        issued.access.clear();
        issued.grants.clear();
    }

    /// No client is known any more, as after a restart of a server that keeps nothing.
    pub fn forget_clients(&self) {
        self.world.issued().clients.clear();
    }

    /// The protected endpoint wants these scopes.
    pub fn require(&self, scopes: &str) {
        self.world.issued().required = scopes.split_whitespace().map(str::to_owned).collect();
    }

    /// A person does not give these, whatever is asked for.
    pub fn withhold(&self, scopes: &str) {
        self.world.issued().withheld = scopes.split_whitespace().map(str::to_owned).collect();
    }

    /// The resource names another authorization server from now on.
    pub fn move_to(&self, issuer: &str) {
        self.world.issued().moved = Some(issuer.to_owned());
    }

    /// Every token request is answered so; `None`: as it should be.
    pub fn refuse_tokens(&self, with: Option<(u16, serde_json::Value)>) {
        self.world.issued().refused = with;
    }

    /// Token requests wait while it is closed.
    pub fn gate(&self, open: bool) {
        self.world.gate.send_replace(open);
    }

    /// How many clients have registered.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.world.issued().clients.len()
    }

    /// Whether this refresh or access token is good.
    #[must_use]
    pub fn is_good(&self, token: &str) -> bool {
        let issued = self.world.issued();
        issued.access.contains_key(token) || issued.grants.get(token).is_some_and(|grant| grant.good)
    }

    /// Everything that the authorization server was asked.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.side().requests().all()
    }

    /// The forms of all token requests with this grant.
    #[must_use]
    pub fn grants(&self, grant_type: &str) -> Vec<Vec<(String, String)>> {
        granted(&self.requests(), grant_type)
    }

    /// Waits until there were this many token requests with this grant.
    pub async fn until_granted(&self, grant_type: &str, count: usize) {
        self.side().requests().until(|requests| granted(requests, grant_type).len() >= count).await;
    }

    /// Everything that the MCP server's origin was asked.
    #[must_use]
    pub fn resource_requests(&self) -> Vec<Request> {
        self.resource.requests().all()
    }

    /// What callers did that they must not.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.world.issued().violations.clone()
    }

    fn side(&self) -> &Server {
        if self.world.places.server_origin == self.world.places.resource_origin {
            &self.resource
        } else {
            &self.server
        }
    }
}

fn granted(requests: &[Request], grant_type: &str) -> Vec<Vec<(String, String)>> {
    let wanted = ("grant_type".to_owned(), grant_type.to_owned());
    let tokens = requests.iter().filter(|request| request.path.ends_with("/token"));
    tokens.map(token::form).filter(|form| form.contains(&wanted)).collect()
}

/// One of the two; they know each other's address only when both listen.
#[derive(Default)]
struct Side(std::sync::OnceLock<(Arc<World>, bool)>);

#[async_trait]
impl Service for Side {
    async fn serve(&self, request: Request, wire: &mut Wire) -> io::Result<Flow> {
        let Some((world, is_resource)) = self.0.get() else { return Err(io::ErrorKind::NotConnected.into()) };
        let places = &world.places;
        let is_server = !is_resource || places.server_origin == places.resource_origin;
        let (method, path) = (request.method.as_str(), request.path.as_str());
        if *is_resource && path == "/mcp" {
            return protected(world, &request, wire).await;
        }
        if *is_resource && method == "GET" && places.document() == Some(path) {
            let document = places.resource_document(&world.options, &world.resource(), &world.issuer());
            return wire.json(200, &[], &document).await;
        }
        if is_server && method == "GET" && places.metadata() == Some(path) {
            return wire.json(200, &[], &places.server_document(&world.options)).await;
        }
        let endpoint = if is_server { places.endpoint(path) } else { None };
        let (status, body): Reply = match (method, endpoint) {
            ("GET", Some("/authorize")) => return authorize(world, &request, wire).await,
            ("POST", Some("/register")) if world.options.registration => {
                world.register(&request.json().unwrap_or_default())
            }
            ("POST", Some("/token")) => {
                let mut gate = world.gate.subscribe();
                let _ = wire.wait(gate.wait_for(|open| *open)).await?;
                world.token(&request)
            }
            ("POST", Some("/revoke")) if world.options.revocation => world.revoke(&request),
            ("POST", Some("/idp/token")) => world.identity(&request),
            _ => (404, json!({"error": "not_found"})),
        };
        wire.json(status, &[("Cache-Control".to_owned(), "no-store".to_owned())], &body).await
    }
}

async fn authorize(world: &World, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
    match world.consent(request, false) {
        Ok(answer) => {
            let back = request.query("redirect_uri").unwrap_or_default();
            let query: Vec<String> =
                answer.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
            let to = format!("{back}{}{}", if back.contains('?') { '&' } else { '?' }, query.join("&"));
            wire.answer(302, &[("Location".to_owned(), to)], b"").await
        }
        Err(why) => wire.json(400, &[], &json!({"error": "invalid_request", "error_description": why})).await,
    }
}

async fn protected(world: &World, request: &Request, wire: &mut Wire) -> io::Result<Flow> {
    match world.admit(request.header("authorization")) {
        Ok(()) => {
            let id = request.json().map(|body| body["id"].clone()).unwrap_or_default();
            wire.json(200, &[], &json!({"jsonrpc": "2.0", "id": id, "result": {}})).await
        }
        Err(challenge) => {
            let header = ("WWW-Authenticate".to_owned(), challenge.www_authenticate);
            wire.json(challenge.status, &[header], &json!({"error": "refused"})).await
        }
    }
}

fn encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

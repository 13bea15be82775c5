//! How a simulated authorization server behaves.

/// Where its documents are. The first four are those of the official conformance suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The resource's document beside its path and told in the challenge; RFC 8414 at the root.
    Advertised,
    /// The same, but not told; OpenID Connect at the root.
    Found,
    /// The resource's document at the root, for the whole origin; RFC 8414 with an inserted path.
    Root,
    /// The resource's document anywhere, told; OpenID Connect after a path.
    Custom,
    /// Revision 2025-03-26: the MCP server is its own authorization server and publishes metadata.
    Own,
    /// Revision 2025-03-26 without any metadata.
    Bare,
}

/// What `iss` an authorization answer carries (RFC 9207).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Iss {
    /// The issuer.
    Right,
    /// None.
    Missing,
    /// That of somebody else.
    Wrong,
    /// The issuer with a slash behind it.
    Slash,
}

/// Everything that can be chosen before it starts.
#[derive(Debug, Clone)]
pub struct OauthOptions {
    /// Where the documents are.
    pub layout: Layout,
    /// Scopes in the challenge of a request without token.
    pub challenge_scope: Option<String>,
    /// `scopes_supported` of the resource.
    pub resource_scopes: Option<String>,
    /// `scopes_supported` of the authorization server.
    pub server_scopes: Option<String>,
    /// `token_endpoint_auth_methods_supported`.
    pub methods: Vec<String>,
    /// Whether clients can register themselves.
    pub registration: bool,
    /// Whether client ids may be addresses of documents.
    pub documents: bool,
    /// A client that is known beforehand: id, secret, method.
    pub client: Option<(String, Option<String>, String)>,
    /// Whether it says that it knows S256.
    pub pkce: bool,
    /// What it puts into answers.
    pub iss: Iss,
    /// Whether it promises to (`authorization_response_iss_parameter_supported`).
    pub iss_promised: bool,
    /// An issuer in the metadata that is not its own.
    pub metadata_issuer: Option<String>,
    /// A resource in the document that is not the server.
    pub resource: Option<String>,
    /// `expires_in` of access tokens.
    pub lifetime: Option<i64>,
    /// Whether it gives refresh tokens.
    pub refresh: bool,
    /// Whether tokens can be taken back.
    pub revocation: bool,
    /// Whether refusals repeat everything that was sent: a leak that a caller must not pass on.
    pub echo: bool,
}

impl Default for OauthOptions {
    fn default() -> Self {
        Self {
            layout: Layout::Advertised,
            challenge_scope: None,
            resource_scopes: None,
            server_scopes: None,
            methods: vec!["none".to_owned()],
            registration: true,
            documents: false,
            client: None,
            pkce: true,
            iss: Iss::Right,
            iss_promised: true,
            metadata_issuer: None,
            resource: None,
            lifetime: Some(3600),
            refresh: true,
            revocation: true,
            echo: false,
        }
    }
}

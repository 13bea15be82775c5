//! Where things are, by layout.

use serde_json::{Value, json};

use super::{Layout, OauthOptions};

/// The addresses of one pair of servers.
#[derive(Debug, Clone)]
pub(super) struct Places {
    layout: Layout,
    /// Origin of the MCP server.
    pub(super) resource_origin: String,
    /// Origin of the authorization server; the same in the revision 2025-03-26.
    pub(super) server_origin: String,
}

impl Places {
    pub(super) fn new(layout: Layout, resource_origin: String, server_origin: String) -> Self {
        let server_origin = if matches!(layout, Layout::Own | Layout::Bare) {
            resource_origin.clone()
        } else {
            server_origin
        };
        Self { layout, resource_origin, server_origin }
    }

    fn prefix(&self) -> &'static str {
        if matches!(self.layout, Layout::Root | Layout::Custom) { "/tenant1" } else { "" }
    }

    pub(super) fn issuer(&self) -> String {
        format!("{}{}", self.server_origin, self.prefix())
    }

    pub(super) fn resource(&self) -> String {
        // The document of the whole origin names no path.
        let path = if self.layout == Layout::Root { "" } else { "/mcp" };
        format!("{}{path}", self.resource_origin)
    }

    /// Path of the resource's document.
    pub(super) fn document(&self) -> Option<&'static str> {
        match self.layout {
            Layout::Advertised | Layout::Found => Some("/.well-known/oauth-protected-resource/mcp"),
            Layout::Root => Some("/.well-known/oauth-protected-resource"),
            Layout::Custom => Some("/custom/metadata/location.json"),
            Layout::Own | Layout::Bare => None,
        }
    }

    /// Path of the authorization server's metadata.
    pub(super) fn metadata(&self) -> Option<&'static str> {
        match self.layout {
            Layout::Advertised | Layout::Own => Some("/.well-known/oauth-authorization-server"),
            Layout::Found => Some("/.well-known/openid-configuration"),
            Layout::Root => Some("/.well-known/oauth-authorization-server/tenant1"),
            Layout::Custom => Some("/tenant1/.well-known/openid-configuration"),
            Layout::Bare => None,
        }
    }

    pub(super) fn is_told(&self) -> bool {
        matches!(self.layout, Layout::Advertised | Layout::Custom)
    }

    /// The endpoint that a path belongs to.
    pub(super) fn endpoint<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.prefix())
            .filter(|rest| matches!(*rest, "/authorize" | "/token" | "/register" | "/revoke" | "/idp/token"))
    }

    pub(super) fn resource_document(&self, options: &OauthOptions, resource: &str, issuer: &str) -> Value {
        let mut document = json!({"resource": resource, "authorization_servers": [issuer]});
        if let Some(scopes) = &options.resource_scopes {
            document["scopes_supported"] = list(scopes);
        }
        document
    }

    pub(super) fn server_document(&self, options: &OauthOptions) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer());
        let mut document = json!({
            "issuer": options.metadata_issuer.clone().unwrap_or_else(|| self.issuer()),
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": options.methods,
            "client_id_metadata_document_supported": options.documents,
            "authorization_response_iss_parameter_supported": options.iss_promised,
            // As programs write what they do not have.
            "jwks_uri": null,
            "service_documentation": null,
        });
        if options.pkce {
            document["code_challenge_methods_supported"] = json!(["S256"]);
        }
        if options.registration {
            document["registration_endpoint"] = json!(at("/register"));
        }
        if options.revocation {
            document["revocation_endpoint"] = json!(at("/revoke"));
        }
        if let Some(scopes) = &options.server_scopes {
            document["scopes_supported"] = list(scopes);
        }
        document
    }
}

fn list(scopes: &str) -> Value {
    scopes.split_whitespace().collect()
}

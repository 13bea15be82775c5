//! The token endpoint, and that of an identity provider.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jackfield_protocol::time::now;
use serde_json::{Value, json};

use super::world::{Grant, World, challenge_of};
use crate::http::Request;

type Form = Vec<(String, String)>;

/// What is answered: a status and a body.
pub(super) type Reply = (u16, Value);

fn refuse(error: &str, why: &str) -> Reply {
    let status = if error == "invalid_client" { 401 } else { 400 };
    (status, json!({"error": error, "error_description": why}))
}

fn get<'f>(form: &'f Form, name: &str) -> &'f str {
    form.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

/// The claims of a JWT, unverified: tests hold the keys.
fn claims(jwt: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?).ok()
}

impl World {
    /// Answers a token request.
    pub(super) fn token(&self, request: &Request) -> Reply {
        let form = form(request);
        if !request.query.is_empty() {
            self.violation("a token request with a query");
        }
        if let Some((status, body)) = self.issued().refused.clone() {
            return (status, body);
        }
        let reply = match self.client(request, &form) {
            Ok(client) => self.given(&client, &form),
            Err(why) => refuse("invalid_client", &why),
        };
        if reply.0 >= 400 && self.options.echo {
            let body = String::from_utf8_lossy(&request.body);
            let head = request.header("authorization").unwrap_or_default();
            let said =
                form.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
            let error = reply.1["error"].clone();
            return (reply.0, json!({"error": error, "error_description": format!("{said} {head} {body}")}));
        }
        reply
    }

    /// Who asks, shown in the one way that belongs to the client.
    fn client(&self, request: &Request, form: &Form) -> Result<String, String> {
        let basic = request.header("authorization").and_then(|value| value.strip_prefix("Basic "));
        let posted = (get(form, "client_id").to_owned(), get(form, "client_secret").to_owned());
        let assertion = get(form, "client_assertion");
        let (method, id, secret) = if let Some(pair) = basic {
            let pair = STANDARD.decode(pair).ok().and_then(|pair| String::from_utf8(pair).ok());
            let pair = pair.ok_or("the header is no base64")?;
            let (id, secret) = pair.split_once(':').ok_or("the header has no colon")?;
            // As the official Python SDK does (2.3.0, `client_auth.py`).
            let by_a_person = matches!(get(form, "grant_type"), "authorization_code" | "refresh_token");
            if by_a_person && posted.0.is_empty() {
                return Err("Missing client_id".to_owned());
            }
            // RFC 6749, section 2.3.1: both parts are form-encoded.
            let decoded = decoded(&format!("id={id}&secret={secret}"));
            ("client_secret_basic", get(&decoded, "id").to_owned(), get(&decoded, "secret").to_owned())
        } else if !assertion.is_empty() {
            let claims = claims(assertion).ok_or("the assertion is no JWT")?;
            if claims["aud"] != json!(self.places.issuer()) || claims["iss"] != claims["sub"] {
                return Err("the assertion is for somebody else".to_owned());
            }
            ("private_key_jwt", claims["sub"].as_str().unwrap_or_default().to_owned(), String::new())
        } else if posted.1.is_empty() {
            ("none", posted.0, String::new())
        } else {
            ("client_secret_post", posted.0, posted.1)
        };
        let issued = self.issued();
        let known = issued.clients.get(&id).ok_or("the client is not known")?;
        if known.method != method {
            return Err(format!("the client shows itself by {}, not by {method}", known.method));
        }
        if known.secret.clone().unwrap_or_default() != secret {
            return Err("the secret is wrong".to_owned());
        }
        Ok(id)
    }

    fn given(&self, client: &str, form: &Form) -> Reply {
        match get(form, "grant_type") {
            "authorization_code" => self.by_code(client, form),
            "refresh_token" => self.by_refresh(client, form),
            "client_credentials" => self.tokens(client, get(form, "resource"), &scopes(form), false),
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => match claims(get(form, "assertion")) {
                Some(claims) if claims["aud"] == json!(self.places.issuer()) => {
                    let mut reply = self.tokens(client, &self.resource(), &scopes(form), false);
                    if get(form, "scope").is_empty()
                        && let Some(answer) = reply.1.as_object_mut()
                    {
                        answer.remove("scope");
                    }
                    reply
                }
                _ => refuse("invalid_grant", "the assertion is not for this server"),
            },
            other => refuse("unsupported_grant_type", other),
        }
    }

    fn by_code(&self, client: &str, form: &Form) -> Reply {
        let Some(code) = self.issued().codes.remove(get(form, "code")) else {
            return refuse("invalid_grant", "the code is not known (any more)");
        };
        let wrong = [
            ("client", code.client != client),
            ("redirect_uri", code.redirect != get(form, "redirect_uri")),
            ("code_verifier", code.challenge != challenge_of(get(form, "code_verifier"))),
            ("resource", code.resource != get(form, "resource")),
        ];
        if let Some((what, _)) = wrong.iter().find(|(_, wrong)| *wrong) {
            self.violation(format!("a code with the wrong {what}"));
            return refuse("invalid_grant", what);
        }
        self.tokens(client, &code.resource, &code.scopes, self.options.refresh)
    }

    /// Each refresh token works once.
    fn by_refresh(&self, client: &str, form: &Form) -> Reply {
        let grant = {
            let mut issued = self.issued();
            let Some(grant) = issued.grants.get_mut(get(form, "refresh_token")) else {
                return refuse("invalid_grant", "the refresh token is not known");
            };
            let found = grant.clone();
            grant.good = false;
            found
        };
        if !grant.good {
            self.violation("a refresh token that was used already, or taken back");
            return refuse("invalid_grant", "the refresh token is no longer good");
        }
        if grant.client != client || grant.resource != get(form, "resource") {
            self.violation("a refresh token of another client or resource");
            return refuse("invalid_grant", "the refresh token is of another client or resource");
        }
        self.tokens(client, &grant.resource, &grant.scopes, true)
    }

    fn tokens(&self, client: &str, resource: &str, scopes: &[String], refresh: bool) -> Reply {
        if resource != self.resource() {
            return refuse("invalid_target", "the resource is not known");
        }
        let access = format!("access-{}", uuid::Uuid::new_v4().simple());
        let mut answer = json!({"access_token": access, "token_type": "Bearer", "scope": scopes.join(" ")});
        if let Some(lifetime) = self.options.lifetime {
            answer["expires_in"] = json!(lifetime);
        }
        let mut issued = self.issued();
        if refresh {
            let token = format!("refresh-{}", uuid::Uuid::new_v4().simple());
            let grant = Grant {
                client: client.to_owned(),
                resource: resource.to_owned(),
                scopes: scopes.to_vec(),
                good: true,
            };
            issued.grants.insert(token.clone(), grant);
            answer["refresh_token"] = json!(token);
        }
        let ends = self.options.lifetime.map(|lifetime| now().as_second() + lifetime);
        issued.access.insert(access, (scopes.to_vec(), ends));
        (200, answer)
    }

    /// Takes a token back (RFC 7009): a refresh token with everything that came of its client.
    pub(super) fn revoke(&self, request: &Request) -> Reply {
        let form = form(request);
        if let Err(why) = self.client(request, &form) {
            return refuse("invalid_client", &why);
        }
        let mut issued = self.issued();
        let token = get(&form, "token");
        issued.access.remove(token);
        if let Some(grant) = issued.grants.get_mut(token) {
            grant.good = false;
        }
        (200, json!({}))
    }

    /// The exchange at a company's identity provider: a person's token for a statement to this server. Its signature is nobody's.
    pub(super) fn identity(&self, request: &Request) -> Reply {
        let form = form(request);
        if get(&form, "grant_type") != "urn:ietf:params:oauth:grant-type:token-exchange"
            || get(&form, "subject_token").is_empty()
            || get(&form, "audience") != self.places.issuer()
        {
            return refuse("invalid_request", "the exchange is not for this server");
        }
        let at = now().as_second();
        let client = self.options.client.as_ref().map_or("", |(id, ..)| id.as_str());
        let mut claims = json!({
            "iss": format!("{}/idp", self.places.issuer()), "sub": "person", "aud": self.places.issuer(),
            "client_id": client, "jti": "1", "iat": at, "exp": at + 300, "resource": get(&form, "resource"),
        });
        if !get(&form, "scope").is_empty() {
            claims["scope"] = json!(get(&form, "scope"));
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({"alg": "ES256", "typ": "oauth-id-jag+jwt"});
        let jag = format!("{}.{}.{}", part(&head), part(&claims), URL_SAFE_NO_PAD.encode("signature"));
        let answer = json!({"access_token": jag, "token_type": "N_A",
            "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag"});
        (200, answer)
    }
}

fn scopes(form: &Form) -> Vec<String> {
    get(form, "scope").split_whitespace().map(str::to_owned).collect()
}

/// The parameters of a body.
pub(super) fn form(request: &Request) -> Form {
    decoded(&String::from_utf8_lossy(&request.body))
}

fn decoded(text: &str) -> Form {
    Request::with_query(text).query_pairs()
}

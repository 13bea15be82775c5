//! Which addresses a server may send the hub to for its sign-in. A server names them itself (its metadata, the metadata of its authorization
//! server), so without a rule any server could make the hub call whatever is reachable from its machine.
//!
//! Public addresses: always, by https. Loopback: only when the MCP server itself is there. Private networks: when the MCP server is evidently there
//! too, or when a person says so. Link-local (cloud metadata), multicast and reserved ones: never. What a name leads to is checked when it is
//! looked up, on the very addresses that are connected to.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use jackfield_protocol::error::{ErrorCode, Failure};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Origin, Url};

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Public,
    Loopback,
    Private,
    Never,
}

/// The rules for one MCP server.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// The MCP server's own origin: the hub talks with it anyway.
    own: Origin,
    loopback: bool,
    private: bool,
    /// A person says so: then names that tell nothing may be private ones.
    said: bool,
    /// Without TLS, where the kind of address allows that: the MCP server has none either.
    plain: bool,
}

impl Rules {
    /// For a server at this address; `private`: a person says that its sign-in is on a private network.
    pub(super) fn new(server: &Url, private: bool) -> Self {
        let class = server.host().map_or(Class::Never, |host| of_host(&host));
        let loopback = class == Class::Loopback;
        Self {
            own: server.origin(),
            loopback,
            // What runs on this machine is the person's own.
            private: private || loopback || class == Class::Private,
            said: private,
            plain: server.scheme() == "http",
        }
    }

    /// Whether this address may be called, as far as it tells by itself.
    pub(super) fn check(&self, url: &Url, what: &str) -> Result<(), Failure> {
        let Some(host) = url.host() else { return Err(refused(what, url, "it is no web address")) };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(what, url, "it holds a user or password"));
        }
        let class = of_host(&host);
        if !self.allows(class) && url.origin() != self.own {
            return Err(refused(what, url, "that is an address inside of a network").hint(INSIDE));
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.plain && (class != Class::Public || self.said) => Ok(()),
            "http" => Err(refused(what, url, "it is not encrypted").hint(PLAIN)),
            _ => Err(refused(what, url, "it is no web address")),
        }
    }

    /// Whether an address tells by itself that it is inside of a network.
    pub(super) fn is_inside(url: &Url) -> bool {
        url.host().is_some_and(|host| of_host(&host) != Class::Public)
    }

    fn allows(&self, class: Class) -> bool {
        match class {
            Class::Public => true,
            Class::Loopback => self.loopback,
            Class::Private => self.private,
            Class::Never => false,
        }
    }
}

const INSIDE: &str = "If the server's sign-in really is on your private network, allow that in the backend's options. Addresses of this machine are allowed only to servers on it.";

const PLAIN: &str = "A sign-in over the internet goes over https; the server's owner has to mend its address. If it is on your private network, allow that in the backend's options.";

fn refused(what: &str, url: &Url, why: &str) -> Failure {
    let place = url.host_str().unwrap_or("nowhere");
    let place: String = place.chars().take(100).collect();
    Failure::new(ErrorCode::PeerRejected, format!("{what} is at {place}, which is refused: {why}."))
}

/// Looks names up, and keeps the addresses that the rules allow.
impl Resolve for Rules {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| rules.allows(of_ip(address.ip()))).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(NotAllowed.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A name leads to addresses that the rules refuse.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address inside of a network")
    }
}

impl std::error::Error for NotAllowed {}

impl NotAllowed {
    pub(super) fn failure(place: &str) -> Failure {
        let message = format!(
            "The server sends its sign-in to {place}, which leads to an address inside of a network: refused."
        );
        Failure::new(ErrorCode::PeerRejected, message).hint(INSIDE)
    }
}

fn of_host(host: &Host<&str>) -> Class {
    match host {
        Host::Ipv4(ip) => of_v4(*ip),
        Host::Ipv6(ip) => of_v6(*ip),
        Host::Domain(name) => of_name(&name.trim_end_matches('.').to_ascii_lowercase()),
    }
}

/// Names that tell where they are. One label is a name of the local network or of a container network.
fn of_name(name: &str) -> Class {
    const INSIDE: &[&str] =
        &["local", "lan", "internal", "intranet", "home", "corp", "private", "localdomain", "home.arpa"];
    let within =
        |zone: &str| name.strip_suffix(zone).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    // The metadata services of clouds, which give out credentials to whoever asks from within.
    if matches!(name, "metadata" | "metadata.google.internal" | "metadata.azure.internal") {
        Class::Never
    } else if within("localhost") {
        Class::Loopback
    } else if !name.contains('.') || INSIDE.iter().any(|zone| within(zone)) {
        Class::Private
    } else {
        Class::Public
    }
}

fn of_ip(ip: IpAddr) -> Class {
    match ip {
        IpAddr::V4(ip) => of_v4(ip),
        IpAddr::V6(ip) => of_v6(ip),
    }
}

fn of_v4(ip: Ipv4Addr) -> Class {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    if ip.is_loopback() {
        Class::Loopback
    } else if ip.is_private() || shared {
        Class::Private
    } else if a == 0 || a >= 224 || ip.is_link_local() || (a == 198 && matches!(b, 18 | 19)) {
        Class::Never
    } else {
        Class::Public
    }
}

fn of_v6(ip: Ipv6Addr) -> Class {
    if ip.is_loopback() {
        return Class::Loopback;
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| of_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match [a, b, c, d, e, f] {
        // IPv4 inside: mapped, compatible, NAT64, 6to4.
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => v4(g, h),
        [0, 0, 0, 0, 0, 0] if !ip.is_unspecified() => v4(g, h),
        [0x2002, ..] => v4(b, c),
        // Teredo and local NAT64 hide an address.
        [0x2001, 0, ..] | [0x64, 0xff9b, 1, ..] => Class::Never,
        _ if (a & 0xfe00) == 0xfc00 => Class::Private,
        _ if ip.is_unspecified() || ip.is_multicast() || (a & 0xffc0) == 0xfe80 => Class::Never,
        _ => Class::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn addresses_have_a_class() {
        for (ip, class) in [
            ("93.184.216.34", Class::Public),
            ("2606:4700::1111", Class::Public),
            ("64:ff9b::5db8:d822", Class::Public),
            ("127.0.0.1", Class::Loopback),
            ("::1", Class::Loopback),
            ("::ffff:127.0.0.1", Class::Loopback),
            ("2002:7f00:1::", Class::Loopback),
            ("10.0.0.9", Class::Private),
            ("192.168.1.1", Class::Private),
            ("100.64.0.1", Class::Private),
            ("fd00::1", Class::Private),
            ("64:ff9b::a00:9", Class::Private),
            ("169.254.169.254", Class::Never),
            ("::ffff:169.254.169.254", Class::Never),
            ("fe80::1", Class::Never),
            ("0.0.0.0", Class::Never),
            ("::", Class::Never),
            ("255.255.255.255", Class::Never),
            ("2001:0:4136:e378::1", Class::Never),
            ("64:ff9b:1::a9fe:a9fe", Class::Never),
        ] {
            assert_eq!(of_ip(ip.parse().unwrap()), class, "{ip}");
        }
    }

    #[test]
    fn what_a_server_may_send_the_hub_to() {
        for (server, to, allowed) in [
            ("https://mcp.example.com/mcp", "https://auth.example.com", true),
            ("https://mcp.example.com/mcp", "http://auth.example.com", false),
            ("https://mcp.example.com/mcp", "https://localhost:9000", false),
            ("https://mcp.example.com/mcp", "https://10.0.0.9", false),
            ("https://mcp.example.com/mcp", "https://keycloak", false),
            ("https://mcp.example.com/mcp", "https://sso.corp/", false),
            ("https://mcp.example.com/mcp", "https://user:pass@auth.example.com", false),
            ("https://mcp.example.com/mcp", "file:///etc/passwd", false),
            ("https://mcp.example.com/mcp", "javascript:alert(1)", false),
            ("http://127.0.0.1:8000/mcp", "http://localhost:9000", true),
            ("http://localhost:8000/mcp", "http://[::1]:9000", true),
            ("http://localhost:8000/mcp", "https://auth.example.com", true),
            ("http://localhost:8000/mcp", "http://169.254.169.254/latest", false),
            ("http://192.168.1.10:8000/mcp", "http://192.168.1.10:8000", true),
            ("http://192.168.1.10:8000/mcp", "http://192.168.1.11:9000", true),
            ("https://192.168.1.10/mcp", "http://192.168.1.11:9000", false),
            ("http://192.168.1.10:8000/mcp", "http://127.0.0.1:9000", false),
            ("http://192.168.1.10:8000/mcp", "https://auth.example.com", true),
            ("http://my-mcp:8000/mcp", "http://keycloak:8080/realms/a", true),
            ("http://nas.lan:8000/mcp", "http://auth.example.com", false),
            ("http://169.254.7.7:8000/mcp", "http://169.254.7.7:8000/token", true),
            ("http://169.254.7.7:8000/mcp", "http://169.254.7.8:8000/token", false),
            ("http://mcp.example.com/mcp", "http://mcp.example.com", false),
            ("http://nas.lan:8000/mcp", "http://metadata.google.internal/", false),
        ] {
            let checked = Rules::new(&url(server), false).check(&url(to), "The sign-in server");
            assert_eq!(checked.is_ok(), allowed, "{server} → {to}: {checked:?}");
        }
        for (to, inside) in
            [("https://auth.example.com", false), ("https://10.0.0.9", true), ("https://keycloak", true)]
        {
            assert_eq!(Rules::is_inside(&url(to)), inside, "{to}");
        }
        let said = Rules::new(&url("https://mcp.example.com/mcp"), true);
        assert!(said.check(&url("https://10.0.0.9"), "It").is_ok());
        assert!(said.check(&url("https://169.254.169.254"), "It").is_err());
        assert!(said.check(&url("http://10.0.0.9"), "It").is_err());
        let plain = Rules::new(&url("http://mcp.example.com/mcp"), true);
        assert!(plain.check(&url("http://mcp.example.com"), "It").is_ok());
    }

    #[tokio::test]
    async fn names_are_held_to_what_they_lead_to() {
        let name = || "localhost".parse::<Name>().unwrap();
        let inside = Rules::new(&url("http://127.0.0.1/mcp"), false);
        assert!(inside.resolve(name()).await.unwrap().count() > 0);
        let outside = Rules::new(&url("https://mcp.example.com/mcp"), false);
        let Err(error) = outside.resolve(name()).await else { panic!("allowed") };
        assert!(error.is::<NotAllowed>());
    }
}

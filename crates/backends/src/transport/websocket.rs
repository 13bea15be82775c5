//! Websockets with the same trust, headers and deadlines as every other request.

use jackfield_protocol::error::{ErrorCode, Failure};
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{client::IntoClientRequest as _, protocol::WebSocketConfig},
};
use url::Url;

use super::{Transport, fault};

/// Most bytes of one message.
const MESSAGE: usize = 16 * 1024 * 1024;

/// Anything that carries bytes both ways.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

impl Transport {
    /// Opens a websocket at an `http://` or `https://` address, within the connect and the first-byte deadline.
    /// Does not go through a proxy.
    ///
    /// # Errors
    /// As for every request; `PeerRejected` when the peer does not take the handshake.
    pub(crate) async fn websocket(&self, url: &Url) -> Result<WebSocketStream<Box<dyn Wire>>, Failure> {
        let place = fault::host_of(url);
        if self.proxied {
            let message = format!("The socket at {place} cannot be opened through a proxy.");
            return Err(Failure::new(ErrorCode::PeerUnreachable, message).at("/options/proxy"));
        }
        let wire = tokio::time::timeout(self.connect, self.wire(url, &place))
            .await
            .map_err(|_| fault::connect_timeout(&place))??;
        let secure = url.scheme() == "https";
        let mut address = url.clone();
        let wrong = || Failure::new(ErrorCode::InvalidUrl, format!("No socket can be opened at {place}."));
        address.set_scheme(if secure { "wss" } else { "ws" }).map_err(|()| wrong())?;
        let mut request = address.as_str().into_client_request().map_err(|_| wrong())?;
        request.headers_mut().extend(self.headers.clone());
        let limits = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
        let opening = client_async_with_config(request, wire, Some(limits));
        let (socket, _) = tokio::time::timeout(self.first_byte, opening)
            .await
            .map_err(|_| Failure::new(ErrorCode::PeerNoAnswer, format!("{place} opened no socket in time.")))?
            .map_err(|error| {
                // The error may repeat the request line, whose query holds a token: only its kind is told.
                let status = match &error {
                    tokio_tungstenite::tungstenite::Error::Http(answer) => Some(answer.status().as_u16()),
                    _ => None,
                };
                let said = status.map_or_else(String::new, |status| format!(" (status {status})"));
                let failure =
                    Failure::new(ErrorCode::PeerRejected, format!("{place} opened no socket{said}."));
                status.map_or(failure.clone(), |status| failure.status(status))
            })?;
        Ok(socket)
    }

    async fn wire(&self, url: &Url, place: &str) -> Result<Box<dyn Wire>, Failure> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or(80);
        let tcp = TcpStream::connect((host.as_str(), port))
            .await
            .map_err(|error| fault::io_failure(&error, place))?;
        tcp.set_nodelay(true).map_err(|error| fault::io_failure(&error, place))?;
        if url.scheme() != "https" {
            return Ok(Box::new(tcp));
        }
        let name = ServerName::try_from(host).map_err(|_| {
            Failure::new(ErrorCode::InvalidUrl, format!("{place} is no name that a certificate can have."))
        })?;
        let tls = TlsConnector::from(self.tls.clone())
            .connect(name, tcp)
            .await
            .map_err(|error| fault::io_failure(&error, place))?;
        Ok(Box::new(tls))
    }
}

//! A TCP proxy that breaks connections between hub and peer.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What is done to bytes and connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Faults {
    refuse: bool,
    stall: bool,
    delay: Duration,
    cut_after: Option<u64>,
}

/// A proxy on 127.0.0.1 in front of a peer. It passes everything on until it is told otherwise. Dropping it ends
/// all its connections.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    faults: Arc<watch::Sender<Faults>>,
    cut: Arc<watch::Sender<u64>>,
    connections: Arc<watch::Sender<(usize, u64)>>,
    task: JoinHandle<()>,
}

impl FaultProxy {
    /// Starts in front of `target`.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let faults = Arc::new(watch::Sender::new(Faults::default()));
        let cut = Arc::new(watch::Sender::new(0));
        let connections = Arc::new(watch::Sender::new((0, 0)));
        let proxy =
            Proxy { target, faults: faults.clone(), cut: cut.clone(), connections: connections.clone() };
        let task = tokio::spawn(proxy.listen(listener, address));
        Ok(Self { address, faults, cut, connections, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends every open connection with RST, on both sides. New ones pass.
    pub fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }

    /// Ends each connection with RST once the peer has sent this many bytes on it, counted from its begin.
    pub fn cut_after(&self, bytes: u64) {
        self.faults.send_modify(|faults| faults.cut_after = Some(bytes));
    }

    /// Keeps sockets open, but lets no byte through in either direction.
    pub fn stall(&self) {
        self.faults.send_modify(|faults| faults.stall = true);
    }

    /// Refuses new connections; open ones stay.
    pub fn refuse(&self) {
        self.faults.send_modify(|faults| faults.refuse = true);
    }

    /// Holds every piece back for this long.
    pub fn delay(&self, delay: Duration) {
        self.faults.send_modify(|faults| faults.delay = delay);
    }

    /// Passes everything on again.
    pub fn restore(&self) {
        self.faults.send_replace(Faults::default());
    }

    /// How many connections are open now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.borrow().0
    }

    /// How many connections were ever accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.connections.borrow().1
    }

    /// Waits until at most `count` connections are open.
    pub async fn at_most(&self, count: usize) {
        // Cannot fail: the sender lives in self.
        let _ = self.connections.subscribe().wait_for(|(open, _)| *open <= count).await;
    }

    /// Ends it and waits for its end.
    pub async fn shutdown(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Proxy {
    target: SocketAddr,
    faults: Arc<watch::Sender<Faults>>,
    cut: Arc<watch::Sender<u64>>,
    connections: Arc<watch::Sender<(usize, u64)>>,
}

impl Proxy {
    async fn listen(self, first: TcpListener, address: SocketAddr) {
        let mut listener = Some(first);
        let mut faults = self.faults.subscribe();
        let mut open = JoinSet::new();
        loop {
            let refuse = faults.borrow_and_update().refuse;
            if refuse {
                listener = None;
            } else if listener.is_none() {
                listener = TcpListener::bind(address).await.ok();
            }
            let accepted = async {
                match &listener {
                    Some(listener) => listener.accept().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = faults.changed() => if changed.is_err() { return },
                Some(_) = open.join_next() => {}
                accepted = accepted => if let Ok((client, _)) = accepted {
                    let guard = Counted::new(self.connections.clone());
                    let proxy = self.clone();
                    open.spawn(async move {
                        proxy.connection(client).await;
                        drop(guard);
                    });
                },
            }
        }
    }

    async fn connection(&self, mut client: TcpStream) {
        let mut cut = self.cut.subscribe();
        cut.mark_unchanged();
        let Ok(mut peer) = TcpStream::connect(self.target).await else {
            // As if the peer itself were gone.
            let _ = client.set_zero_linger();
            return;
        };
        let _ = (client.set_nodelay(true), peer.set_nodelay(true));
        let broken = {
            let (mut from_client, mut to_client) = client.split();
            let (mut from_peer, mut to_peer) = peer.split();
            let up = pass(&mut from_client, &mut to_peer, self.faults.subscribe(), false);
            let down = pass(&mut from_peer, &mut to_client, self.faults.subscribe(), true);
            tokio::select! {
                ended = async { tokio::try_join!(up, down) } => ended.is_err(),
                _ = cut.changed() => true,
            }
        };
        if broken {
            let _ = (client.set_zero_linger(), peer.set_zero_linger());
        }
    }
}

/// Passes one direction on until its end. An error ends both directions with RST.
async fn pass(
    from: &mut tokio::net::tcp::ReadHalf<'_>,
    to: &mut tokio::net::tcp::WriteHalf<'_>,
    mut faults: watch::Receiver<Faults>,
    counted: bool,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut passed: u64 = 0;
    let gone = |_| io::Error::from(io::ErrorKind::ConnectionAborted);
    loop {
        faults.wait_for(|faults| !faults.stall).await.map_err(gone)?;
        let count = from.read(&mut buffer).await?;
        // What was read just when the stall began is held back as well.
        let now = *faults.wait_for(|faults| !faults.stall).await.map_err(gone)?;
        if !now.delay.is_zero() {
            tokio::time::sleep(now.delay).await;
        }
        if count == 0 {
            return to.shutdown().await;
        }
        let left = match now.cut_after {
            Some(limit) if counted => usize::try_from(limit.saturating_sub(passed)).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        let piece = buffer.get(..count.min(left)).unwrap_or_default();
        to.write_all(piece).await?;
        passed += piece.len() as u64;
        if left <= count {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
    }
}

/// Counts one open connection for as long as it lives.
struct Counted(Arc<watch::Sender<(usize, u64)>>);

impl Counted {
    fn new(count: Arc<watch::Sender<(usize, u64)>>) -> Self {
        count.send_modify(|(open, ever)| {
            *open += 1;
            *ever += 1;
        });
        Self(count)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|(open, _)| *open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::{Answer, ReplayServer};

    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    async fn get(proxy: &FaultProxy) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(proxy.address()).await?;
        stream.write_all(GET).await?;
        let mut got = Vec::new();
        stream.read_to_end(&mut got).await?;
        Ok(got)
    }

    #[tokio::test]
    async fn it_passes_refuses_cuts_and_passes_again() {
        let server = ReplayServer::start().await.unwrap();
        server.on("GET", "/", Answer::new(200, "text/plain", "hello"));
        let proxy = FaultProxy::start(server.address()).await.unwrap();
        assert!(get(&proxy).await.unwrap().ends_with(b"hello"));

        proxy.cut_after(12);
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        stream.write_all(GET).await.unwrap();
        let mut got = Vec::new();
        let error = stream.read_to_end(&mut got).await.unwrap_err();
        assert_eq!((got.as_slice(), error.kind()), (&b"HTTP/1.1 200"[..], io::ErrorKind::ConnectionReset));

        proxy.refuse();
        let refused = tokio::time::timeout(Duration::from_secs(5), async {
            while TcpStream::connect(proxy.address()).await.is_ok() {
                tokio::task::yield_now().await;
            }
        });
        refused.await.unwrap();

        proxy.restore();
        let restored = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                match get(&proxy).await {
                    Ok(got) => break got,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        });
        assert!(restored.await.unwrap().ends_with(b"hello"));
        proxy.at_most(0).await;
        proxy.shutdown().await;
    }

    #[tokio::test]
    async fn a_stalled_connection_stays_open_and_silent_until_it_is_cut() {
        let server = ReplayServer::start().await.unwrap();
        server.on("GET", "/", Answer::new(200, "text/plain", "hello"));
        let proxy = FaultProxy::start(server.address()).await.unwrap();
        proxy.stall();
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        stream.write_all(GET).await.unwrap();
        let mut got = [0; 1];
        let silence = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut got)).await;
        assert!(silence.is_err(), "a byte came through: {silence:?}");
        assert_eq!(proxy.connections(), 1);
        proxy.cut();
        assert_eq!(stream.read(&mut got).await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        assert!(server.requests().is_empty());
    }
}

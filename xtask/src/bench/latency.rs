//! Latency of every frame from the peer's write to the reader's read: direct, through nginx, through the hub.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use super::peer::{self, Dialect, now_us};
use crate::{
    TaskResult,
    lab::{Hub, HubOptions},
    process::{run, works},
};

/// Measures at each number of streams and prints one table.
pub(super) async fn measure(dialect: Dialect, streams: &[usize], frames: u32, pause_ms: u64) -> TaskResult {
    run("cargo", &["build", "--quiet", "--release", "-p", "jackfield"])?;
    let (peer, task) = peer::start(dialect, frames, Duration::from_millis(pause_ms)).await?;
    let folder = tempfile::tempdir()?;
    let nginx = Nginx::start(folder.path(), peer)?;
    println!(
        "{frames} frames per stream, {pause_ms} ms apart; milliseconds from the peer's write to the reader's read (the specification allows 500)"
    );
    println!(
        "{:>8} {:<10} {:>8} {:>9} {:>9} {:>9} {:>9}",
        "streams", "way", "frames", "p50", "p90", "p99", "max"
    );
    for &count in streams {
        print("direct", count, read_many(count, |n| direct(dialect, peer, n)).await?);
        match &nginx {
            Some(nginx) => {
                print("nginx", count, read_many(count, |n| direct(dialect, nginx.address, n)).await?)
            }
            None => println!("{count:>8} nginx      is not installed (apt-get install nginx)"),
        }
        let data = tempfile::tempdir()?;
        let hub = Arc::new(Hub::start(&HubOptions::new(data.path(), true)?).await?);
        let workflow = match dialect {
            Dialect::N8n => {
                hub.add_n8n("bench", &format!("http://{peer}/webhook/bench"), json!({}), json!({})).await?;
                "bench"
            }
            Dialect::Flowise => {
                let options = json!({"flows": [Dialect::FLOW]});
                hub.add("flowise", "bench", &format!("http://{peer}"), json!({}), options).await?;
                Dialect::FLOW
            }
            Dialect::Sim => {
                let options = json!({"workflows": [Dialect::FLOW]});
                hub.add("sim_studio", "bench", &format!("http://{peer}"), json!({}), options).await?;
                Dialect::FLOW
            }
        };
        print("jackfield", count, through_hub(&hub, workflow, count).await?);
    }
    task.abort();
    Ok(())
}

fn print(way: &str, streams: usize, mut latencies: Vec<u64>) {
    latencies.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let index = ((latencies.len().saturating_sub(1)) as f64 * share) as usize;
        latencies.get(index).map_or(0.0, |us| Duration::from_micros(*us).as_secs_f64() * 1000.0)
    };
    let (p50, p90, p99, max) = (at(0.5), at(0.9), at(0.99), at(1.0));
    println!("{streams:>8} {way:<10} {:>8} {p50:>9.2} {p90:>9.2} {p99:>9.2} {max:>9.2}", latencies.len());
}

async fn read_many<F, Fut>(count: usize, read: F) -> TaskResult<Vec<u64>>
where
    F: Fn(usize) -> Fut,
    Fut: Future<Output = TaskResult<Vec<u64>>> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for n in 0..count {
        tasks.spawn(read(n));
    }
    let mut all = Vec::new();
    while let Some(one) = tasks.join_next().await {
        all.extend(one??);
    }
    Ok(all)
}

async fn direct(dialect: Dialect, address: SocketAddr, n: usize) -> TaskResult<Vec<u64>> {
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        dialect.path(n)
    );
    read_times(address, &request).await
}

/// Each stream starts its run and reads it from the first event on, as the direct ones do.
async fn through_hub(hub: &Arc<Hub>, workflow: &'static str, count: usize) -> TaskResult<Vec<u64>> {
    let address: SocketAddr = hub.url.trim_start_matches("http://").parse()?;
    read_many(count, |_| {
        let hub = hub.clone();
        async move {
            let start = json!({"backend": "bench", "workflow": workflow, "input": {"text": "hi"}});
            let run = hub.post("runs", start).await?;
            let id = run["id"].as_str().ok_or("no run id")?.to_owned();
            let request = format!(
                "GET /api/v1/runs/{id}/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n",
                hub.token()
            );
            read_times(address, &request).await
        }
    })
    .await
}

/// Reads to the end of the connection and notes the age of every `@microseconds@` that comes by.
async fn read_times(address: SocketAddr, request: &str) -> TaskResult<Vec<u64>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes()).await?;
    let mut latencies = Vec::new();
    let mut rest: Vec<u8> = Vec::new();
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(latencies);
        }
        let now = now_us();
        rest.extend_from_slice(&buffer[..read]);
        while let Some(first) = rest.iter().position(|byte| *byte == b'@') {
            let Some(length) = rest[first + 1..].iter().position(|byte| *byte == b'@') else { break };
            let text = String::from_utf8_lossy(&rest[first + 1..first + 1 + length]).into_owned();
            if let Ok(sent) = text.parse::<u64>() {
                latencies.push(now.saturating_sub(sent));
            }
            rest.drain(..first + length + 2);
        }
        if !rest.contains(&b'@') {
            rest.clear();
        }
    }
}

/// nginx as a plain streaming proxy before the peer; ended when dropped.
struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Nginx {
    fn start(folder: &Path, peer: SocketAddr) -> TaskResult<Option<Self>> {
        if !works("nginx", &["-v"]) {
            return Ok(None);
        }
        let address = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
        let configuration = format!(
            "daemon off; worker_processes 1; pid {0}/nginx.pid; error_log {0}/error.log;\n\
             events {{ worker_connections 8192; }}\n\
             http {{ access_log off; server {{ listen {address};\n\
             location / {{ proxy_pass http://{peer}; proxy_http_version 1.1; proxy_buffering off; }} }} }}\n",
            folder.display()
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration)?;
        let child =
            Command::new("nginx").arg("-c").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        for _ in 0..200 {
            if std::net::TcpStream::connect(address).is_ok() {
                return Ok(Some(Self { child, address }));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("nginx did not start".into())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

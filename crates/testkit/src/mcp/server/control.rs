//! A server that is a process of its own, watched and steered by the test that a client under test starts it for. It connects to the test,
//! tells what it hears and does, one JSON object a line, and takes commands.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{Face, Heard, Revision, Script, stdio::serve_world, world::World};

/// How `odd-mcp good` is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StdioOptions {
    /// How the server is to be.
    pub script: Script,
    /// Where the test listens.
    pub control: Option<SocketAddr>,
}

impl StdioOptions {
    /// From the arguments of the program.
    ///
    /// # Errors
    /// A sentence about the argument that is not known.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut found = Self { script: Script::both(), control: None };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            if name == "--recorded" {
                found.script = found.script.as_recorded();
                continue;
            }
            let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
            let unknown = || format!("{name} cannot be {value}");
            match name.as_str() {
                "--era" => {
                    found.script = match value.as_str() {
                        "legacy" => Script::legacy(),
                        "modern" => Script::modern(),
                        "both" => Script::both(),
                        _ => return Err(unknown()),
                    }
                }
                "--face" => {
                    found.script = match value.as_str() {
                        "lab" => Script::both(),
                        "everything" => Script::everything(),
                        _ => return Err(unknown()),
                    }
                }
                "--revisions" => {
                    let revisions: Option<Vec<_>> = value.split(',').map(Revision::parse).collect();
                    found.script.revisions = revisions.ok_or_else(unknown)?;
                    if found.script.speaks_modern() && found.script.face == Face::Everything {
                        return Err("server-everything does not speak 2026-07-28".to_owned());
                    }
                }
                "--page-size" => found.script.page_size = Some(value.parse().map_err(|_| unknown())?),
                "--control" => found.control = Some(value.parse().map_err(|_| unknown())?),
                _ => return Err(format!("{name} is not known")),
            }
        }
        Ok(found)
    }
}

/// Serves one client with these options; gives the exit code.
///
/// # Errors
/// As [`super::serve_stdio`], and when the test cannot be reached.
pub async fn serve_options(
    options: StdioOptions,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin,
) -> io::Result<u8> {
    let world = Arc::new(World::new(options.script)?);
    let Some(address) = options.control else { return serve_world(&world, input, output).await };
    let (commands, mut reports) = TcpStream::connect(address).await?.into_split();
    let mut told = 0;
    report(&world, &mut told, &mut reports).await?;
    let mut news = world.news.subscribe();
    let telling = async {
        loop {
            if news.changed().await.is_err() || report(&world, &mut told, &mut reports).await.is_err() {
                return std::future::pending().await;
            }
        }
    };
    let end = tokio::select! {
        end = serve_world(&world, input, output) => end,
        code = obey(&world, BufReader::new(commands)) => Ok(code),
        never = telling => never,
    };
    let _ = report(&world, &mut told, &mut reports).await;
    end
}

/// Tells what was heard since the last report, and all counts.
async fn report(world: &World, told: &mut usize, reports: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    let heard = world.heard();
    let new: Vec<Value> = heard.iter().skip(*told).map(|heard| heard.message.clone()).collect();
    *told = heard.len();
    let line = {
        let counts = world.counts();
        json!({
            "pid": std::process::id(), "heard": new, "calls": counts.calls, "effects": counts.effects, "cancelled": counts.cancelled,
            "subscriptions": world.listeners().len(),
        })
    };
    reports.write_all(format!("{line}\n").as_bytes()).await?;
    reports.flush().await
}

/// Does what the test says until it leaves; then goes on without it.
async fn obey(world: &World, commands: impl AsyncRead + Unpin) -> u8 {
    let mut lines = BufReader::new(commands).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let command: Value = serde_json::from_str(&line).unwrap_or_default();
        match command["do"].as_str().unwrap_or_default() {
            "let_go" => world
                .gate()
                .let_go(command["count"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(1)),
            "open_gate" => world.gate().open(),
            "announce_tools" => world.tools_changed(),
            "exit" => return command["code"].as_u64().and_then(|code| code.try_into().ok()).unwrap_or(1),
            "say" => {
                for session in world.sessions().values() {
                    session.general.say(command["message"].clone());
                }
            }
            _ => {}
        }
    }
    std::future::pending().await
}

/// One start of the program.
#[derive(Debug, Default, Clone)]
struct Started {
    pid: u32,
    heard: Vec<Heard>,
    counts: Value,
    alive: bool,
    commands: Option<mpsc::UnboundedSender<String>>,
}

/// The test's side: pass [`StdioWatch::arguments`] to the program `odd-mcp`. Every start of the program is listed.
#[derive(Debug)]
pub struct StdioWatch {
    address: SocketAddr,
    starts: Arc<Mutex<Vec<Started>>>,
    news: watch::Sender<u64>,
    task: JoinHandle<()>,
}

fn lock(starts: &Mutex<Vec<Started>>) -> MutexGuard<'_, Vec<Started>> {
    starts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StdioWatch {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let starts = Arc::new(Mutex::new(Vec::new()));
        let news = watch::Sender::new(0);
        let (all, tell) = (starts.clone(), news.clone());
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(attend(stream, all.clone(), tell.clone()));
            }
        });
        Ok(Self { address, starts, news, task })
    }

    /// `good`, these options, and where the test listens.
    #[must_use]
    pub fn arguments(&self, options: &[&str]) -> Vec<String> {
        let mut arguments = vec!["good".to_owned()];
        arguments.extend(options.iter().map(|&option| option.to_owned()));
        arguments.extend(["--control".to_owned(), self.address.to_string()]);
        arguments
    }

    /// Process ids of all starts so far, in order.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        lock(&self.starts).iter().map(|start| start.pid).collect()
    }

    /// How many of them run, as far as they can be heard.
    #[must_use]
    pub fn alive(&self) -> usize {
        lock(&self.starts).iter().filter(|start| start.alive).count()
    }

    /// Everything that was said to all of them, in order of the starts.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        lock(&self.starts).iter().flat_map(|start| start.heard.clone()).collect()
    }

    fn sum(&self, what: &str, tool: &str) -> u64 {
        lock(&self.starts).iter().filter_map(|start| start.counts[what][tool].as_u64()).sum()
    }

    /// How often a tool was called in all starts together; further rounds of one call are not counted.
    #[must_use]
    pub fn calls(&self, tool: &str) -> u64 {
        self.sum("calls", tool)
    }

    /// See [`super::SimulatedMcp::effects`]; all starts together.
    #[must_use]
    pub fn effects(&self, tool: &str) -> u64 {
        self.sum("effects", tool)
    }

    /// How many calls of a tool were cancelled, in all starts together.
    #[must_use]
    pub fn cancelled(&self, tool: &str) -> usize {
        let count = |start: &Started| {
            start.counts["cancelled"]
                .as_array()
                .map_or(0, |names| names.iter().filter(|name| *name == tool).count())
        };
        lock(&self.starts).iter().map(count).sum()
    }

    fn command(&self, command: &Value) {
        for start in lock(&self.starts).iter() {
            if let Some(commands) = &start.commands {
                // One that has left needs no command.
                let _ = commands.send(format!("{command}\n"));
            }
        }
    }

    /// Lets `count` calls of `hold` go, in each that runs.
    pub fn let_go(&self, count: usize) {
        self.command(&json!({"do": "let_go", "count": count}));
    }

    /// Says that the list of tools has changed.
    pub fn announce_tools(&self) {
        self.command(&json!({"do": "announce_tools"}));
    }

    /// Writes this message, whatever it is.
    pub fn say(&self, message: &Value) {
        self.command(&json!({"do": "say", "message": message}));
    }

    /// Exits with this code, at once.
    pub fn exit(&self, code: u8) {
        self.command(&json!({"do": "exit", "code": code}));
    }

    /// Waits until something holds; looks again after each report.
    pub async fn until(&self, holds: impl Fn(&Self) -> bool) {
        let mut news = self.news.subscribe();
        while !holds(self) {
            if news.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Drop for StdioWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn attend(stream: TcpStream, starts: Arc<Mutex<Vec<Started>>>, news: watch::Sender<u64>) {
    let (reports, mut orders) = stream.into_split();
    let (commands, mut queue) = mpsc::unbounded_channel::<String>();
    let place = {
        let mut all = lock(&starts);
        all.push(Started { alive: true, commands: Some(commands), ..Started::default() });
        all.len() - 1
    };
    let reading = async {
        let mut lines = BufReader::new(reports).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut report: Value = serde_json::from_str(&line).unwrap_or_default();
            let heard = report["heard"].take();
            if let Some(start) = lock(&starts).get_mut(place) {
                start.pid = report["pid"].as_u64().and_then(|pid| pid.try_into().ok()).unwrap_or_default();
                start.heard.extend(heard.as_array().into_iter().flatten().cloned().map(Heard::line));
                start.counts = report;
            }
            news.send_modify(|count| *count += 1);
        }
    };
    let writing = async {
        while let Some(command) = queue.recv().await {
            if orders.write_all(command.as_bytes()).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = reading => {}
        () = writing => {}
    }
    if let Some(start) = lock(&starts).get_mut(place) {
        start.alive = false;
        start.commands = None;
    }
    news.send_modify(|count| *count += 1);
}

/// Process ids and whether each of them still exists, as the operating system sees it.
#[cfg(target_os = "linux")]
#[must_use]
pub fn processes(pids: &[u32]) -> BTreeMap<u32, bool> {
    let lives = |pid: u32| {
        // A process that has ended and was not waited for is listed as Z.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| !rest.trim_start().is_empty() && !rest.trim_start().starts_with('Z'))
    };
    pids.iter().map(|pid| (*pid, lives(*pid))).collect()
}

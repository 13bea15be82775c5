//! The connection to a local server: one task owns the process and its pipes, and hands messages to and from the SDK.

use std::{io, sync::Arc, time::Duration};

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    frame::{JsonLinesDecoder, Limits},
};
use rmcp::{
    RoleClient,
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{ChildStderr, ChildStdin, ChildStdout},
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    program::{LocalPrograms, Process},
    splice::{Line, Splicer},
};
use crate::mcp::{
    config::Program,
    journal::Journal,
    wire::{Wire, too_large},
};

/// How many messages wait for the SDK before the server is made to wait.
const WAITING: usize = 256;
/// How many bytes that are no message a server may print in a row before it is given up.
const MOST_NOISE: usize = 64 * 1024 * 1024;
/// How many bytes are read at once.
const CHUNK: usize = 64 * 1024;

/// How long a program that closed its output may take to end.
const ENDING: Duration = Duration::from_millis(500);

/// What the driver is told.
enum Order {
    /// A line to send.
    Send(Vec<u8>),
    /// The question about the newest revision goes out: it is watched.
    Probe(Vec<u8>),
}

/// The SDK's end of a local server.
pub(crate) struct StdioTransport {
    wire: Wire,
    orders: mpsc::UnboundedSender<Order>,
    inbound: mpsc::Receiver<RxJsonRpcMessage<RoleClient>>,
    stop: CancellationToken,
    driver: Option<JoinHandle<()>>,
}

impl StdioTransport {
    /// Starts the program.
    ///
    /// # Errors
    /// `PeerProcess` when it cannot be started.
    pub(crate) fn start(
        program: &Program,
        local: &Arc<LocalPrograms>,
        wire: &Wire,
        limit: usize,
        probe: Duration,
    ) -> Result<Self, Failure> {
        let (process, pipes) = Process::start(program, local)?;
        wire.journal().hub(format!("started '{}'", program.command));
        let (orders, todo) = mpsc::unbounded_channel();
        let (sender, inbound) = mpsc::channel(WAITING);
        let stop = CancellationToken::new();
        let driver = Driver {
            program: program.clone(),
            local: local.clone(),
            wire: wire.clone(),
            limit,
            probe,
            todo,
            sdk: sender,
            stop: stop.clone(),
        };
        let connection = Connection::new(process, pipes, wire.journal(), limit);
        let driver = tokio::spawn(driver.run(connection));
        Ok(Self { wire: wire.clone(), orders, inbound, stop, driver: Some(driver) })
    }
}

impl Transport<RoleClient> for StdioTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        // Enqueued right here: what is sent first goes out first.
        let sent = self.wire.outbound(&item).map_err(io::Error::other).and_then(|(value, id)| {
            if let Some(id) = id {
                self.wire.mark_sent(id);
            }
            let mut line = serde_json::to_vec(&value).map_err(io::Error::other)?;
            line.push(b'\n');
            let order = match value["method"].as_str() {
                Some("server/discover") => Order::Probe(line),
                _ => Order::Send(line),
            };
            self.orders.send(order).map_err(|_| io::ErrorKind::BrokenPipe.into())
        });
        std::future::ready(sent)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        self.inbound.recv().await
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.stop.cancel();
        if let Some(driver) = self.driver.take() {
            // It ends by itself, bounded by the graces of the process.
            let _ = driver.await;
        }
        Ok(())
    }
}

impl Drop for StdioTransport {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

struct Driver {
    program: Program,
    local: Arc<LocalPrograms>,
    wire: Wire,
    limit: usize,
    probe: Duration,
    todo: mpsc::UnboundedReceiver<Order>,
    sdk: mpsc::Sender<RxJsonRpcMessage<RoleClient>>,
    stop: CancellationToken,
}

/// One running process with its pipes and readers.
struct Connection {
    process: Process,
    lines: mpsc::UnboundedSender<Vec<u8>>,
    writer: JoinHandle<()>,
    stdout: ChildStdout,
    decoder: JsonLinesDecoder,
    splicer: Splicer,
    noise: usize,
    has_spoken: bool,
    /// The line that is coming is too long, and who waits for it has been told.
    told_too_long: bool,
}

impl Connection {
    fn new(process: Process, pipes: super::program::Pipes, journal: &Journal, limit: usize) -> Self {
        let (lines, queue) = mpsc::unbounded_channel();
        tokio::spawn(listen(pipes.stderr, journal.clone()));
        Self {
            process,
            lines,
            writer: tokio::spawn(write(pipes.stdin, queue)),
            stdout: pipes.stdout,
            decoder: JsonLinesDecoder::new(Limits { line: limit, frame: limit }),
            splicer: Splicer::default(),
            noise: 0,
            has_spoken: false,
            told_too_long: false,
        }
    }

    /// Closes its input, and sees it to its end.
    async fn stop(self) {
        self.writer.abort();
        drop((self.lines, self.stdout));
        // The input is closed once the writer is gone.
        let _ = self.writer.await;
        self.process.stop().await;
    }
}

/// Why a driver stops.
enum Over {
    /// It was asked to.
    Stopped,
    /// The process ended, or its output.
    Ended(String),
    /// It floods.
    Flood,
}

impl Driver {
    async fn run(mut self, mut connection: Connection) {
        let mut probing = None;
        let mut buffer = vec![0; CHUNK];
        let over = loop {
            let over = match self.turn(&mut connection, &mut probing, &mut buffer).await {
                Some(over) => over,
                None => continue,
            };
            // A server that dies of a question it does not know is started again, and not asked again.
            if let (Over::Ended(how), Some(_), false) = (&over, &probing, connection.has_spoken) {
                self.wire.journal().hub(format!(
                    "'{}' {how} when asked for the newest revision; started again",
                    self.program.command
                ));
                match Process::start(&self.program, &self.local) {
                    Ok((process, pipes)) => {
                        let old = std::mem::replace(
                            &mut connection,
                            Connection::new(process, pipes, self.wire.journal(), self.limit),
                        );
                        old.stop().await;
                        probing = None;
                        let answer = self.wire.give_up_probe();
                        self.hand_over(answer).await;
                        continue;
                    }
                    Err(failure) => break Over::Ended(failure.message),
                }
            }
            break over;
        };
        self.wire.lose_all(&self.why(&over));
        drop(self.sdk);
        connection.stop().await;
    }

    /// Does the next thing; `Some` when it was the last.
    async fn turn(
        &mut self,
        connection: &mut Connection,
        probing: &mut Option<Instant>,
        buffer: &mut [u8],
    ) -> Option<Over> {
        let until = *probing;
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Some(Over::Stopped),
            order = self.todo.recv() => {
                match order {
                    Some(Order::Send(line)) => drop(connection.lines.send(line)),
                    Some(Order::Probe(line)) => {
                        *probing = Some(Instant::now() + self.probe);
                        drop(connection.lines.send(line));
                    }
                    None => return Some(Over::Stopped),
                }
                None
            }
            () = wait_until(until) => {
                *probing = None;
                self.wire.journal().hub("no answer to the question for the newest revision; trying an older one");
                let answer = self.wire.give_up_probe();
                self.hand_over(answer).await;
                None
            }
            read = connection.stdout.read(buffer) => match read {
                Ok(0) | Err(_) => {
                    // A program may close its output and go on.
                    let how = timeout(ENDING, connection.process.ended()).await;
                    Some(Over::Ended(how.unwrap_or_else(|_| "closed its output".to_owned())))
                }
                Ok(count) => self.read(connection, probing, buffer.get(..count)?).await,
            },
        }
    }

    async fn read(
        &mut self,
        connection: &mut Connection,
        probing: &mut Option<Instant>,
        bytes: &[u8],
    ) -> Option<Over> {
        connection.decoder.push(bytes);
        for line in connection.decoder.by_ref() {
            let messages = match line {
                Ok(line) => match connection.splicer.push(&line.bytes) {
                    Line::Message(message) => {
                        connection.has_spoken = true;
                        connection.noise = 0;
                        self.wire.inbound(message, None)
                    }
                    Line::Part => Vec::new(),
                    Line::Noise(texts) => {
                        connection.noise += line.bytes.len();
                        for text in texts {
                            self.wire.journal().stdout(text);
                        }
                        Vec::new()
                    }
                },
                Err(_) if std::mem::take(&mut connection.told_too_long) => Vec::new(),
                Err(fault) => {
                    self.wire.unreadable(&fault.kept, None, &too_large(self.limit)).into_iter().collect()
                }
            };
            for message in messages {
                *probing = None;
                if !self.hand_over(Some(message)).await {
                    return Some(Over::Stopped);
                }
            }
            if connection.noise > MOST_NOISE {
                return Some(Over::Flood);
            }
        }
        self.overlong(connection, bytes.len()).await
    }

    /// A line that is too long fails the request that it answers before its end, which may never come.
    async fn overlong(&self, connection: &mut Connection, more: usize) -> Option<Over> {
        let beginning = connection.decoder.too_long()?;
        if !connection.told_too_long {
            let message = self.wire.unreadable(beginning, None, &too_large(self.limit));
            connection.told_too_long = true;
            self.hand_over(message).await;
        }
        connection.noise += more;
        (connection.noise > MOST_NOISE).then_some(Over::Flood)
    }

    /// Hands a message to the SDK; false when it is gone.
    async fn hand_over(&self, message: Option<Value>) -> bool {
        let Some(message) = message else { return true };
        match serde_json::from_value(message) {
            Ok(message) => {
                // A stop must not wait for an SDK that does not read any more.
                self.stop.run_until_cancelled(self.sdk.send(message)).await.is_some_and(|sent| sent.is_ok())
            }
            Err(error) => {
                self.wire.journal().hub(format!("a message could not be read: {error}"));
                true
            }
        }
    }

    fn why(&self, over: &Over) -> Failure {
        let name = &self.program.command;
        let message = match over {
            Over::Stopped => format!("The connection to '{name}' was closed."),
            Over::Ended(how) => match self.wire.journal().last_words() {
                Some(words) => format!("'{name}' {how}. It said: {words}"),
                None => format!("'{name}' {how}."),
            },
            Over::Flood => format!("'{name}' floods its standard output with what is no message."),
        };
        self.wire.journal().hub(message.clone());
        Failure::new(ErrorCode::PeerProcess, message)
            .hint("The backend's log has its last lines; it is started again by itself.")
    }
}

async fn wait_until(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// Writes lines; ends when the pipe is broken or nobody sends any more. The reader's end tells that the process is gone.
async fn write(mut stdin: ChildStdin, mut queue: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(line) = queue.recv().await {
        if stdin.write_all(&line).await.is_err() || stdin.flush().await.is_err() {
            return;
        }
    }
}

/// Keeps what a program says on standard error, line by line, whatever it is.
async fn listen(stderr: ChildStderr, journal: Journal) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line without end is cut, so that it costs no more than its bound.
        let read = (&mut reader).take(8 * 1024).read_until(b'\n', &mut line).await;
        match read {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                let text = text.trim_end();
                if !text.is_empty() {
                    journal.stderr(text.to_owned());
                }
            }
        }
    }
}

//! Measurements. They print figures and judge nothing: the machines they run on are shared and noisy.

mod discovery;
mod latency;
mod mcp;
mod peer;

use clap::Subcommand;

use crate::TaskResult;

/// What to measure.
#[derive(Subcommand)]
pub(crate) enum What {
    /// Discovery of many backends of all platforms, one after the other and all at once.
    Discovery {
        /// How many backends.
        #[arg(long, default_value_t = 20)]
        backends: usize,
    },
    /// Tool calls over Streamable HTTP: with the SDK directly, and through Jackfield's client.
    Mcp {
        /// How many callers at once.
        #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
        callers: Vec<usize>,
        /// Calls of each measurement.
        #[arg(long, default_value_t = 2000)]
        calls: usize,
    },
    /// Added latency of an event between the peer's byte on the wire and the reader's byte, with the log on disk; beside the same
    /// stream read directly and through nginx.
    Latency {
        /// As which platform the peer speaks.
        #[arg(long, default_value = "n8n")]
        platform: peer::Dialect,
        /// How many streams at once.
        #[arg(long, value_delimiter = ',', default_value = "1,100,1000")]
        streams: Vec<usize>,
        /// Frames per stream.
        #[arg(long, default_value_t = 100)]
        frames: u32,
        /// Milliseconds between two frames of one stream.
        #[arg(long, default_value_t = 100)]
        pause_ms: u64,
    },
}

/// Measures.
pub(crate) fn run(what: What) -> TaskResult {
    if let What::Mcp { callers, calls } = &what {
        return mcp::measure(callers, *calls);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match what {
        What::Mcp { .. } => Ok(()),
        What::Discovery { backends } => runtime.block_on(discovery::measure(backends)),
        What::Latency { platform, streams, frames, pause_ms } => {
            runtime.block_on(latency::measure(platform, &streams, frames, pause_ms))
        }
    }
}

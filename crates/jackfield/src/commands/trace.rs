//! `jackfield trace`: what happened inside a run.

use clap::Args;
use jackfield_protocol::{error::Failure, ids::RunId};

use super::Context;
use crate::{
    exit::Exit,
    output::{TreeOptions, tree},
};

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// The run
    run: RunId,
    /// Show what went in and out of every step
    #[arg(long)]
    io: bool,
    /// Deepest level to show, from 1
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..))]
    depth: Option<u8>,
}

/// Draws the trace.
pub(crate) async fn trace(args: TraceArgs, context: &Context) -> Result<Exit, Failure> {
    let trace = context.client()?.trace(args.run).await?;
    let out = &context.out;
    if out.json {
        out.document(&trace)?;
    } else {
        let options = TreeOptions { depth: args.depth.map(usize::from), io: args.io };
        out.lines(tree(&trace, options, out.width, out.style));
    }
    Ok(Exit::Done)
}

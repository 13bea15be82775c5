//! An MCP server over stdio for tests. `odd-mcp MODE` misbehaves in one way (`odd-mcp` lists them); `odd-mcp good [OPTIONS]` behaves:
//! `--era legacy|modern|both`, `--revisions 2024-11-05,…`, `--face lab|everything`, `--recorded` (only what recordings have), `--page-size N`,
//! `--control ADDRESS` (a test that watches and steers it).
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for tests")]

use std::process::ExitCode;

use jackfield_testkit::mcp::{odd, server};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        None | Some("--help") => {
            println!("{:22} behaves; --era legacy|modern|both and more: see the source", "good");
            for mode in odd::STDIO {
                println!("{:22} {}", mode.name, mode.what);
            }
            ExitCode::SUCCESS
        }
        Some("good") => good(arguments.get(1..).unwrap_or_default()),
        Some("linger") => {
            odd::linger();
            ExitCode::SUCCESS
        }
        Some("stubborn") => stubborn(),
        Some(mode) if odd::STDIO.iter().any(|known| known.name == mode) => {
            ended(odd::serve(mode, std::io::stdin().lock(), std::io::stdout()))
        }
        Some(other) => {
            eprintln!("odd-mcp: there is no mode {other}; without arguments it lists them");
            ExitCode::from(2)
        }
    }
}

/// A client that left is no failure.
fn ended(end: std::io::Result<u8>) -> ExitCode {
    end.map_or(ExitCode::SUCCESS, ExitCode::from)
}

fn good(arguments: &[String]) -> ExitCode {
    let options = match server::StdioOptions::parse(arguments) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("odd-mcp good: {problem}");
            return ExitCode::from(2);
        }
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let end = runtime.block_on(server::serve_options(options, tokio::io::stdin(), tokio::io::stdout()));
    // A thread that still waits for stdin would keep the program.
    runtime.shutdown_background();
    match end {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("odd-mcp good: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves, then stays for a minute, whatever it is told; SIGTERM does nothing.
fn stubborn() -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
    else {
        return ExitCode::FAILURE;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // From now on the signal is caught, for as long as the program runs.
        let _guard = runtime.enter();
        if signal(SignalKind::terminate()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    let _ = odd::serve("stubborn", std::io::stdin().lock(), std::io::stdout());
    eprintln!("stubborn: stdin has ended, and it stays");
    odd::linger();
    ExitCode::SUCCESS
}

//! Exit codes: 0 done, 1 the run or call failed, 2 wrong usage, 3 peer unreachable, 4 not authorised,
//! 130 interrupted. Scripts rely on them.

use jackfield_protocol::{
    error::ErrorCode,
    event::{Outcome, Transcript},
};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// The run or call failed.
    Failed,
    /// Wrong usage.
    Usage,
    /// The hub or the peer cannot be reached.
    Unreachable,
    /// The hub or the peer refuses the credential.
    Unauthorised,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Unauthorised => 4,
            Self::Interrupted => 130,
        }
    }

    /// What an error means for the exit code.
    pub(crate) fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::InvalidRequest
            | ErrorCode::InvalidJson
            | ErrorCode::InvalidUrl
            | ErrorCode::InvalidConfig
            | ErrorCode::InvalidInput => Self::Usage,
            ErrorCode::PeerUnreachable
            | ErrorCode::PeerProcess
            | ErrorCode::PeerConnectTimeout
            | ErrorCode::PeerTls
            | ErrorCode::PeerNoAnswer => Self::Unreachable,
            ErrorCode::Unauthenticated
            | ErrorCode::ForbiddenHost
            | ErrorCode::ForbiddenOrigin
            | ErrorCode::PeerUnauthorized
            | ErrorCode::PeerSignIn
            | ErrorCode::PeerScopeMissing
            | ErrorCode::PeerEntryAuth => Self::Unauthorised,
            _ => Self::Failed,
        }
    }

    /// What the end of a run means for the exit code: a failed run that never got past its peer's door says so.
    pub(crate) fn of_run(transcript: &Transcript) -> Self {
        match transcript.done.as_ref().map(|done| done.outcome) {
            Some(Outcome::Succeeded) => Self::Done,
            Some(Outcome::Failed) => {
                let fatal = transcript.errors.iter().rev().find(|error| error.fatal);
                match fatal.map(|error| Self::of(error.code)) {
                    Some(exit @ (Self::Unreachable | Self::Unauthorised)) => exit,
                    _ => Self::Failed,
                }
            }
            Some(Outcome::Cancelled | Outcome::Unknown) | None => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_that_scripts_rely_on() {
        assert_eq!(Exit::of(ErrorCode::InvalidInput).code(), 2);
        assert_eq!(Exit::of(ErrorCode::PeerUnreachable).code(), 3);
        assert_eq!(Exit::of(ErrorCode::Unauthenticated).code(), 4);
        assert_eq!(Exit::of(ErrorCode::WorkflowFailed).code(), 1);
        assert_eq!(Exit::Interrupted.code(), 130);
    }
}

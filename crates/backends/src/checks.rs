//! The list of checks that a connection test makes, and the state that follows from it.

use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::{Check, CheckStatus, HealthState},
};

/// Name of the check that decides whether the peer can be reached at all.
pub(crate) const REACHABLE: &str = "reachable";

/// Collects checks.
#[derive(Default)]
pub(crate) struct Checks(Vec<Check>);

impl Checks {
    pub(crate) fn passed(&mut self, name: &str, message: impl Into<String>) {
        self.push(name, CheckStatus::Passed, message, None);
    }

    pub(crate) fn skipped(&mut self, name: &str, message: impl Into<String>) {
        self.push(name, CheckStatus::Skipped, message, None);
    }

    pub(crate) fn warning(&mut self, name: &str, failure: Failure) {
        self.push(name, CheckStatus::Warning, failure.message.clone(), Some(failure));
    }

    pub(crate) fn failed(&mut self, name: &str, failure: Failure) {
        self.push(name, CheckStatus::Failed, failure.message.clone(), Some(failure));
    }

    fn push(
        &mut self,
        name: &str,
        status: CheckStatus,
        message: impl Into<String>,
        failure: Option<Failure>,
    ) {
        self.0.push(Check { name: name.to_owned(), status, message: message.into(), failure });
    }

    /// Whether a check failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.iter().any(|check| check.status == CheckStatus::Failed)
    }

    /// The state that follows: what answers at all is at worst degraded, unless it refuses the key.
    pub(crate) fn state(&self) -> HealthState {
        match self.0.iter().find(|check| check.status == CheckStatus::Failed) {
            Some(check) if check.failure.as_ref().is_some_and(|why| why.code == ErrorCode::PeerSignIn) => {
                HealthState::SignInRequired
            }
            Some(check)
                if check.failure.as_ref().is_some_and(|why| why.code == ErrorCode::PeerUnauthorized) =>
            {
                HealthState::Unauthorized
            }
            Some(check) if check.name == REACHABLE => HealthState::Unreachable,
            Some(_) => HealthState::Degraded,
            None if self.0.iter().any(degrades) => HealthState::Degraded,
            None => HealthState::Connected,
        }
    }

    pub(crate) fn into_list(self) -> Vec<Check> {
        self.0
    }
}

/// An old version that is supported works as well as it ever will: its warning says what it lacks.
fn degrades(check: &Check) -> bool {
    check.status == CheckStatus::Warning
        && check.failure.as_ref().is_none_or(|failure| failure.code != ErrorCode::PeerTooOld)
}

//! Names that are allowed and free, servers that are there already, and the choice of what is added.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use url::Url;

use super::{Imported, draft::STDIO};
use crate::{
    api::{ImportEntry, ImportStatus},
    error::{ErrorCode, Failure},
    model::{Backend, Platform},
};

/// Longest name of a backend, in characters.
const NAME: usize = 80;

impl Imported {
    /// Gives every server a name that no backend has, and marks those that are there already: the same command line, or the
    /// same address.
    pub fn settle(&mut self, backends: &[Backend]) {
        let mut taken: BTreeSet<String> = backends.iter().map(|backend| backend.name.clone()).collect();
        let own = backends.iter().filter(|backend| backend.platform == Platform::Mcp);
        let mut known: BTreeMap<String, String> = own
            .filter_map(|backend| {
                Some((identity(&backend.base_url, backend.options.as_object()?), backend.name.clone()))
            })
            .collect();
        let mut served: BTreeSet<String> = BTreeSet::new();
        for candidate in &mut self.candidates {
            let entry = &mut candidate.entry;
            entry.name = free_name(&entry.name, &taken);
            // The ways to one server of a registry share a name: only one of them is meant to be added.
            if entry.way.is_none() {
                taken.insert(entry.name.clone());
            }
            let Some(identity) = candidate.identity.clone() else { continue };
            entry.is_duplicate_of = known.get(&identity).cloned();
            known.entry(identity).or_insert_with(|| entry.name.clone());
            let Some(backend) = &mut candidate.backend else { continue };
            backend.name.clone_from(&entry.name);
            if entry.is_duplicate_of.is_some() {
                entry.status = ImportStatus::Duplicate;
            } else if entry.way.is_some() && !served.insert(entry.original_name.clone()) {
                entry.status = ImportStatus::Alternative;
            }
        }
    }

    /// Keeps the backends that are to be added: those that were chosen, or every one that is ready. The others become
    /// skipped, or keep the reason for which they cannot be added.
    ///
    /// # Errors
    /// `NotFound` when something was chosen that is not there.
    pub fn choose(&mut self, chosen: Option<&[String]>) -> Result<(), Failure> {
        let mut picked: BTreeSet<usize> = BTreeSet::new();
        match chosen {
            Some(chosen) => {
                for wanted in chosen {
                    picked.extend(self.named(wanted)?);
                }
            }
            None => {
                let all = self.candidates.iter().enumerate();
                picked
                    .extend(all.filter(|(_, one)| one.entry.status == ImportStatus::Ready).map(|(at, _)| at));
            }
        }
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (at, candidate) in self.candidates.iter_mut().enumerate() {
            let entry = &mut candidate.entry;
            if !picked.contains(&at) {
                candidate.backend = None;
                if matches!(entry.status, ImportStatus::Ready | ImportStatus::Alternative) {
                    entry.status = ImportStatus::Skipped;
                }
                continue;
            }
            // Two ways to one server have one name until both are wanted.
            entry.name = free_name(&entry.name, &names);
            names.insert(entry.name.clone());
            if let Some(backend) = &mut candidate.backend {
                backend.name.clone_from(&entry.name);
            }
            if entry.status == ImportStatus::NeedsVariables {
                let missing: Vec<&str> =
                    entry.variables_missing.iter().map(|variable| variable.name.as_str()).collect();
                let message = format!("Values are missing: {}.", missing.join(", "));
                let failure = Failure::new(ErrorCode::InvalidRequest, message).hint("Give a value for each.");
                entry.problem = Some(failure.at("/variables"));
            }
        }
        Ok(())
    }

    /// Positions of what is meant by a name: the name of the new backend, else the one in the document, else a way. Of
    /// several ways to one server only the first that can be added is meant, unless ways themselves are named.
    fn named(&self, wanted: &str) -> Result<Vec<usize>, Failure> {
        let with = |fits: &dyn Fn(&ImportEntry) -> bool| -> Vec<usize> {
            let all = self.candidates.iter().enumerate();
            all.filter(|(_, candidate)| fits(&candidate.entry)).map(|(at, _)| at).collect()
        };
        let mut found = with(&|entry| entry.name == wanted);
        if found.is_empty() {
            found = with(&|entry| entry.original_name == wanted);
        }
        let candidate = |at: &usize| self.candidates.get(*at);
        if found.len() > 1 && found.iter().filter_map(candidate).all(|one| one.entry.way.is_some()) {
            let first = found.iter().find(|at| candidate(at).is_some_and(|one| one.backend.is_some()));
            found = first.or(found.first()).copied().into_iter().collect();
        }
        if found.is_empty() {
            found = with(&|entry| entry.way.as_deref() == Some(wanted));
        }
        if found.is_empty() {
            let all = self.candidates.iter().map(|candidate| candidate.entry.name.as_str());
            let there: Vec<&str> = all.take(20).collect();
            let shown: String = wanted.chars().take(NAME).collect();
            return Err(Failure::not_found("server", format!("'{shown}' in the document"))
                .hint(format!("It has: {}.", there.join(", ")))
                .at("/choose"));
        }
        Ok(found)
    }
}

/// What makes two backends the same: the whole command line, or the address.
pub(super) fn identity(base_url: &str, options: &Map<String, Value>) -> String {
    if base_url == STDIO {
        let args = options.get("args").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        return json!([options.get("command"), args, options.get("cwd")]).to_string();
    }
    let plain = Url::parse(base_url).map_or_else(|_| base_url.to_owned(), |url| url.to_string());
    plain.trim_end_matches('/').to_owned()
}

/// A name that a backend may have and that none has.
fn free_name(wanted: &str, taken: &BTreeSet<String>) -> String {
    let plain: String = wanted.chars().map(|c| if c == '/' || c.is_control() { '-' } else { c }).collect();
    let plain: String =
        plain.trim_matches(|c: char| c == '-' || c.is_whitespace()).chars().take(NAME - 6).collect();
    let plain = if plain.trim().is_empty() { "mcp".to_owned() } else { plain.trim().to_owned() };
    let mut name = plain.clone();
    let mut number = 2;
    while taken.contains(&name) {
        name = format!("{plain}-{number}");
        number += 1;
    }
    name
}

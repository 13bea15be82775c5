//! Variables of configurations: `${VAR}`, `${VAR:-default}`, `${env:NAME}`, `${input:id}`, `${userHome}`,
//! `${workspaceFolder}`, `${user_config.x}`. What is put in is not looked through again, so nothing can go in circles.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::smell::{is_secret, name_smells};
use crate::{
    api::ImportVariable,
    error::{ErrorCode, Failure},
};

/// Most bytes of one text after its variables were put in.
const TEXT: usize = 256 * 1024;
/// Most bytes of all texts of a document together, what is looked at in search of variables included.
const BUDGET: usize = 32 * 1024 * 1024;
/// Longest variable with its default, in bytes.
const REFERENCE: usize = 4 * 1024;
/// Deepest nesting of defaults.
const DEPTH: usize = 8;
/// Longest name of a variable.
const NAME: usize = 128;

/// Where values of variables come from.
#[derive(Debug)]
pub(super) struct Variables<'a> {
    given: &'a BTreeMap<String, String>,
    /// What is known without being given: `userHome` and its like.
    known: BTreeMap<String, String>,
    /// What the document itself declares, by name.
    declared: BTreeMap<String, ImportVariable>,
    /// Defaults that are secrets: they never leave through a declaration.
    hidden: BTreeMap<String, String>,
    /// Whether `{{NAME}}` is a variable too.
    pub(super) double_braces: bool,
    /// Whether a given value is a secret, once it was looked at: the same may be put in very often.
    seen: RefCell<BTreeMap<String, bool>>,
    left: Cell<usize>,
}

/// What was asked of the variables on behalf of one entry.
#[derive(Debug, Default)]
pub(super) struct Asked(RefCell<BTreeMap<String, (ImportVariable, bool)>>);

impl Asked {
    /// Variables without a value, and the others; each in the order of their names.
    pub(super) fn into_lists(self) -> (Vec<ImportVariable>, Vec<ImportVariable>) {
        let (missing, optional): (Vec<_>, Vec<_>) =
            self.0.into_inner().into_values().partition(|(_, is_missing)| *is_missing);
        let plain =
            |list: Vec<(ImportVariable, bool)>| list.into_iter().map(|(variable, _)| variable).collect();
        (plain(missing), plain(optional))
    }

    pub(super) fn add(&self, mut variable: ImportVariable, is_missing: bool) {
        let mut all = self.0.borrow_mut();
        if let Some((before, was_missing)) = all.get_mut(&variable.name) {
            before.secret |= variable.secret;
            if before.secret {
                before.default = None;
            }
            *was_missing |= is_missing;
            return;
        }
        if variable.secret {
            variable.default = None;
        }
        all.insert(variable.name.clone(), (variable, is_missing));
    }

    /// Whether something is missing so far.
    pub(super) fn lacks(&self) -> bool {
        self.0.borrow().values().any(|(_, is_missing)| *is_missing)
    }
}

/// What one entry knows of variables by itself.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Values that go before those that were given: the folder of its project.
    pub(super) fixed: BTreeMap<String, String>,
    /// Variables of its own environment: the program puts them in by itself, so they stay as they are written.
    pub(super) own: BTreeSet<String>,
}

/// A text with its variables put in.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// The text; a variable without a value stands there as it is written.
    pub(super) text: String,
    /// Where secrets stand in it.
    pub(super) secrets: Vec<Range<usize>>,
    /// Whether a variable has no value.
    pub(super) is_incomplete: bool,
}

impl Filled {
    /// A text without variables.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// One reference to a variable.
struct Reference<'t> {
    name: &'t str,
    default: Option<&'t str>,
    written: &'t str,
}

impl<'a> Variables<'a> {
    pub(super) fn new(given: &'a BTreeMap<String, String>, home: Option<&str>) -> Self {
        let mut known = BTreeMap::new();
        if let Some(home) = home {
            known.insert("userHome".to_owned(), home.to_owned());
            known.insert("HOME".to_owned(), home.to_owned());
        }
        Self {
            given,
            known,
            declared: BTreeMap::new(),
            hidden: BTreeMap::new(),
            double_braces: false,
            seen: RefCell::default(),
            left: Cell::new(BUDGET),
        }
    }

    /// Declares a variable, with its default.
    pub(super) fn declare(&mut self, variable: ImportVariable) {
        let mut variable = variable;
        if variable.secret
            && let Some(default) = variable.default.take()
        {
            self.hidden.insert(variable.name.clone(), default);
        }
        self.declared.insert(variable.name.clone(), variable);
    }

    /// The value that was given for a name; `input:x` may be given as `x` too.
    pub(super) fn given(&self, name: &str) -> Option<&'a str> {
        let short = name.split_once(':').map(|(_, short)| short);
        let given = self.given.get(name).or_else(|| self.given.get(short?));
        given.map(String::as_str)
    }

    /// Puts the values of variables into a text. `sealed`: whatever stands there is a secret, so its variables are too.
    ///
    /// # Errors
    /// `TooLarge` when the text or all of them together grow beyond their bounds.
    pub(super) fn fill(
        &self,
        text: &str,
        sealed: bool,
        scope: &Scope,
        asked: &Asked,
    ) -> Result<Filled, Failure> {
        if text.len() > TEXT {
            return Err(too_long("A text in the document"));
        }
        let mut filled = Filled::default();
        self.fill_into(&mut filled, text, sealed, scope, asked, 0)?;
        self.spend(filled.text.len())?;
        Ok(filled)
    }

    fn is_secret(&self, name: &str, value: &str) -> bool {
        *self.seen.borrow_mut().entry(name.to_owned()).or_insert_with(|| is_secret(name, value))
    }

    fn spend(&self, bytes: usize) -> Result<(), Failure> {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.ok_or_else(|| too_long("The document"))?);
        Ok(())
    }

    fn fill_into(
        &self,
        filled: &mut Filled,
        text: &str,
        sealed: bool,
        scope: &Scope,
        asked: &Asked,
        depth: usize,
    ) -> Result<(), Failure> {
        let mut rest = text;
        while let Some((before, reference, after)) = self.next(rest)? {
            filled.text.push_str(before);
            rest = after;
            let declared = self.declared.get(reference.name);
            let variable = declared.cloned().unwrap_or_else(|| ImportVariable {
                name: reference.name.to_owned(),
                secret: name_smells(reference.name),
                is_path: is_folder(reference.name),
                ..ImportVariable::default()
            });
            let start = filled.text.len();
            if let Some(value) = scope.fixed.get(reference.name) {
                filled.text.push_str(value);
            } else if let Some(value) = self.given(reference.name) {
                let secret = sealed || variable.secret || self.is_secret(reference.name, value);
                let default = variable.default.clone().filter(|_| !secret);
                asked.add(ImportVariable { secret, default, is_given: true, ..variable }, false);
                filled.text.push_str(value);
                mark(filled, start, secret);
            } else if let Some(value) = self.known.get(reference.name) {
                filled.text.push_str(value);
            } else if reference.default.is_none() && scope.own.contains(reference.name) {
                filled.text.push_str(reference.written);
            } else if let Some(default) = reference.default {
                let secret = sealed || variable.secret || is_secret(reference.name, default);
                asked.add(ImportVariable { secret, default: Some(default.to_owned()), ..variable }, false);
                if depth < DEPTH {
                    self.fill_into(filled, default, sealed, scope, asked, depth + 1)?;
                } else {
                    filled.text.push_str(default);
                }
                mark(filled, start, secret);
            } else if let Some(default) =
                variable.default.clone().or_else(|| self.hidden.get(reference.name).cloned())
            {
                let secret = sealed || variable.secret || is_secret(reference.name, &default);
                asked.add(ImportVariable { secret, ..variable }, false);
                filled.text.push_str(&default);
                mark(filled, start, secret);
            } else {
                asked.add(ImportVariable { secret: sealed || variable.secret, ..variable }, true);
                filled.text.push_str(reference.written);
                filled.is_incomplete = true;
            }
            if filled.text.len() > TEXT {
                return Err(too_long("A text in the document"));
            }
        }
        filled.text.push_str(rest);
        if filled.text.len() > TEXT { Err(too_long("A text in the document")) } else { Ok(()) }
    }

    /// The next reference: what stands before it, the reference, what comes after it.
    fn next<'t>(&self, text: &'t str) -> Result<Option<(&'t str, Reference<'t>, &'t str)>, Failure> {
        let mut from = 0;
        loop {
            let rest = text.get(from..).unwrap_or_default();
            let dollar = rest.find("${");
            let braces = if self.double_braces { rest.find("{{") } else { None };
            let first = dollar.into_iter().chain(braces).min();
            let Some(at) = first.map(|at| from + at) else { return Ok(None) };
            let inner = text.get(at + 2..).unwrap_or_default();
            let (close, width) = if dollar == first { (closing(inner), 1) } else { (inner.find("}}"), 2) };
            let close = close.filter(|close| *close <= REFERENCE);
            self.spend(close.unwrap_or(inner.len().min(REFERENCE)))?;
            let content = close.and_then(|close| inner.get(..close));
            let named = content.and_then(|content| {
                if width == 1 { reference(content) } else { Some((plain_name(content.trim())?, None)) }
            });
            // Braces that mean something else stay as they are.
            let (Some((name, default)), Some(close)) = (named, close) else {
                from = at + 2;
                continue;
            };
            let end = at + 2 + close + width;
            let written = text.get(at..end).unwrap_or_default();
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(end..).unwrap_or_default());
            return Ok(Some((before, Reference { name, default, written }, after)));
        }
    }
}

fn mark(filled: &mut Filled, start: usize, secret: bool) {
    if secret && filled.text.len() > start {
        filled.secrets.push(start..filled.text.len());
    }
}

/// Where the brace closes that was open before this text; braces of nested variables are passed over.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0;
    let mut before = ' ';
    for (at, c) in text.char_indices().take_while(|(at, _)| *at <= REFERENCE) {
        match c {
            '{' if before == '$' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
        before = c;
    }
    None
}

/// Name and default of what stands between the braces.
fn reference(content: &str) -> Option<(&str, Option<&str>)> {
    let (name, default) = match content.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (content, None),
    };
    let name = name.strip_prefix("env:").unwrap_or(name);
    if name == "/" {
        return Some((name, default));
    }
    let (kind, rest) = name.split_once(':').unwrap_or(("", name));
    let fine = match kind {
        "" => plain_name(rest).is_some(),
        "input" | "command" | "config" | "secret" | "vault" => {
            !rest.is_empty()
                && rest.len() <= NAME
                && rest.chars().all(|c| !c.is_control() && !"{}$".contains(c))
        }
        _ => false,
    };
    fine.then_some((name, default))
}

fn plain_name(name: &str) -> Option<&str> {
    let first = name.chars().next()?;
    let fine = (first.is_ascii_alphabetic() || first == '_')
        && name.len() <= NAME
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    fine.then_some(name)
}

fn is_folder(name: &str) -> bool {
    matches!(name, "workspaceFolder" | "userHome" | "cwd" | "__dirname" | "HOME")
}

fn too_long(what: &str) -> Failure {
    Failure::new(
        ErrorCode::TooLarge,
        format!("{what} is too long, or grows too long when its variables are put in."),
    )
    .hint("Check the values of the variables: one of them is very long, or used very often.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, given: &[(&str, &str)]) -> (String, Vec<String>, Vec<String>) {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let variables = Variables::new(&given, Some("/home/me"));
        let asked = Asked::default();
        let filled = variables.fill(text, false, &Scope::default(), &asked).unwrap();
        let secrets = filled.secrets.iter().map(|range| filled.text[range.clone()].to_owned()).collect();
        let (missing, _) = asked.into_lists();
        assert_eq!(filled.is_incomplete, !missing.is_empty());
        (filled.text, missing.into_iter().map(|variable| variable.name).collect(), secrets)
    }

    #[test]
    fn every_syntax_is_filled() {
        let given = [("A", "1"), ("input:key", "2")];
        assert_eq!(fill("${A} ${A:-x} ${env:A} ${input:key}", &given).0, "1 1 1 2");
        assert_eq!(fill("${B:-x} ${env:B:-y} ${B:-}", &[]).0, "x y ");
        assert_eq!(fill("${userHome}/a ${HOME}", &[]).0, "/home/me/a /home/me");
        assert_eq!(fill("${input:key}", &[("key", "3")]).0, "3");
    }

    #[test]
    fn what_is_unset_is_missing_and_stays_as_it_is_written() {
        let (text, missing, _) = fill("${A}/${env:B}/${input:c d}/${workspaceFolder}", &[]);
        assert_eq!(text, "${A}/${env:B}/${input:c d}/${workspaceFolder}");
        assert_eq!(missing, ["A", "B", "input:c d", "workspaceFolder"]);
    }

    #[test]
    fn other_braces_are_left_alone() {
        for text in ["$A", "${}", "${1}", "${", "a${b", "{A}", "{{A}}", "${A B}", "${a:b}", "$${"] {
            assert_eq!(fill(text, &[("A", "1"), ("b", "2")]), (text.to_owned(), vec![], vec![]), "{text}");
        }
        assert_eq!(fill("${1} ${A}", &[("A", "1")]).0, "${1} 1");
    }

    #[test]
    fn nested_defaults_are_filled_and_values_are_not_looked_through_again() {
        assert_eq!(fill("${A:-${B:-c}}", &[]).0, "c");
        assert_eq!(fill("${A:-${B}}", &[("B", "b")]).0, "b");
        assert_eq!(fill("${A}", &[("A", "${B}"), ("B", "${A}")]).0, "${B}");
        let deep = format!("{}x{}", "${A:-".repeat(300), "}".repeat(300));
        assert!(fill(&deep, &[]).0.contains('x'));
        let endless = "${A:-".repeat(2_000);
        assert_eq!(fill(&endless, &[]).0, endless);
    }

    #[test]
    fn secrets_are_marked_where_they_stand() {
        assert_eq!(fill("a ${API_KEY} b", &[("API_KEY", "abc")]).2, ["abc"]);
        assert_eq!(fill("a ${X} b", &[("X", "ghp_16C7e42F292c6912E7710c838347Ae178B4a")]).2.len(), 1);
        assert_eq!(fill("${API_KEY:-abc}", &[]).2, ["abc"]);
        assert_eq!(fill("${X}", &[("X", "abc")]).2, [""; 0]);
    }

    #[test]
    fn a_value_that_is_put_in_a_million_times_is_refused() {
        let given = BTreeMap::from([("A".to_owned(), "x".repeat(1_000))]);
        let variables = Variables::new(&given, None);
        let (none, asked) = (Scope::default(), Asked::default());
        let failure = variables.fill(&"${A}".repeat(1_000_000), false, &none, &asked).err().unwrap();
        assert_eq!(failure.code, ErrorCode::TooLarge);
        let text = "${A}".repeat(200);
        let mut fills = (0..1_000).map(|_| variables.fill(&text, false, &none, &asked));
        assert!(fills.any(|filled| filled.is_err()), "all texts together are bounded too");
    }
}

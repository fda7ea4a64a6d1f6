//! The function's settings, from a file: `NAME=value`, one a line, or a template of SAM or CloudFormation.

mod template;

use crate::input;
use crate::outcome::Failure;
use crate::output::{Finding, Level, Source};
use cognito_authorizer::config::{Config, ConfigError, Files, IssuerConfig, UnknownSettings, working_directory};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What stands in for settings that a template takes from elsewhere and that no function starts without.
const STAND_INS: [(&str, &str); 2] = [("USER_POOL_ID", "eu-west-1_StandIn"), ("APP_CLIENT_ID", "standin")];

/// The page that says what can be set.
const PAGE: &str = "docs/settings.md";

/// Settings, as a file has them.
#[derive(Debug)]
pub(crate) struct Settings {
    file: PathBuf,
    source: Rc<Source>,
    variables: BTreeMap<String, String>,
    /// Those whose value is decided at deployment.
    open: Vec<String>,
}

/// What the settings are to a document, and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Understood {
    /// The settings, and the issuers that they name. `None`: they are not understood.
    pub(crate) config: Option<(Config, Vec<IssuerConfig>)>,
    /// What is wrong with them, or not known.
    pub(crate) findings: Vec<Finding>,
}

impl Settings {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Failure::File`] when it cannot be read, or is neither form.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let text = input::text(file)?;
        let source = Rc::new(Source::new(text.clone().into_bytes()));
        let lines = text.trim_start_matches('\u{feff}');
        let (variables, open) = if is_template(lines) {
            template::variables(lines).map_err(|problem| Failure::file(file, problem))?
        } else {
            (dotenv(lines).map_err(|problem| Failure::file(file, problem))?, Vec::new())
        };
        Ok(Self { file: file.to_owned(), source, variables, open })
    }

    /// The value of a setting.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// The folder that the files' names are seen from; empty for the current one.
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The environment of a function that is deployed with these settings, from the folder that they are in.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let mut variables = self.variables.clone();
        variables.insert("LAMBDA_TASK_ROOT".to_owned(), self.folder().display().to_string());
        variables
    }

    /// Where the function would look for files: beside the settings, then in the current folder.
    fn files(&self) -> Files {
        Files::new(Some(self.folder().display().to_string()), working_directory())
    }

    /// Reads the settings as the function does at its start, and tells everything that is wrong with them.
    pub(crate) fn understood(&self) -> Understood {
        let mut findings = Vec::new();
        let mut left = self.variables.clone();
        let config = loop {
            match Config::from_vars(|name| left.get(name).cloned()) {
                Ok(config) => break Some(config),
                Err(error) => {
                    let name = setting(&error);
                    let is_open = self.open.iter().any(|open| open == name);
                    if !is_open {
                        findings.push(self.finding("setting_not_valid", Level::Error, error.to_string(), name));
                    }
                    // Without it, or with another, the next error shows.
                    if !mend(&mut left, name) {
                        break None;
                    }
                }
            }
        };
        let config =
            config.filter(|_| findings.is_empty()).and_then(|config| match config.issuers.load(&self.files()) {
                Ok(issuers) => Some((config, issuers)),
                Err(error) => {
                    findings.push(self.finding("setting_not_valid", Level::Error, error.to_string(), setting(&error)));
                    None
                }
            });
        for name in self.variables.keys().chain(&self.open) {
            let unknown = UnknownSettings::among([name.clone()]);
            let finding =
                |unknown: UnknownSettings| self.finding("setting_unknown", Level::Warning, unknown.to_string(), name);
            findings.extend(unknown.map(finding));
        }
        findings.extend(self.unknown_values());
        Understood { config, findings }
    }

    /// What is checked without, since only the deployment decides it.
    fn unknown_values(&self) -> Option<Finding> {
        let names: Vec<&str> = self.open.iter().map(String::as_str).collect();
        let message =
            format!("the template leaves these to its deployment, so they were not looked at: {}", names.join(", "));
        (!names.is_empty()).then(|| self.finding("setting_not_known", Level::Note, message, ""))
    }

    fn finding(&self, code: &'static str, level: Level, message: String, name: &str) -> Finding {
        let spot = self.place_of(name).map(|range| self.source.spot(range, Some(name.to_owned()), None));
        Finding {
            code,
            level,
            message,
            examples: Vec::new(),
            help: None,
            file: self.file.display().to_string(),
            spots: spot.into_iter().collect(),
            related: Vec::new(),
            see: Some(PAGE.to_owned()),
            source: Some(Rc::clone(&self.source)),
        }
    }

    /// The line that sets it.
    fn place_of(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let text = std::str::from_utf8(self.source.bytes()).ok()?;
        let mut begin = 0;
        for line in text.split_inclusive('\n') {
            let written = line.trim_start_matches('\u{feff}').trim();
            let sets = written.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', ':']));
            if sets && !name.is_empty() {
                let start = begin + line.find(name)?;
                return Some(start..start + line.get(start - begin..)?.trim_end().len());
            }
            begin += line.len();
        }
        None
    }
}

/// The function's environment: these settings, or without any the process's own, with these files in place of theirs.
///
/// # Errors
/// [`Failure::File`] when the settings cannot be read.
pub(crate) fn environment(
    settings: Option<&Path>,
    document: Option<&Path>,
    jwks: Option<&Path>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = match settings {
        Some(file) => Settings::read(file)?.environment(),
        None => std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
    };
    for (name, file) in [("PERMISSIONS_FILE", document), ("JWKS_FILE", jwks)] {
        if let Some(file) = file {
            // Seen from here, not from where the settings are.
            let file = std::path::absolute(file).map_err(|error| Failure::file(file, error))?;
            variables.insert(name.to_owned(), file.display().to_string());
        }
    }
    Ok(variables)
}

/// The names of the issuers' entries, each once.
pub(crate) fn entries(issuers: &[IssuerConfig]) -> Vec<&str> {
    let mut names: Vec<&str> = issuers.iter().filter_map(|issuer| issuer.verifier.entry.as_deref()).collect();
    // An entry's issuers follow each other.
    names.dedup();
    names
}

fn setting(error: &ConfigError) -> &'static str {
    match error {
        ConfigError::File { variable, .. }
        | ConfigError::Invalid { variable, .. }
        | ConfigError::Missing { variable, .. } => variable,
    }
}

/// Takes a value away that is not understood, or puts in what stands for one that is missing. `false`: neither can be done.
fn mend(variables: &mut BTreeMap<String, String>, name: &str) -> bool {
    let stand_in = STAND_INS.iter().find(|(known, _)| *known == name);
    match (variables.remove(name), stand_in) {
        (Some(value), Some((_, stand_in))) if value == *stand_in => false,
        (_, Some((_, stand_in))) => variables.insert(name.to_owned(), (*stand_in).to_owned()).is_none(),
        (removed, None) => removed.is_some(),
    }
}

/// Settings have no colon in their first line that means something, and templates name their parts.
fn is_template(text: &str) -> bool {
    text.trim_start().starts_with('{') || text.lines().any(|line| line.trim_end() == "Resources:")
}

/// `NAME=value`, one a line. Space and quotes around a value are no part of it; a line that begins with `#` is none.
fn dotenv(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut variables = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').map(|(name, value)| (name.trim(), value.trim())).unwrap_or_default();
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if !is_name {
            return Err(format!("line {number}: found no setting, expected NAME=value"));
        }
        let value = value.trim_matches(|c| matches!(c, '"' | '\'')).to_owned();
        if variables.insert(name.to_owned(), value).is_some() {
            return Err(format!("line {number}: found `{name}` a second time"));
        }
    }
    Ok(variables)
}

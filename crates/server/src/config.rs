//! The settings: one table, [`Config`], from which `--help`, the environment variables, the TOML keys and
//! `docs/configuration.md` all come. Flags win over the environment, the environment over the file.

use clap::{Arg, Args, Command};
use ipnet::IpNet;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// Settings of a server.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Directory that holds everything: journal, lake and metadata. Made where it is missing.
    #[arg(long, env = "FOOTPATH_DATA_DIR", default_value = "./footpath-data")]
    pub data_dir: PathBuf,

    /// Address and port to listen on. Anything but a loopback address also needs --insecure.
    #[arg(long, env = "FOOTPATH_LISTEN", default_value = "127.0.0.1:4040")]
    pub listen: SocketAddr,

    /// Listen on an address that others can reach, although whoever reaches it can read everything.
    #[arg(long, env = "FOOTPATH_INSECURE")]
    pub insecure: bool,

    /// MMDB file with cities (MaxMind's format). Without it places are countries.
    #[arg(long, env = "FOOTPATH_CITY_MMDB", value_name = "FILE")]
    pub city_mmdb: Option<PathBuf>,

    /// Networks of reverse proxies whose X-Forwarded-For is believed, separated by commas.
    #[arg(
        long,
        env = "FOOTPATH_TRUSTED_PROXIES",
        value_delimiter = ',',
        default_value = "127.0.0.0/8,::1/128"
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Events per second that one site key may send; twice as many in a burst.
    #[arg(long, env = "FOOTPATH_INGEST_RATE", default_value = "20000")]
    pub ingest_rate: NonZeroU32,

    /// Replay that one site key may send, KiB a second as sent; twice as much in a burst.
    #[arg(long, env = "FOOTPATH_REPLAY_RATE", value_name = "KIB", default_value = "8192")]
    pub replay_rate: NonZeroU32,

    /// Memory that the process keeps within, MB, at least 128: live sessions and caches get their share of it.
    #[arg(long, env = "FOOTPATH_MEMORY_MB", value_name = "MB", default_value = "512", value_parser = memory_limit)]
    pub memory_mb: MemoryLimit,

    /// What is logged: a level, or levels by module as in `info,footpath_store=debug`.
    #[arg(long, env = "FOOTPATH_LOG", default_value = "info")]
    pub log: String,

    /// How log lines are written: `text` or `json`.
    #[arg(long, env = "FOOTPATH_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl Config {
    /// [`Config::log`], with what the lake's library tells of each step, as errors too, only on request.
    pub(crate) fn log_filter(&self) -> String {
        format!("deltalake_core=warn,buoyant_kernel=off,delta_kernel=off,{}", self.log)
    }
}

/// What the process may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryLimit {
    megabytes: u32,
}

impl Default for MemoryLimit {
    fn default() -> Self {
        Self { megabytes: 512 }
    }
}

impl MemoryLimit {
    const LEAST_MB: u32 = 128;

    /// Share of the live sessions, bytes. Ingest waits at twice as much.
    pub(crate) fn live_bytes(self) -> usize {
        self.megabytes as usize * 1024 * 1024 / 6
    }

    /// Share of decoded columns that are kept for queries, bytes. The rest is for queues, the query under way and the
    /// files being written.
    pub(crate) fn cache_bytes(self) -> u64 {
        u64::from(self.megabytes) * 1024 * 1024 / 4
    }
}

fn memory_limit(text: &str) -> Result<MemoryLimit, String> {
    match text.parse() {
        Ok(megabytes) if megabytes >= MemoryLimit::LEAST_MB => Ok(MemoryLimit { megabytes }),
        Ok(_) | Err(_) => Err(format!("write a number of MB, at least {}", MemoryLimit::LEAST_MB)),
    }
}

/// How log lines are written.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs, one object a line.
    Json,
}

/// Why a configuration file was not taken.
#[derive(Debug)]
pub enum ConfigFileError {
    /// It cannot be read.
    Unreadable(PathBuf, std::io::Error),
    /// It is not TOML.
    Malformed(PathBuf, Box<toml::de::Error>),
    /// A key that is no setting; all that are.
    UnknownKey(PathBuf, String, String),
    /// A value that is no string, number, boolean or list of these.
    UnknownValue(PathBuf, String),
}

impl std::fmt::Display for ConfigFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(path, _) => write!(f, "cannot read the configuration file {}", path.display()),
            Self::Malformed(path, _) => write!(f, "the configuration file {} is not TOML", path.display()),
            Self::UnknownKey(path, key, known) => {
                write!(f, "unknown setting `{key}` in {}: the settings are {known}", path.display())
            }
            Self::UnknownValue(path, key) => write!(
                f,
                "setting `{key}` in {} must be a string, a number, a boolean or a list of strings",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ConfigFileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, source) => Some(source),
            Self::Malformed(_, source) => Some(source),
            Self::UnknownKey(..) | Self::UnknownValue(..) => None,
        }
    }
}

/// Makes the values of a TOML file the defaults of `command`'s settings.
///
/// # Errors
/// Where the file cannot be read, or says something that is no setting.
pub fn with_file(mut command: Command, path: &Path) -> Result<Command, ConfigFileError> {
    let text =
        std::fs::read_to_string(path).map_err(|error| ConfigFileError::Unreadable(path.to_owned(), error))?;
    let table: toml::Table =
        text.parse().map_err(|error| ConfigFileError::Malformed(path.to_owned(), Box::new(error)))?;
    let known: Vec<String> = settings().iter().map(|arg| arg.get_id().to_string()).collect();
    for (key, value) in table {
        if !known.contains(&key) {
            return Err(ConfigFileError::UnknownKey(path.to_owned(), key, known.join(", ")));
        }
        let values =
            values_of(&value).ok_or_else(|| ConfigFileError::UnknownValue(path.to_owned(), key.clone()))?;
        command = command.mut_subcommands(|subcommand| {
            let has_it = subcommand.get_arguments().any(|arg| *arg.get_id() == key);
            if has_it {
                subcommand.mut_arg(&key, |arg| arg.default_values(values.clone()))
            } else {
                subcommand
            }
        });
    }
    Ok(command)
}

fn values_of(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Integer(number) => Some(vec![number.to_string()]),
        toml::Value::Float(number) => Some(vec![number.to_string()]),
        toml::Value::Boolean(truth) => Some(vec![truth.to_string()]),
        toml::Value::Array(values) => {
            let nested: Option<Vec<Vec<String>>> = values.iter().map(values_of).collect();
            nested.map(|nested| nested.concat())
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

fn settings() -> Vec<Arg> {
    Config::augment_args(Command::new("settings")).get_arguments().cloned().collect()
}

/// `docs/configuration.md`.
pub fn document() -> String {
    let mut text = "# Configuration\n\n\
        Every setting is a flag of `footpath serve` and `footpath demo`, an environment variable, and a key of the\n\
        TOML file named by `--config` or `FOOTPATH_CONFIG`. Flags win over the environment, the environment over the\n\
        file. This page is generated from `crates/server/src/config.rs`.\n\n\
        | flag | environment | TOML key | default | meaning |\n|---|---|---|---|---|\n"
        .to_owned();
    for arg in settings() {
        let long = arg.get_long().unwrap_or_default();
        let env = arg.get_env().and_then(|env| env.to_str()).unwrap_or_default();
        let default: Vec<&str> = arg.get_default_values().iter().filter_map(|value| value.to_str()).collect();
        let default = match default.join(",") {
            none if none.is_empty() => "–".to_owned(),
            some => format!("`{some}`"),
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        text += &format!("| `--{long}` | `{env}` | `{}` | {default} | {help} |\n", arg.get_id());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect_file;

    #[test]
    fn the_document_is_generated_from_the_table() {
        expect_file!["../../../docs/configuration.md"].assert_eq(&document());
    }
}

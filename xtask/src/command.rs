//! What can be asked for, and how it is spelled.

use crate::build::Profile;
use crate::fuzz::Plan;
use crate::schemas::Mode;

/// A command with its arguments.
#[derive(PartialEq, Debug)]
pub enum Command {
    /// Build the SDK, the dashboard and the server.
    Build(Profile),
    /// Build, then run the demo with these arguments.
    Demo(Vec<String>),
    /// Check everything.
    Ci,
    /// Generate, or compare, what is generated from the server's types.
    Schemas(Mode),
    /// Check the sources' form.
    Tidy,
    /// Build for speed, then run the workloads with these arguments.
    Bench(Vec<String>),
    /// Run a fuzz target.
    Fuzz(Plan),
    /// Say what there is.
    Help,
}

/// What `cargo xtask help` says.
pub const HELP: &str = "\
cargo xtask <command>

  build [--release]           build the SDK, the dashboard and the server
  demo [args…]                build, then run the demo on http://localhost:4040 (`demo --help` says the rest)
  ci                          check and test everything: what must pass before a change lands
  schemas [--check]           write what is generated from the server's types (OpenAPI, TypeScript, settings); or compare
  tidy                        check the sources' form: sizes, names, links, module docs
  bench [name] [args…]        build for speed and run the workloads of bench/
  fuzz [target] [--seconds N] feed random input to the decoders of fuzz/, 60 seconds each";

impl Command {
    /// Reads the arguments after `cargo xtask`.
    pub fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut args = args;
        let name = args.next().unwrap_or_else(|| "help".to_owned());
        let rest: Vec<String> = args.collect();
        match name.as_str() {
            "build" => Ok(Self::Build(match flag(&name, &rest, "--release")? {
                true => Profile::Release,
                false => Profile::Dev,
            })),
            "demo" => Ok(Self::Demo(rest)),
            "ci" => nothing_more(&name, &rest).map(|()| Self::Ci),
            "schemas" => Ok(Self::Schemas(match flag(&name, &rest, "--check")? {
                true => Mode::Check,
                false => Mode::Write,
            })),
            "tidy" => nothing_more(&name, &rest).map(|()| Self::Tidy),
            "bench" => Ok(Self::Bench(rest)),
            "fuzz" => Plan::parse(&rest).map(Self::Fuzz),
            "help" | "--help" | "-h" => Ok(Self::Help),
            other => Err(format!("there is no command `{other}`\n\n{HELP}")),
        }
    }
}

/// Whether the only argument a command knows was given.
fn flag(command: &str, args: &[String], known: &str) -> Result<bool, String> {
    match args {
        [] => Ok(false),
        [arg] if arg == known => Ok(true),
        _ => Err(format!("`cargo xtask {command}` takes {known} or nothing, not `{}`", args.join(" "))),
    }
}

fn nothing_more(command: &str, args: &[String]) -> Result<(), String> {
    match args {
        [] => Ok(()),
        _ => Err(format!("`cargo xtask {command}` takes no arguments, not `{}`", args.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn commands_are_read() {
        assert_eq!(parse("build"), Ok(Command::Build(Profile::Dev)));
        assert_eq!(parse("build --release"), Ok(Command::Build(Profile::Release)));
        assert_eq!(parse("demo --seed 7"), Ok(Command::Demo(vec!["--seed".into(), "7".into()])));
        assert_eq!(parse("schemas --check"), Ok(Command::Schemas(Mode::Check)));
        assert_eq!(parse(""), Ok(Command::Help));
        let plan = Plan { target: Some("decode".into()), seconds: 5 };
        assert_eq!(parse("fuzz decode --seconds 5"), Ok(Command::Fuzz(plan)));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        assert!(parse("biuld").unwrap_err().starts_with("there is no command `biuld`"));
        assert!(parse("ci --fast").unwrap_err().contains("takes no arguments, not `--fast`"));
        assert!(parse("build --relase").unwrap_err().contains("takes --release or nothing"));
    }
}

//! Running other programs from the root of the repository.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the repository. Known when this is compiled: cargo compiles it anew where the sources are moved.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ lies in the root of the repository")
}

/// A program to be run at the root, with nothing to read and no colours: its output is parsed, and kept by CI.
pub fn program(name: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root()).stdin(Stdio::null());
    command
}

/// Cargo, the one that runs this, without what it tells of this package: build scripts that watch those variables would
/// run again, with all that depends on them, whenever cargo is called by hand and from here in turn.
pub fn cargo(args: &[&str]) -> Command {
    let mut cargo = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args);
    let of_this_package =
        |name: &str| ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|prefix| name.starts_with(prefix));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_this_package)) {
        cargo.env_remove(name);
    }
    cargo
}

/// How a command is shown to people.
fn spelled(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("could not start `{}`: {error}", spelled(command))
}

/// Runs it with its output on the screen.
///
/// # Errors
/// It could not be started, or did not succeed.
pub fn run(mut command: Command) -> Result<(), String> {
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`{}` failed ({status})", spelled(&command))),
    }
}

/// Runs it with what it writes to its standard output shown line by line, and handed to `see`.
///
/// # Errors
/// It could not be started, or did not succeed.
pub fn run_seeing(mut command: Command, mut see: impl FnMut(&str)) -> Result<(), String> {
    command.stdout(Stdio::piped()).env("NO_COLOR", "1").env_remove("FORCE_COLOR");
    let mut child = command.spawn().map_err(|error| not_started(&command, &error))?;
    let output = child.stdout.take().expect("standard output was piped above");
    let mut screen = std::io::stdout();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.map_err(|error| format!("could not read from `{}`: {error}", spelled(&command)))?;
        let line = String::from_utf8_lossy(&line);
        // Nobody reads along any more (a closed pipe): the run's outcome still counts.
        let _ = writeln!(screen, "{line}");
        see(&line);
    }
    let status = child.wait().map_err(|error| format!("`{}` was lost: {error}", spelled(&command)))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`{}` failed ({status})", spelled(&command))),
    }
}

/// Runs it and gives what it wrote to its standard output.
///
/// # Errors
/// It could not be started, did not succeed, or wrote something other than UTF-8.
pub fn output(mut command: Command) -> Result<String, String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| not_started(&command, &error))?;
    if !output.status.success() {
        return Err(format!("`{}` failed ({})", spelled(&command), output.status));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| format!("`{}` wrote something other than UTF-8", spelled(&command)))
}

/// Whether a program of this name starts and succeeds with these arguments.
pub fn answers(name: &str, args: &[&str]) -> bool {
    let mut command = program(name, args);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Tells what is being done; on the error stream, which is for people.
pub fn say(what: &str) {
    eprintln!("▸ {what}");
}

/// Reads a file below the root.
///
/// # Errors
/// Names the file.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, String> {
    let path = path.as_ref();
    std::fs::read(root().join(path)).map_err(|error| format!("could not read {}: {error}", path.display()))
}

/// Writes a file below the root, making its folder where needed; leaves a file alone that has this content, so
/// that nothing built from it is built again. Says whether it wrote.
///
/// # Errors
/// Names the file.
pub fn write_changed(path: impl AsRef<Path>, content: &[u8]) -> Result<bool, String> {
    let full: PathBuf = root().join(path.as_ref());
    if std::fs::read(&full).is_ok_and(|old| old == content) {
        return Ok(false);
    }
    let write = || {
        if let Some(folder) = full.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&full, content)
    };
    write().map_err(|error| format!("could not write {}: {error}", path.as_ref().display()))?;
    Ok(true)
}

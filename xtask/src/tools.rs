//! What must be on the machine, and how to get it.

use crate::shell::{answers, output, program};

/// The oldest Node that the SDK's and the dashboard's tools run on.
const NODE_MAJOR: u32 = 20;

/// Node, npm and a C compiler (SQLite is compiled from its source).
///
/// # Errors
/// Names everything that is missing, each with how to get it.
pub fn check() -> Result<(), String> {
    let missing: Vec<String> = [node(), npm(), c_compiler()].into_iter().flatten().collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!("this machine lacks something:\n  - {}", missing.join("\n  - "))),
    }
}

fn node() -> Option<String> {
    let remedy = "apt-get install nodejs npm (Debian 13, Ubuntu 25.04 or newer), or nodejs.org";
    let mut node = program("node", &["--version"]);
    node.stderr(std::process::Stdio::null());
    match output(node) {
        Err(_) => Some(format!("Node {NODE_MAJOR} or newer: {remedy}")),
        Ok(version) if major(&version).is_some_and(|major| major >= NODE_MAJOR) => None,
        Ok(version) => Some(format!("Node {NODE_MAJOR} or newer, here is {}: {remedy}", version.trim())),
    }
}

fn npm() -> Option<String> {
    (!answers("npm", &["--version"])).then(|| "npm: apt-get install npm, or nodejs.org".to_owned())
}

fn c_compiler() -> Option<String> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    (!answers(&compiler, &["--version"])).then(|| {
        format!(
            "a C compiler (`{compiler}`): apt-get install build-essential, or xcode-select --install on macOS"
        )
    })
}

/// The major of a version as Node prints it: `v20.19.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn majors_are_read() {
        assert_eq!(super::major("v20.19.2\n"), Some(20));
        assert_eq!(super::major("v9.0.0"), Some(9));
        assert_eq!(super::major("unknown"), None);
    }
}

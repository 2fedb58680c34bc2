//! Says what to do where the files that are built into the binary are missing.

use std::path::Path;

fn main() {
    let generated = Path::new("assets/generated");
    for file in ["country.mmdb", "crawlers.json", "regexes.yaml", "dashboard", "sdk"] {
        let path = generated.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        if !path.exists() {
            println!(
                "cargo::error=crates/server/{} is missing: `cargo xtask build` makes it from npm packages, the SDK and the dashboard",
                path.display()
            );
        }
    }
}

//! Dependencies point one way: server → store → model. An arrow back would let HTTP into the domain.

use crate::shell::{cargo, output};

/// Each crate of the product with those of ours it may use, at any depth.
const MAY_USE: &[(&str, &[&str])] = &[
    ("footpath-model", &[]),
    ("footpath-store", &["footpath-model"]),
    ("footpath-server", &["footpath-model", "footpath-store"]),
];

/// What the model may not pull in, whoever asks for it: it does no I/O, awaits nothing, reads no clock.
const NOT_IN_MODEL: &[&str] = &["tokio", "sqlx", "axum", "hyper", "rand", "jiff", "chrono", "tracing"];

/// What the store may not pull in: it knows no HTTP.
const NOT_IN_STORE: &[&str] = &["axum", "hyper", "tower", "tower-http", "http"];

/// Checks the tree that cargo resolved.
///
/// # Errors
/// Names each arrow that points the wrong way.
pub fn check() -> Result<(), String> {
    let mut wrong = Vec::new();
    for (name, may_use) in MAY_USE {
        let tree = output(cargo(&[
            "tree", "--package", name, "--edges", "normal,build", "--prefix", "none", "--locked",
        ]))?;
        wrong.extend(wrong_arrows(name, may_use, &tree));
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("dependencies point the wrong way:\n  - {}", wrong.join("\n  - "))),
    }
}

/// Reads `cargo tree --prefix none`: a line a package, its name first.
fn wrong_arrows(name: &str, may_use: &[&str], tree: &str) -> Vec<String> {
    let mut used: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    used.sort_unstable();
    used.dedup();
    let barred: &[&str] = match name {
        "footpath-model" => NOT_IN_MODEL,
        "footpath-store" => NOT_IN_STORE,
        _ => &[],
    };
    let ours = |used: &str| used != name && used.starts_with("footpath-") && !may_use.contains(&used);
    used.into_iter()
        .filter(|used| ours(used) || barred.contains(used) || *used == "xtask")
        .map(|used| format!("{name} → {used}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forward_is_fine() {
        let tree = "footpath-store v0.1.0 (/x)\nfootpath-model v0.1.0 (/x)\nserde v1.0.2\ntokio v1.4.0 (*)\n";
        assert!(wrong_arrows("footpath-store", &["footpath-model"], tree).is_empty());
    }

    #[test]
    fn back_is_named() {
        let tree = "footpath-model v0.1.0 (/x)\nfootpath-store v0.1.0 (/x)\ntokio v1.4.0\nserde v1.0.2\n";
        assert_eq!(
            wrong_arrows("footpath-model", &[], tree),
            ["footpath-model → footpath-store", "footpath-model → tokio"]
        );
    }

    #[test]
    fn http_stays_out_of_the_store() {
        let tree = "footpath-store v0.1.0 (/x)\nhttp v1.3.1\n";
        assert_eq!(wrong_arrows("footpath-store", &["footpath-model"], tree), ["footpath-store → http"]);
    }
}

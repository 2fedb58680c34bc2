//! Dependencies point one way: server → store → model, server → analyze → model. An arrow back would let HTTP into the domain.

use crate::shell::{cargo, output};

/// Each crate of the product with those of ours it may use, at any depth.
const MAY_USE: &[(&str, &[&str])] = &[
    ("footpath-model", &[]),
    ("footpath-store", &["footpath-model"]),
    ("footpath-analyze", &["footpath-model"]),
    ("footpath-server", &["footpath-model", "footpath-store", "footpath-analyze"]),
];

/// What the model may not pull in, whoever asks for it: it does no I/O, awaits nothing, reads no clock.
const NOT_IN_MODEL: &[&str] = &["tokio", "sqlx", "axum", "hyper", "rand", "jiff", "chrono", "tracing"];

/// What analyses may not pull in: rows are given to them. (Arrow brings `chrono` for its date kernels.)
const NOT_IN_ANALYZE: &[&str] = &["tokio", "sqlx", "axum", "hyper", "parquet", "object_store", "jiff"];

/// What the store itself may not use: it knows no HTTP. Below the lake there is some, since a lake may be a bucket.
const NOT_USED_BY_STORE: &[&str] = &["axum", "hyper", "tower", "tower-http", "http", "reqwest"];

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
    let store = "footpath-store";
    let direct = output(cargo(&[
        "tree", "--package", store, "--edges", "normal", "--prefix", "none", "--depth", "1", "--locked",
    ]))?;
    wrong.extend(barred(store, NOT_USED_BY_STORE, &direct));
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
        "footpath-analyze" => NOT_IN_ANALYZE,
        _ => &[],
    };
    let ours = |used: &str| used != name && used.starts_with("footpath-") && !may_use.contains(&used);
    used.into_iter()
        .filter(|used| ours(used) || barred.contains(used) || *used == "xtask")
        .map(|used| format!("{name} → {used}"))
        .collect()
}

/// The packages of a tree that a crate may not have in it.
fn barred(name: &str, barred: &[&str], tree: &str) -> Vec<String> {
    let used = tree.lines().filter_map(|line| line.split_whitespace().next());
    used.filter(|used| barred.contains(used)).map(|used| format!("{name} → {used}")).collect()
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
        assert_eq!(barred("footpath-store", NOT_USED_BY_STORE, tree), ["footpath-store → http"]);
    }
}

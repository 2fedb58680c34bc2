//! What counts as a step that is asked for: a goal, a step of a funnel, where a path begins.

use crate::steps::{StepKind, StepName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Steps of one kind whose label is as wanted.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
pub struct StepPattern {
    /// The kind.
    pub kind: StepKind,
    /// The label; `*` stands for any text, also none.
    pub label: String,
}

impl StepPattern {
    /// Steps of this kind and label.
    pub fn new(kind: StepKind, label: &str) -> Self {
        Self { kind, label: label.to_owned() }
    }

    /// The one step that it stands for; nothing where it stands for any of many.
    pub fn exact(&self) -> Option<StepName> {
        (!self.label.contains('*')).then(|| StepName::new(self.kind, &self.label))
    }

    /// Whether a step is as wanted.
    pub fn matches(&self, kind: StepKind, label: &str) -> bool {
        self.kind == kind && label_matches(&self.label, label)
    }
}

/// Whether a label is as the pattern wants, in which `*` stands for any text, also none.
pub fn label_matches(pattern: &str, label: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == label };
    let Some(mut left) = label.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        // The first place that fits leaves most for the others.
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

/// What counts as success: any of these steps.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, ToSchema)]
pub struct Goal {
    /// What the site calls it.
    pub name: String,
    /// An event or a page, as a rule.
    pub steps: Vec<StepPattern>,
}

impl Goal {
    /// Whether the step is success by any of these goals.
    pub fn any(goals: &[Goal], kind: StepKind, label: &str) -> bool {
        goals.iter().flat_map(|goal| &goal.steps).any(|step| step.matches(kind, label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, label, fits) in [
            ("/cart", "/cart", true),
            ("/cart", "/cart/", false),
            ("/products/*", "/products/", true),
            ("/products/*", "/product", false),
            ("*", "", true),
            ("*pay*", "/api/payment", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("*é", "café", true),
            ("**", "x", true),
        ] {
            assert_eq!(label_matches(pattern, label), fits, "{pattern} against {label}");
        }
    }
}

//! Goals, the rules for endings and saved funnels, as the API takes and tells them.

use super::EndingsReport;
use crate::api::resources::ResolvedRange;
use footpath_model::reports::endings::EndingRules;
use footpath_model::reports::funnels::SavedFunnel;
use footpath_model::reports::pattern::{Goal, StepPattern};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What counts as success on a site.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoalList {
    /// At most 50, of at most 50 steps each.
    pub goals: Vec<Goal>,
}

/// The funnels that a site has saved.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FunnelList {
    /// At most 50, in the order in which they are offered.
    pub funnels: Vec<SavedFunnel>,
}

/// How sessions that reached a step are told to have ended.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndingRuleList {
    /// Of which each session matches the first. The last, and no other, is `idle`.
    pub rules: EndingRules,
}

/// Rules that might be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndingRulesPreview {
    /// The rules.
    pub rules: EndingRules,
    /// The step whose endings are asked for.
    pub step: StepPattern,
}

/// The endings at a step in the last week.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndingsPreview {
    pub range: ResolvedRange,
    /// By the rules that the site has.
    pub saved: EndingsReport,
    /// By those that might be set.
    pub proposed: EndingsReport,
}

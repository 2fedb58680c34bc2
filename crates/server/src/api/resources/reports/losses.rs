//! Drop-off, endings, error impact and funnels, as the API tells them.

use super::{Bucket, Buckets, Tabular, TimingResource, heads, share, written};
use crate::api::resources::ResolvedRange;
use crate::api::selections::Doors;
use footpath_model::reports::drop_off::{
    DropOff, DropOffAnswer, DropOffSelection, DropOffStep, WhichDropOff,
};
use footpath_model::reports::endings::{Ending, EndingCondition, EndingSelection, Endings, EndingsAnswer};
use footpath_model::reports::funnels::{
    Funnel, FunnelAnswer, FunnelOrder, FunnelSelection, FunnelStage, WhichFunnel,
};
use footpath_model::reports::impact::{
    Comparison, ErrorImpact, ErrorImpactAnswer, Impact, ImpactSelection, WhichImpact,
};
use footpath_model::reports::pattern::{Goal, StepPattern};
use footpath_model::reports::selection::Selection;
use footpath_model::reports::statistics::RiskDifference;
use footpath_model::search::SameEvent;
use footpath_model::steps::{StepKind, StepName};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

fn names(goals: &[Goal]) -> Vec<String> {
    goals.iter().map(|goal| goal.name.clone()).collect()
}

/// Steps by the sessions that are lost there.
#[derive(Serialize, ToSchema)]
pub(crate) struct DropOffReport {
    range: ResolvedRange,
    /// Which steps are looked at.
    kinds: Vec<StepKind>,
    /// What counts as success.
    goals: Vec<String>,
    /// Most sessions lost first.
    steps: Vec<DropOffPoint>,
    /// Steps that are not shown.
    rest: u64,
    /// Sessions lost at them.
    rest_dropped: u64,
    /// Sessions lost at any step.
    dropped: u64,
    /// All sessions.
    out_of: u64,
    /// Their door.
    selection: String,
}

/// A step with what became of those who reached it: `reached = continued + completed + dropped + open`.
#[derive(Serialize, ToSchema)]
struct DropOffPoint {
    step: StepName,
    /// Sessions that had it.
    reached: u64,
    /// Sessions whose last step is another one.
    continued: u64,
    /// Sessions that ended here, and reached a goal.
    completed: u64,
    /// Sessions that ended here, and reached none.
    dropped: u64,
    /// Live sessions that are here now.
    open: u64,
    /// `dropped ÷ reached`.
    drop_rate: Option<f64>,
    selections: DropOffSelections,
}

/// Doors of a step's numbers.
#[derive(Serialize, ToSchema)]
struct DropOffSelections {
    reached: String,
    continued: String,
    completed: String,
    dropped: String,
    open: String,
}

impl DropOffReport {
    pub(crate) fn of(range: ResolvedRange, asked: &DropOff, answer: DropOffAnswer, doors: &Doors) -> Self {
        let point = |point: DropOffStep| {
            let door = |which| {
                let (drop_off, step) = (asked.clone(), point.step.clone());
                doors.to(&Selection::DropOff(DropOffSelection { drop_off, step, which }))
            };
            DropOffPoint {
                selections: DropOffSelections {
                    reached: door(WhichDropOff::Reached),
                    continued: door(WhichDropOff::Continued),
                    completed: door(WhichDropOff::Completed),
                    dropped: door(WhichDropOff::Dropped),
                    open: door(WhichDropOff::Open),
                },
                reached: point.reached,
                continued: point.continued,
                completed: point.completed,
                dropped: point.dropped,
                open: point.open,
                drop_rate: share(point.dropped, point.reached),
                step: point.step,
            }
        };
        Self {
            range,
            kinds: asked.kinds.clone(),
            goals: names(&asked.goals),
            steps: answer.steps.into_iter().map(point).collect(),
            rest: answer.rest,
            rest_dropped: answer.rest_dropped,
            dropped: answer.dropped,
            out_of: answer.out_of,
            selection: doors.to(&Selection::All),
        }
    }
}

impl Tabular for DropOffReport {
    fn heads(&self) -> Vec<String> {
        heads(&["step", "reached", "continued", "completed", "dropped", "open", "drop_rate"])
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |point: &DropOffPoint| {
            let counts = [point.reached, point.continued, point.completed, point.dropped, point.open];
            let counts = counts.into_iter().map(Value::from);
            [written(&point.step)].into_iter().chain(counts).chain([point.drop_rate.into()]).collect()
        };
        self.steps.iter().map(row).collect()
    }
}

/// How the sessions that reached a step ended: the endings add up to those who reached it.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndingsReport {
    range: ResolvedRange,
    step: StepPattern,
    /// How long buckets are.
    #[schema(value_type = String)]
    interval: &'static str,
    buckets: Vec<Bucket>,
    /// Sessions that reached the step.
    reached: u64,
    /// Whether there are fields at the step.
    has_form: bool,
    /// One for each rule, in their order.
    endings: Vec<EndingResource>,
    /// All sessions.
    out_of: u64,
    /// Of `reached`.
    selection: String,
}

/// One ending.
#[derive(Serialize, ToSchema)]
#[schema(as = Ending)]
struct EndingResource {
    /// Place of its rule.
    rule: usize,
    /// The rule's name.
    name: String,
    /// What the rule looks for.
    #[schema(value_type = String)]
    when: &'static str,
    sessions: u64,
    /// As a part of those who reached the step.
    share: Option<f64>,
    /// Sessions by bucket.
    trend: Vec<u64>,
    /// What decided it; most sessions first.
    details: Vec<EndingDetailResource>,
    selection: String,
}

/// What decided an ending.
#[derive(Serialize, ToSchema)]
#[schema(as = EndingDetail)]
struct EndingDetailResource {
    step: StepName,
    sessions: u64,
    /// As a part of the ending's sessions.
    share: Option<f64>,
    selection: String,
}

/// A condition's name, as in JSON.
const fn when(condition: &EndingCondition) -> &'static str {
    match condition {
        EndingCondition::Completed => "completed",
        EndingCondition::StillOpen => "still_open",
        EndingCondition::BlockedByError { .. } => "blocked_by_error",
        EndingCondition::FailedRequest { .. } => "failed_request",
        EndingCondition::ValidationLoop { .. } => "validation_loop",
        EndingCondition::AbandonedAt { .. } => "abandoned_at",
        EndingCondition::LeftBeforeDetails => "left_before_details",
        EndingCondition::WentElsewhere { .. } => "went_elsewhere",
        EndingCondition::CameBackAndCompleted => "came_back_and_completed",
        EndingCondition::Idle => "idle",
    }
}

impl EndingsReport {
    pub(crate) fn of(
        range: ResolvedRange,
        buckets: &Buckets,
        asked: Endings,
        answer: EndingsAnswer,
        doors: &Doors,
    ) -> Self {
        let asked = asked.found(&answer);
        let door = |rule, detail| {
            doors.to(&Selection::Ending(EndingSelection { endings: asked.clone(), rule, detail }))
        };
        let ending = |((rule, ending), condition): ((usize, Ending), &EndingCondition)| {
            let detail = |detail: footpath_model::reports::endings::EndingDetail| EndingDetailResource {
                sessions: detail.sessions,
                share: share(detail.sessions, ending.sessions),
                selection: door(Some(rule), Some(detail.step.clone())),
                step: detail.step,
            };
            EndingResource {
                rule,
                when: when(condition),
                sessions: ending.sessions,
                share: share(ending.sessions, answer.reached),
                details: ending.details.into_iter().map(detail).collect(),
                trend: ending.trend,
                name: ending.name,
                selection: door(Some(rule), None),
            }
        };
        let conditions = asked.rules.rules().iter().map(|rule| &rule.when);
        let endings = answer.endings.into_iter().enumerate().zip(conditions).map(ending).collect();
        Self {
            range,
            step: asked.at.clone(),
            interval: buckets.interval.name(),
            buckets: buckets.told(),
            reached: answer.reached,
            has_form: answer.has_form,
            endings,
            out_of: answer.out_of,
            selection: door(None, None),
        }
    }
}

impl Tabular for EndingsReport {
    fn heads(&self) -> Vec<String> {
        heads(&["ending", "sessions", "share"])
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |one: &EndingResource| vec![one.name.clone().into(), one.sessions.into(), one.share.into()];
        self.endings.iter().map(row).collect()
    }
}

/// What errors cost.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorImpactReport {
    range: ResolvedRange,
    /// What counts as success.
    goals: Vec<String>,
    /// Most completions lost first, then those of which that cannot be said, by sessions.
    #[serde(rename = "rows")]
    errors: Vec<ErrorAtPage>,
    /// Errors at pages that are not shown.
    rest: u64,
    /// Sessions with an error.
    sessions: u64,
    /// Their door.
    selection: String,
    /// All sessions.
    out_of: u64,
}

/// What became of the sessions that met an error at a page: `sessions = ended + went_on + open`.
#[derive(Serialize, ToSchema)]
struct ErrorAtPage {
    error: String,
    /// Nothing where no page was viewed before.
    page: Option<String>,
    sessions: u64,
    /// Sessions that ended after it.
    ended: u64,
    /// Sessions that did something more.
    went_on: u64,
    /// Live sessions that did nothing more yet.
    open: u64,
    /// Sessions that retried.
    retried: u64,
    /// Retries, of which a session can have several.
    retries: u64,
    /// Retries that succeeded.
    retries_succeeded: u64,
    /// Sessions that took an alternative path.
    alternative: u64,
    /// The pages that they took.
    alternatives: Vec<AlternativePage>,
    /// Sessions that completed anyway.
    completed: u64,
    /// Against sessions without it.
    comparison: ComparisonResource,
    selections: ImpactSelections,
}

/// A page that sessions went to after an error.
#[derive(Serialize, ToSchema)]
struct AlternativePage {
    step: StepName,
    sessions: u64,
    selection: String,
}

/// Sessions with an error at a page, against those that reached the page without, matched by device and country. It finds
/// association, not cause.
#[derive(Serialize, ToSchema)]
#[schema(as = Comparison)]
struct ComparisonResource {
    /// `no_goals`, `too_few` sessions to say, or `matched`.
    #[schema(value_type = String)]
    state: &'static str,
    /// Sessions with the error, in groups that both sides have.
    with: Option<u64>,
    /// Sessions without.
    without: Option<u64>,
    /// Share that completed with the error, minus share that completed without.
    difference: Option<Interval95>,
    /// Completions lost by the sessions compared.
    lost: Option<Interval95>,
}

/// An estimate with its 95 % interval.
#[derive(Serialize, ToSchema)]
struct Interval95 {
    estimate: f64,
    low: f64,
    high: f64,
}

impl From<RiskDifference> for Interval95 {
    fn from(RiskDifference { estimate, low, high }: RiskDifference) -> Self {
        Self { estimate, low, high }
    }
}

impl From<Comparison> for ComparisonResource {
    fn from(comparison: Comparison) -> Self {
        match comparison {
            Comparison::NoGoals => {
                Self { state: "no_goals", with: None, without: None, difference: None, lost: None }
            }
            Comparison::TooFew { with, without } => Self {
                state: "too_few",
                with: Some(with),
                without: Some(without),
                difference: None,
                lost: None,
            },
            Comparison::Matched { with, without, difference, lost } => Self {
                state: "matched",
                with: Some(with),
                without: Some(without),
                difference: Some(difference.into()),
                lost: Some(lost.into()),
            },
        }
    }
}

/// Doors of an error's numbers.
#[derive(Serialize, ToSchema)]
struct ImpactSelections {
    sessions: String,
    ended: String,
    went_on: String,
    open: String,
    retried: String,
    alternative: String,
    completed: String,
    /// All that the comparison takes for the other side, whatever their device and country.
    without: String,
}

impl ErrorImpactReport {
    pub(crate) fn of(
        range: ResolvedRange,
        asked: &ErrorImpact,
        answer: ErrorImpactAnswer,
        doors: &Doors,
    ) -> Self {
        let row = |row: Impact| {
            let door = |which| {
                let (impact, at) = (asked.clone(), row.at.clone());
                doors.to(&Selection::Impact(ImpactSelection { impact, at, which }))
            };
            let alternative = |one: &footpath_model::reports::impact::Alternative| AlternativePage {
                step: one.page.clone(),
                sessions: one.sessions,
                selection: door(WhichImpact::Alternative(Some(one.page.label.to_string()))),
            };
            ErrorAtPage {
                selections: ImpactSelections {
                    sessions: door(WhichImpact::All),
                    ended: door(WhichImpact::Ended),
                    went_on: door(WhichImpact::WentOn),
                    open: door(WhichImpact::Open),
                    retried: door(WhichImpact::Retried),
                    alternative: door(WhichImpact::Alternative(None)),
                    completed: door(WhichImpact::Completed),
                    without: door(WhichImpact::Without),
                },
                alternatives: row.alternatives.iter().map(alternative).collect(),
                sessions: row.sessions,
                ended: row.ended,
                went_on: row.went_on,
                open: row.open,
                retried: row.retried,
                retries: row.retries,
                retries_succeeded: row.retries_succeeded,
                alternative: row.alternative,
                completed: row.completed,
                comparison: row.comparison.into(),
                error: row.at.error,
                page: row.at.page,
            }
        };
        Self {
            range,
            goals: names(&asked.goals),
            errors: answer.rows.into_iter().map(row).collect(),
            rest: answer.rest,
            sessions: answer.sessions,
            selection: doors.to(&Selection::WithErrors),
            out_of: answer.out_of,
        }
    }
}

impl Tabular for ErrorImpactReport {
    fn heads(&self) -> Vec<String> {
        heads(&[
            "error", "page", "sessions", "ended", "went_on", "open", "retried", "retries",
            "retries_succeeded", "alternative", "completed", "comparison", "difference", "difference_low",
            "difference_high", "lost", "lost_low", "lost_high",
        ])
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let interval = |of: &Option<Interval95>| match of {
            Some(of) => [of.estimate, of.low, of.high].map(Value::from),
            None => [Value::Null, Value::Null, Value::Null],
        };
        let row = |row: &ErrorAtPage| {
            let counts = [
                row.sessions, row.ended, row.went_on, row.open, row.retried, row.retries,
                row.retries_succeeded, row.alternative, row.completed,
            ];
            let named: [Value; 2] = [row.error.clone().into(), row.page.clone().into()];
            let compared = [row.comparison.state.into()];
            let intervals = [interval(&row.comparison.difference), interval(&row.comparison.lost)].concat();
            named.into_iter().chain(counts.map(Value::from)).chain(compared).chain(intervals).collect()
        };
        self.errors.iter().map(row).collect()
    }
}

/// How many sessions did this, then that, then the next.
#[derive(Serialize, ToSchema)]
pub(crate) struct FunnelReport {
    range: ResolvedRange,
    /// What may lie between steps.
    #[schema(value_type = String)]
    order: &'static str,
    /// From the first step to the last; nothing where a session is window enough.
    window_ms: Option<i64>,
    steps: Vec<FunnelStageResource>,
    /// Sessions that got through, as a part of those that began.
    conversion: Option<f64>,
    /// All sessions.
    out_of: u64,
    /// Their door.
    selection: String,
}

/// A step with what became of those who got so far: `reached = continued + dropped + open`.
#[derive(Serialize, ToSchema)]
#[schema(as = FunnelStage)]
struct FunnelStageResource {
    name: String,
    any_of: Vec<StepPattern>,
    /// Or any of these events: clauses of a search, each in braces.
    clauses: Vec<String>,
    reached: u64,
    /// Sessions that got further; at the last step all of them.
    continued: u64,
    /// Sessions that are over and got no further.
    dropped: u64,
    /// Live sessions that got no further yet.
    open: u64,
    /// As a part of those that began.
    of_first: Option<f64>,
    /// As a part of those at the step before.
    of_previous: Option<f64>,
    /// Over those that got further.
    time_to_next: Option<TimingResource>,
    selections: FunnelSelections,
}

/// Doors of a step's numbers.
#[derive(Serialize, ToSchema)]
struct FunnelSelections {
    reached: String,
    continued: String,
    dropped: String,
    open: String,
}

impl FunnelReport {
    pub(crate) fn of(range: ResolvedRange, asked: &Funnel, answer: &FunnelAnswer, doors: &Doors) -> Self {
        let stages = &answer.stages;
        let first = stages.first().map_or(0, |stage| stage.reached);
        let stage = |(step, stage): (usize, &FunnelStage)| {
            let door =
                |which| doors.to(&Selection::Funnel(FunnelSelection { funnel: asked.clone(), step, which }));
            let before = step.checked_sub(1).and_then(|before| stages.get(before));
            FunnelStageResource {
                name: asked.steps[step].name.clone(),
                any_of: asked.steps[step].any_of.clone(),
                clauses: asked.steps[step].clauses.iter().map(SameEvent::in_braces).collect(),
                reached: stage.reached,
                continued: stage.continued,
                dropped: stage.dropped,
                open: stage.open,
                of_first: share(stage.reached, first),
                of_previous: before.and_then(|before| share(stage.reached, before.reached)),
                time_to_next: TimingResource::of(stage.time_to_next),
                selections: FunnelSelections {
                    reached: door(WhichFunnel::Reached),
                    continued: door(WhichFunnel::Continued),
                    dropped: door(WhichFunnel::Dropped),
                    open: door(WhichFunnel::Open),
                },
            }
        };
        Self {
            range,
            order: match asked.order {
                FunnelOrder::Loose => "loose",
                FunnelOrder::Strict => "strict",
            },
            window_ms: asked.window_ms,
            steps: stages.iter().enumerate().map(stage).collect(),
            conversion: stages.last().and_then(|last| share(last.reached, first)),
            out_of: answer.out_of,
            selection: doors.to(&Selection::All),
        }
    }
}

impl Tabular for FunnelReport {
    fn heads(&self) -> Vec<String> {
        let names = [
            "step", "reached", "continued", "dropped", "open", "of_first", "of_previous", "time_to_next (ms)",
        ];
        heads(&names)
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let row = |stage: &FunnelStageResource| {
            vec![
                stage.name.clone().into(),
                stage.reached.into(),
                stage.continued.into(),
                stage.dropped.into(),
                stage.open.into(),
                stage.of_first.into(),
                stage.of_previous.into(),
                stage.time_to_next.map(|time| time.median_ms).into(),
            ]
        };
        self.steps.iter().map(row).collect()
    }
}

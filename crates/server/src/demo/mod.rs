//! The demo: a small shop, instrumented with the real SDK, recordings of what went on in it, and simulated visitors;
//! all go through the real ingest.

mod catalogue;
pub mod fill;
pub mod recordings;
pub mod shop;
pub mod visitors;

use footpath_model::id::SiteId;
use footpath_model::reports::endings::{EndingCondition, EndingRule, EndingRules};
use footpath_model::reports::pattern::{Goal, StepPattern};
use footpath_model::site::{SessionRules, Site};
use footpath_model::steps::StepKind;
use footpath_store::{MetadataError, NewSite, Store};
use std::sync::Arc;
use visitors::{Population, Simulation, Traffic};

/// The site that the demo runs on.
pub(crate) fn site() -> NewSite {
    NewSite {
        id: SiteId("shop".to_owned()),
        name: "Demo shop".to_owned(),
        time_zone: crate::serve::system_time_zone(),
        base_path: "/demo".to_owned(),
        session_rules: SessionRules::default(),
    }
}

/// What counts as success in the shop.
fn goals() -> Vec<Goal> {
    let steps =
        [StepPattern::new(StepKind::Custom, "purchase"), StepPattern::new(StepKind::Page, "/order/*")];
    vec![Goal { name: "Order confirmed".to_owned(), steps: steps.to_vec() }]
}

/// How its sessions are told to have ended: who leaves while paying has a reason of their own, even where the payment threw.
fn ending_rules() -> EndingRules {
    use EndingCondition as C;
    let any = Vec::new;
    let fields = |pattern: &str| C::AbandonedAt { fields: vec![pattern.to_owned()] };
    let rules = [
        ("Completed purchase", C::Completed),
        ("Still shopping", C::StillOpen),
        ("Abandoned at payment", fields("checkout: card_*")),
        ("Abandoned at address", fields("checkout: *")),
        ("Left before entering details", C::LeftBeforeDetails),
        ("Stopped by an error", C::BlockedByError { errors: any() }),
        ("Stopped by a failed request", C::FailedRequest { endpoints: any() }),
        ("Form not accepted", C::ValidationLoop { forms: any() }),
        ("Went elsewhere", C::WentElsewhere { pages: any() }),
        ("Came back later and bought", C::CameBackAndCompleted),
        ("Left without a sign", C::Idle),
    ];
    let rules = rules.map(|(name, when)| EndingRule { name: name.to_owned(), when }).to_vec();
    EndingRules::try_from(rules).expect("the last rule takes what is left")
}

/// Makes what a new demo site is made with.
pub(crate) async fn furnish(store: &Store, site: &Site) -> Result<(), MetadataError> {
    let metadata = store.metadata();
    metadata.set_goals(&site.id, goals()).await?;
    metadata.set_ending_rules(&site.id, ending_rules()).await?;
    metadata.set_rules(&site.id, recordings::rules(), crate::clock::now()).await.map(drop)
}

/// Fills an empty demo site through the server at `url`, which also serves the shop; and keeps visitors coming.
pub(crate) async fn run(url: String, store: Store, site: Arc<Site>, seed: u64, days: u32, trickle: bool) {
    let is_empty = store.sessions(&site.id).first_start().is_none();
    let population = if is_empty {
        // First, since they are few, and what a newcomer looks for.
        match recordings::send(&url, &site.key, crate::clock::now().0).await {
            Ok(recordings) => tracing::info!(recordings, "the demo shop has replays to watch"),
            Err(error) => report_failure("the demo shop has no replays to watch", &error),
        }
        let traffic =
            Traffic::new(Simulation { seed, days, now: crate::clock::now().0, origin: url.clone() });
        let population = traffic.population();
        tracing::info!("filling the demo shop with {} simulated sessions", traffic.n_planned());
        match fill::fill(&url, &site.backfill_key, traffic).await {
            Ok(report) => tracing::info!(
                sessions = report.sessions,
                batches = report.batches,
                events = report.events,
                elapsed_ms = report.elapsed.as_millis(),
                "filled the demo shop"
            ),
            Err(error) => return report_failure("could not fill the demo shop", &error),
        }
        population
    } else {
        // Who was simulated before is not known any more: everybody is new.
        Population::new(seed)
    };
    if trickle {
        let Err(error) = fill::trickle(&url, &site.key, &url, population).await;
        report_failure("no more visitors will come to the demo shop", &error);
    }
}

fn report_failure(what: &str, error: &fill::FillError) {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    tracing::error!("{what}: {error}{cause}");
}

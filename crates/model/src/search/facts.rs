//! What each field says of a session or of an event: the meaning of the fields, once.

use super::ast::Clause;
use super::field::{EventField, SessionField};
use super::pattern::fold;
use super::predicate::Clock;
use super::story::{Moment, Story};
use super::words::{self, State, Thing};
use crate::event::{PropValue, Props, RequestFailure};
use crate::session::{Page, Session, SessionStatus};
use crate::site::SessionRules;
use crate::steps::{StepKind, View};

/// One thing that a field says.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Fact {
    Text(String),
    Number(f64),
}

/// What a field says; nothing where it has no value.
pub(super) type Facts = Vec<Fact>;

fn text(text: impl Into<String>) -> Facts {
    vec![Fact::Text(text.into())]
}

fn maybe_text(text: Option<impl Into<String>>) -> Facts {
    text.map(|text| Fact::Text(text.into())).into_iter().collect()
}

fn number(number: impl Into<f64>) -> Facts {
    vec![Fact::Number(number.into())]
}

fn maybe_number(number: Option<impl Into<f64>>) -> Facts {
    number.map(|number| Fact::Number(number.into())).into_iter().collect()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of some thousand years are below 2^53")]
fn ms(ms: i64) -> Facts {
    number(ms as f64)
}

/// Path and template: either can be asked for.
fn path(page: Option<&Page>) -> Facts {
    page.into_iter().flat_map(|page| [&page.path, &page.route].map(|text| Fact::Text(text.clone()))).collect()
}

/// Of a session.
pub(super) fn of_session(clause: &Clause<SessionField>, session: &Session, clock: Clock<'_>) -> Facts {
    let counts = &session.counts;
    let utm = &session.acquisition.utm;
    let user = session.user.as_ref();
    match clause.field {
        SessionField::User => {
            let id = user.map(|user| user.id.as_str());
            id.into_iter().chain(user.and_then(|user| user.email())).flat_map(text).collect()
        }
        SessionField::UserId => maybe_text(user.map(|user| user.id.as_str())),
        SessionField::Email => maybe_text(user.and_then(|user| user.email())),
        SessionField::Trait => user.map_or_else(Vec::new, |user| of_key(&user.traits, clause.key.as_deref())),
        SessionField::Visitor => text(session.visitor_id.to_string()),
        SessionField::Session => text(session.id.to_string()),
        SessionField::Previous => maybe_text(session.previous_id.map(|id| id.to_string())),
        SessionField::Started => ms(session.start.0),
        SessionField::Duration => ms(session.duration_ms()),
        SessionField::Active => ms(session.active_ms),
        SessionField::Pages => number(counts.page_views),
        SessionField::Clicks => number(counts.clicks),
        SessionField::Submits => number(counts.submits),
        SessionField::Interactions => number(counts.interactions),
        SessionField::Requests => number(counts.requests),
        SessionField::FailedRequests => number(counts.failed_requests),
        SessionField::Errors => number(counts.errors),
        SessionField::RageClicks => number(counts.rage_clicks),
        SessionField::DeadClicks => number(counts.dead_clicks),
        SessionField::ErrorClicks => number(counts.error_clicks),
        SessionField::CustomEvents => number(counts.custom),
        SessionField::Events => number(counts.events),
        SessionField::Tabs => number(counts.tabs),
        SessionField::StartReason => text(words::reason(session.start_reason)),
        SessionField::EndReason => maybe_text(session.end_reason(clock.now, rules(clock)).map(words::reason)),
        SessionField::Entry => path(session.entry.as_ref()),
        SessionField::EntryTitle => maybe_text(session.entry.as_ref().and_then(|page| page.title.clone())),
        SessionField::EntryLoad => maybe_number(session.load_ms),
        SessionField::Exit => path(session.exit.as_ref()),
        SessionField::ExitTitle => maybe_text(session.exit.as_ref().and_then(|page| page.title.clone())),
        SessionField::Channel => text(words::channel(session.acquisition.channel)),
        SessionField::Referrer => maybe_text(session.acquisition.referrer.clone()),
        SessionField::UtmSource => maybe_text(utm.source.clone()),
        SessionField::UtmMedium => maybe_text(utm.medium.clone()),
        SessionField::UtmCampaign => maybe_text(utm.campaign.clone()),
        SessionField::UtmTerm => maybe_text(utm.term.clone()),
        SessionField::UtmContent => maybe_text(utm.content.clone()),
        SessionField::Device => text(words::device(session.device.class)),
        SessionField::DeviceModel => maybe_text(session.device.model.clone()),
        SessionField::Browser => {
            maybe_text(session.device.browser.as_ref().map(|browser| browser.name.clone()))
        }
        SessionField::BrowserVersion => {
            maybe_text(session.device.browser.as_ref().and_then(|browser| browser.version.clone()))
        }
        SessionField::Os => maybe_text(session.device.os.as_ref().map(|os| os.name.clone())),
        SessionField::OsVersion => maybe_text(session.device.os.as_ref().and_then(|os| os.version.clone())),
        SessionField::ScreenWidth => maybe_number(session.screen.map(|[width, _]| width)),
        SessionField::ScreenHeight => maybe_number(session.screen.map(|[_, height]| height)),
        SessionField::Language => maybe_text(session.language.clone()),
        SessionField::Country => maybe_text(session.place.country.clone()),
        SessionField::Region => maybe_text(session.place.region.clone()),
        SessionField::City => maybe_text(session.place.city.clone()),
        SessionField::Release => maybe_text(session.release.clone()),
        SessionField::Bot => maybe_text(session.bot.map(words::bot)),
        SessionField::Skew => ms(session.clock_skew_ms),
        SessionField::Clamped => number(session.n_clamped),
        // These are asked otherwise.
        SessionField::Is | SessionField::Has => Vec::new(),
    }
}

/// Whether it is so.
pub(super) fn is(state: State, session: &Session, clock: Clock<'_>) -> bool {
    let is_live = session.status(clock.now, rules(clock)) == SessionStatus::Live;
    match state {
        State::Live => is_live,
        State::Settled => !is_live,
        State::Bounced => !is_live && session.is_bounce(),
        State::Returning => session.previous_id.is_some(),
        State::New => session.previous_id.is_none(),
        State::Identified => session.user.is_some(),
        State::Anonymous => session.user.is_none(),
        State::Bot => session.bot.is_some(),
    }
}

/// Whether it has one.
pub(super) fn has(thing: Thing, session: &Session) -> bool {
    let counts = &session.counts;
    match thing {
        Thing::Errors => counts.errors > 0,
        Thing::Failed => counts.failed_requests > 0,
        Thing::Rage => counts.rage_clicks > 0,
        Thing::Dead => counts.dead_clicks > 0,
        Thing::Replay => session.replay.chunks > 0,
        Thing::User => session.user.is_some(),
        // Interactions are clicks, submissions and inputs.
        Thing::Form => counts.interactions > counts.clicks,
    }
}

fn rules(clock: Clock<'_>) -> SessionRules {
    SessionRules { timeout_ms: clock.timeout_ms, ..SessionRules::default() }
}

/// Keys are compared without case, as field names are.
fn of_key(props: &Props, key: Option<&str>) -> Facts {
    let asked = key.unwrap_or_default();
    let of_key = props.0.iter().filter(|(key, _)| fold(key) == fold(asked));
    of_key.map(|(_, value): (_, &PropValue)| Fact::Text(value.to_string())).collect()
}

/// Of an event of the clause's kind. What is asked of page views is asked of the one that it happened on.
pub(super) fn of_moment(clause: &Clause<EventField>, moment: &Moment<'_>, story: &Story<'_>) -> Facts {
    let view = moment.view.map(|view| &story.views[view]);
    let measure = |of: fn(&View) -> Option<f64>| maybe_number(view.and_then(of).map(f64::round));
    let step = || moment.step.map(|step| &story.steps[step]);
    let label = || maybe_text(step().map(|step| step.label.as_ref()));
    let label_of_sign = |sign: &str| {
        let is_so = step().is_some_and(|step| step.outcome.as_deref() == Some(sign));
        if is_so { label() } else { Vec::new() }
    };
    let call = || &story.calls[moment.place];
    let error = || &story.errors[moment.place];
    if clause.field.kind() != StepKind::Page && clause.field.kind() != moment.kind {
        return Vec::new();
    }
    match clause.field {
        EventField::Page => {
            view.into_iter().flat_map(|view| [&view.path, &view.route]).flat_map(text).collect()
        }
        EventField::Load => measure(|view| view.load_ms.map(f64::from)),
        EventField::Ttfb => measure(|view| view.ttfb_ms.map(f64::from)),
        EventField::DomReady => measure(|view| view.dom_ready_ms.map(f64::from)),
        EventField::Fcp => measure(|view| view.fcp_ms),
        EventField::Lcp => measure(|view| view.lcp_ms),
        EventField::Inp => measure(|view| view.inp_ms),
        EventField::Cls => maybe_number(view.and_then(|view| view.cls)),
        EventField::Click | EventField::Input | EventField::Submit | EventField::Event => label(),
        EventField::Rage => label_of_sign("rage"),
        EventField::Dead => label_of_sign("dead"),
        EventField::ErrorClick => label_of_sign("error"),
        EventField::Request => text(call().endpoint.as_str()),
        EventField::Failed => maybe_text(call().failed().then(|| call().endpoint.as_str())),
        EventField::Status => number(call().status),
        EventField::RequestDuration => number(call().duration_ms),
        EventField::RequestFailure => maybe_text(call().failure.map(RequestFailure::name)),
        EventField::Error => text(error().name.as_str()),
        EventField::ErrorMessage => text(error().message.as_str()),
        EventField::ErrorFrame => maybe_text(error().frame.clone()),
        EventField::ErrorGroup => text(error().group.as_str()),
        EventField::Prop => {
            moment.custom.map_or_else(Vec::new, |custom| of_key(&custom.props, clause.key.as_deref()))
        }
    }
}

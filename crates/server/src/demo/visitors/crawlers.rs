//! Programs that come by: search engines that run the page's scripts, and one that watches whether the shop is up.

use super::Delivery;
use super::dice::Dice;
use super::measures::Speed;
use super::pages::Page;
use crate::demo::catalogue::products;
use crate::ingest::wire::{VERSION, WireBatch, WireContext, WireEvent, WireSession};
use footpath_model::event::{EventKind, Navigation, PageView};
use footpath_model::id::{SessionId, TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use std::net::Ipv4Addr;

/// User agent, address, share.
#[rustfmt::skip]
const CRAWLERS: [(&str, Ipv4Addr, u32); 4] = [
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/141.0.0.0 Safari/537.36", Ipv4Addr::new(66, 249, 66, 1), 6),
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36", Ipv4Addr::new(40, 77, 167, 20), 3),
    ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", Ipv4Addr::new(54, 36, 148, 10), 2),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/138.0.0.0 Safari/537.36", Ipv4Addr::new(18, 184, 10, 7), 3),
];

/// One comes at `at` and looks at one page.
pub fn crawl(at: i64, origin: &str, dice: &mut Dice) -> Delivery {
    let (user_agent, address, _) = *dice.weighted(&CRAWLERS, |(_, _, weight)| *weight);
    let page = if dice.chance(0.3) { Page::Home } else { Page::Product(dice.one_of(products())) };
    let speed = Speed { round_trip_ms: 12, slowness: 1.5 };
    let seen = super::measures::Timings::of(page, speed, true, dice).seen();
    let view = PageView {
        url: format!("{origin}{}", page.path()),
        title: Some(page.title()),
        referrer: None,
        navigation: Navigation::Load,
    };
    let body = WireBatch {
        v: VERSION,
        sent_at: at + seen + 1_000,
        session: Some(WireSession {
            id: SessionId(dice.uuid(at)),
            start_reason: BoundaryReason::FirstVisit,
            previous_id: None,
        }),
        visitor_id: Some(VisitorId(dice.uuid(at))),
        tab_id: TabId(dice.uuid(at)),
        context: WireContext { language: Some("en-US".to_owned()), ..WireContext::default() },
        events: vec![WireEvent { seq: 0, at: at + seen, kind: EventKind::PageView(view) }],
    };
    Delivery { body, address, user_agent }
}

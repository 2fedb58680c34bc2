//! Who sends: the ids of the client, or, in cookieless mode, ids derived here.
//!
//! A derived visitor is a hash of address and user agent under a salt that changes daily and is then deleted, so
//! nobody can be followed from day to day. A session that crosses midnight keeps its visitor: while yesterday's id
//! has a session that is still live, it is used on.

use super::wire::WireSession;
use footpath_model::batch::SessionHint;
use footpath_model::id::{SessionId, SiteId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::site::Site;
use footpath_model::time::Timestamp;
use footpath_store::{MetadataError, Salts, Store};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use uuid::Uuid;

/// Visitor and session hint of a batch.
pub(super) async fn put_visitor(
    store: &Store,
    site: &Site,
    received_at: Timestamp,
    from: (IpAddr, &str),
    visitor: Option<VisitorId>,
    session: Option<WireSession>,
) -> Result<(VisitorId, SessionHint), MetadataError> {
    let visitor = match (visitor, &session) {
        (Some(visitor), _) => visitor,
        // A client with a session but no visitor: the session is all that is known of the person.
        (None, Some(session)) => VisitorId(session.id.0),
        (None, None) => {
            let salts = store.metadata().salts(received_at).await?;
            let is_live = |id: VisitorId| {
                let last = store.sessions(&site.id).last_activity(derived_session(id));
                last.is_some_and(|last| received_at.since(last) <= site.session_rules.timeout_ms)
            };
            derived_visitor(&salts, &site.id, from, is_live)
        }
    };
    let hint = match session {
        Some(WireSession { id, start_reason, previous_id }) => SessionHint { id, start_reason, previous_id },
        None => SessionHint {
            id: derived_session(visitor),
            start_reason: BoundaryReason::FirstVisit,
            previous_id: None,
        },
    };
    Ok((visitor, hint))
}

fn derived_visitor(
    salts: &Salts,
    site: &SiteId,
    from: (IpAddr, &str),
    is_live: impl Fn(VisitorId) -> bool,
) -> VisitorId {
    let yesterday = salted(&salts.yesterday, site, from);
    if is_live(yesterday) { yesterday } else { salted(&salts.today, site, from) }
}

fn salted(salt: &[u8], site: &SiteId, (address, user_agent): (IpAddr, &str)) -> VisitorId {
    let hash = Sha256::new()
        .chain_update(salt)
        .chain_update(site.0.as_bytes())
        .chain_update([0])
        .chain_update(address.to_string())
        .chain_update([0])
        .chain_update(user_agent)
        .finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash[..16]);
    VisitorId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// One hint for all of a derived visitor's events; the fold cuts it into sessions.
fn derived_session(visitor: VisitorId) -> SessionId {
    SessionId(Uuid::new_v5(&visitor.0, b"session"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_derived_visitor_changes_with_the_day_unless_its_session_is_live() {
        let salts = Salts { today: vec![1; 32], yesterday: vec![2; 32] };
        let site = SiteId("shop".to_owned());
        let from = (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), "a browser");
        let today = derived_visitor(&salts, &site, from, |_| false);
        let yesterday = derived_visitor(&salts, &site, from, |_| true);
        assert_ne!(today, yesterday);
        assert_eq!(yesterday, salted(&salts.yesterday, &site, from));
        let other = (from.0, "another browser");
        assert_ne!(today, derived_visitor(&salts, &site, other, |_| false));
    }
}

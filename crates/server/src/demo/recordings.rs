//! Sessions in the shop that a real browser recorded, so that there is something to watch: what its SDK sent while a
//! robot went through the shop's pages, sent again by the public key as if it had happened just now.
//!
//! `npm run record -w e2e` makes them anew, which a change of the shop or of the recorder may ask for. Nothing in them
//! is invented but the time, the ids, and where the shop is served from.

use super::fill::{Door, FillError, Sending};
use super::shop::Files;
use crate::ingest::replay::decode::WireChunkHead;
use crate::ingest::wire::WireBatch;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use footpath_model::privacy::{ReplayRules, SiteRules};
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::io::{Error, Read, Write};
use std::net::Ipv4Addr;
use uuid::{NoContext, Uuid};

/// A recording: its file, when it is said to have happened, and from where.
struct Walk {
    name: &'static str,
    minutes_ago: i64,
    address: Ipv4Addr,
}

const WALKS: &[Walk] = &[
    Walk { name: "declined-card", minutes_ago: 9, address: Ipv4Addr::new(73, 2, 118, 24) },
    Walk { name: "order", minutes_ago: 52, address: Ipv4Addr::new(91, 3, 70, 201) },
    Walk { name: "phone", minutes_ago: 137, address: Ipv4Addr::new(86, 5, 31, 9) },
    Walk { name: "broken-payment", minutes_ago: 316, address: Ipv4Addr::new(90, 1, 212, 77) },
];

/// What the shop's pages may record: everybody, with the words of the shop and without what is typed.
pub(crate) fn rules() -> SiteRules {
    let replay = ReplayRules {
        enabled: true,
        sample_rate: 1.0,
        on_error: true,
        mask_all_text: false,
        ..ReplayRules::default()
    };
    SiteRules { replay, ..SiteRules::default() }
}

/// Sends all of them to the server at `base_url`, which also serves the shop. Returns how many there are.
///
/// # Errors
/// Where the server stays out of reach, or does not take a request.
pub async fn send(base_url: &str, public_key: &str, now: i64) -> Result<usize, FillError> {
    let door = Door::new(base_url, public_key)?;
    for walk in WALKS {
        let recording = Recording::of(walk.name).map_err(FillError::Recording)?;
        let start = now - walk.minutes_ago * 60_000;
        let moved = recording.moved((start, now), base_url).map_err(FillError::Recording)?;
        for sent in moved.sent {
            let (replay, body) = sent.body().map_err(FillError::Recording)?;
            door.send(Sending { replay, body, address: walk.address, user_agent: &moved.user_agent }).await?;
        }
    }
    Ok(WALKS.len())
}

/// A file of `demo/recordings`.
#[derive(Deserialize, Serialize)]
struct Recording {
    user_agent: String,
    /// Where the shop was.
    origin: String,
    /// Requests, in the order in which they arrived.
    sent: Vec<Sent>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Sent {
    Batch(Box<WireBatch>),
    Chunk { head: Box<WireChunkHead>, records: Vec<Box<RawValue>> },
}

/// A record, as far as it must be known to move it.
#[derive(Deserialize, Serialize)]
struct Record<'a> {
    r#type: u8,
    #[serde(borrow)]
    data: &'a RawValue,
    timestamp: i64,
}

impl Recording {
    fn of(name: &str) -> Result<Self, Error> {
        let missing = || Error::new(std::io::ErrorKind::NotFound, format!("there is no recording `{name}`"));
        let file = Files::get(&format!("recordings/{name}.json.gz")).ok_or_else(missing)?;
        let mut text = String::new();
        GzDecoder::new(&*file.data).read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text)?)
    }

    /// The same at another time, in another place, of another visitor, as a browser sends it that was out of reach until now.
    fn moved(&self, (start, now): (i64, i64), origin: &str) -> Result<Self, Error> {
        let first = self.sent.iter().filter_map(Sent::first_at).min().unwrap_or(start);
        let by = start - first;
        // Ids and addresses are in texts of all kinds, and are nothing else anywhere.
        let mut text = serde_json::to_string(self)?.replace(&self.origin, origin);
        for id in self.sent.iter().flat_map(Sent::ids).collect::<HashSet<_>>() {
            let (seconds, nanos) = id.get_timestamp().map_or((0, 0), |at| at.to_unix());
            let seconds = seconds.saturating_add_signed(by.div_euclid(1000));
            let another = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos));
            text = text.replace(&id.to_string(), &another.to_string());
        }
        let mut moved: Self = serde_json::from_str(&text)?;
        for sent in &mut moved.sent {
            sent.move_by(by, now)?;
        }
        Ok(moved)
    }
}

impl Sent {
    fn first_at(&self) -> Option<i64> {
        match self {
            Self::Batch(batch) => batch.events.iter().map(|event| event.at).min(),
            Self::Chunk { head, .. } => Some(head.first_at),
        }
    }

    fn ids(&self) -> Vec<Uuid> {
        let (session, visitor, tab, page) = match self {
            Self::Batch(batch) => (&batch.session, batch.visitor_id, batch.tab_id, None),
            Self::Chunk { head, .. } => (&head.session, head.visitor_id, head.tab_id, Some(head.page_id)),
        };
        let session = session.as_ref();
        let sessions = session.into_iter().flat_map(|session| [Some(session.id), session.previous_id]);
        let others = [visitor.map(|visitor| visitor.0), Some(tab.0), page.map(|page| page.0)];
        sessions.flatten().map(|session| session.0).chain(others.into_iter().flatten()).collect()
    }

    fn move_by(&mut self, by: i64, now: i64) -> Result<(), Error> {
        match self {
            Self::Batch(batch) => {
                batch.sent_at = now;
                batch.events.iter_mut().for_each(|event| event.at += by);
            }
            Self::Chunk { head, records } => {
                head.sent_at = now;
                head.first_at += by;
                head.last_at += by;
                for text in records {
                    let mut record: Record<'_> = serde_json::from_str(text.get())?;
                    record.timestamp += by;
                    *text = serde_json::value::to_raw_value(&record)?;
                }
            }
        }
        Ok(())
    }

    /// Whether it is of a replay, and its body.
    fn body(self) -> Result<(bool, Bytes), Error> {
        match self {
            Self::Batch(batch) => Ok((false, serde_json::to_vec(&batch)?.into())),
            Self::Chunk { mut head, records } => {
                let lines: String = records.iter().map(|record| format!("{}\n", record.get())).collect();
                head.bytes = u32::try_from(lines.len()).map_err(Error::other)?;
                let mut body = serde_json::to_vec(&head)?;
                body.push(b'\n');
                let mut encoder = GzEncoder::new(body, Compression::default());
                encoder.write_all(lines.as_bytes())?;
                Ok((true, encoder.finish()?.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::replay::decode::probe;

    const START: i64 = 1_795_442_400_000;
    const HOUR: i64 = 3_600_000;

    #[test]
    fn every_recording_can_be_watched_from_its_start() {
        for walk in WALKS {
            let moved = Recording::of(walk.name)
                .expect("it is there")
                .moved((START, START + HOUR), "http://localhost:9");
            let moved = moved.expect("it can be moved");
            let first: Vec<i64> = moved.sent.iter().filter_map(Sent::first_at).collect();
            assert_eq!(first.iter().min(), Some(&START));
            let heads = moved.sent.iter().filter_map(|sent| match sent {
                Sent::Chunk { head, .. } => Some((head.index, head.keyframe, head.flags.is_empty())),
                Sent::Batch(_) => None,
            });
            let heads: Vec<_> = heads.collect();
            assert!(heads.len() > 2, "{}: {heads:?}", walk.name);
            assert!(heads.contains(&(0, true, true)), "{}: {heads:?}", walk.name);
            for sent in moved.sent {
                let (replay, body) = sent.body().expect("it has a body");
                if replay {
                    probe(&body).expect("the server reads it");
                    let text = String::from_utf8_lossy(&body);
                    assert!(!text.contains("shop.example"), "{}: it is where the shop is", walk.name);
                }
            }
        }
    }

    #[test]
    fn somebody_met_a_payment_error() {
        let recording = Recording::of("declined-card").expect("it is there");
        let text = serde_json::to_string(&recording).expect("JSON");
        assert!(text.contains("\"PaymentError\""));
    }

    #[test]
    fn a_recording_sent_twice_is_of_two_visitors() {
        let recording = Recording::of("order").expect("it is there");
        let ids = || -> HashSet<Uuid> {
            recording
                .moved((START, START + HOUR), "http://localhost:9")
                .expect("moved")
                .sent
                .iter()
                .flat_map(Sent::ids)
                .collect()
        };
        assert!(ids().is_disjoint(&ids()));
    }
}

//! Batches of the wire format, one a line.
//!
//! A line may say who sent it, beside what docs/wire.md knows: `"sender": {"address": …, "user_agent": …}`, which a
//! browser would have said in its request. What is wrong with a batch is left to the server to tell.

use super::source::{Line, Source};
use super::{DataError, Outgoing, Reject, Sender, Unit, Units};
use serde::Deserialize;
use serde::de::IgnoredAny;

pub(super) struct Ndjson {
    source: Source,
}

impl Ndjson {
    pub(super) fn new(source: Source) -> Self {
        Self { source }
    }
}

/// What must be known of a batch to send it.
#[derive(Deserialize)]
struct About {
    #[serde(default)]
    sender: Option<Sender>,
    events: Vec<IgnoredAny>,
}

impl Units for Ndjson {
    fn next(&mut self) -> Result<Option<Unit>, DataError> {
        Ok(self.source.next()?.map(unit))
    }
}

fn unit(Line { number, end, bytes }: Line) -> Unit {
    let mut unit = Unit { last_line: number, end, ..Unit::default() };
    let Some(body) = bytes else {
        let message = "a batch has at most 4 MiB: write its events as several batches".to_owned();
        unit.rejects.push(Reject::line(number, "body_too_large", message, String::new()));
        return unit;
    };
    if body.iter().all(u8::is_ascii_whitespace) {
        unit.passed_over = 1;
        return unit;
    }
    match serde_json::from_slice::<About>(&body) {
        Ok(About { sender, events }) => unit.sends.push(Outgoing {
            line: number,
            n_events: events.len() as u64,
            sender: sender.unwrap_or_default(),
            body,
        }),
        Err(error) => match wrong_sender(&body) {
            Some(message) => {
                let text = String::from_utf8_lossy(&body).into_owned();
                unit.rejects.push(Reject::line(number, "invalid_batch", message, text));
            }
            // The server says which field.
            None => {
                tracing::debug!(line = number, %error, "not a batch");
                let sender = Sender::default();
                unit.sends.push(Outgoing { line: number, n_events: 0, sender, body });
            }
        },
    }
    unit
}

/// The server does not know this field, and would not say so.
fn wrong_sender(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Only {
        sender: Option<serde_json::Value>,
    }
    let sender = serde_json::from_slice::<Only>(body).ok()?.sender?;
    let error = serde_json::from_value::<Sender>(sender).err()?;
    Some(format!("sender: {error}; it is an object of `address` and `user_agent`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Unit {
        unit(Line { number: 7, end: 9, bytes: Some(text.as_bytes().to_vec()) })
    }

    #[test]
    fn a_line_says_who_sent_it_or_does_not() {
        let told =
            of(r#"{"v":1,"events":[{},{}],"sender":{"address":"192.0.2.1","user_agent":"a browser"}}"#);
        assert_eq!(told.sends[0].n_events, 2);
        assert_eq!(told.sends[0].sender.user_agent.as_deref(), Some("a browser"));
        assert_eq!(of(r#"{"v":1,"events":[{}]}"#).sends[0].sender, Sender::default());
        assert_eq!((of("  ").sends.len(), of("  ").passed_over), (0, 1));
        assert_eq!(of("no batch").sends.len(), 1, "the server says what is wrong with it");
    }

    #[test]
    fn a_sender_that_is_none_is_refused_here() {
        let unit = of(r#"{"v":1,"events":[{}],"sender":{"ip":"192.0.2.1"}}"#);
        assert!(unit.sends.is_empty());
        assert!(
            unit.rejects[0].message.starts_with("sender: unknown field `ip`"),
            "{}",
            unit.rejects[0].message
        );
    }
}

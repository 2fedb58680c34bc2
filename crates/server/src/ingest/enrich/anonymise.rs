//! Where a site wants it, nobody can be told by name: user ids are hashed with a secret of the site, traits are dropped,
//! and of places only the country is kept. The same user still has the same id, on this site alone.

use footpath_model::context::{Context, Place, User};
use footpath_model::event::{Event, EventKind, Props};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Beginning of an id that was hashed.
const PREFIX: &str = "anon-";
/// Bytes of the hash that are kept: no two of any number of users meet.
const KEPT: usize = 16;

/// What stands for a user id on a site with this secret. An id that stands for one is left as it is.
pub fn pseudonym(secret: &[u8], id: &str) -> String {
    let is_one = id.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == 2 * KEPT && rest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    });
    if is_one {
        return id.to_owned();
    }
    let hash = Sha256::new().chain_update(secret).chain_update([0]).chain_update(id).finalize();
    hash[..KEPT].iter().fold(PREFIX.to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Takes out of a batch who it is of.
pub fn anonymise(context: &mut Context, events: &mut [Event], secret: &[u8]) {
    if let Some(User { id, traits }) = &mut context.user {
        *id = pseudonym(secret, id);
        *traits = Props::default();
    }
    let country = context.place.country.take();
    context.place = Place { country, region: None, city: None };
    for event in events {
        if let EventKind::Identify(identify) = &mut event.kind {
            identify.user_id = pseudonym(secret, &identify.user_id);
            identify.traits = Props::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_one_name_on_a_site_and_another_on_the_next() {
        let name = pseudonym(&[1; 32], "ann@example.com");
        assert_eq!(name, pseudonym(&[1; 32], "ann@example.com"));
        assert_ne!(name, pseudonym(&[2; 32], "ann@example.com"));
        assert_eq!(pseudonym(&[1; 32], &name), name, "a name is not hashed again");
        assert!(name.starts_with("anon-") && name.len() == 37, "{name}");
    }
}

//! Where visitors are: how many from each country, when they are awake, what they speak, and from which addresses.

use super::dice::Dice;
use std::net::Ipv4Addr;

/// A country that visitors come from.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// Share of the visitors.
    pub weight: u32,
    /// From UTC, without summer time.
    pub utc_offset_minutes: i64,
    /// As the browser names it.
    pub time_zone: &'static str,
    /// What browsers are set to, the main one first.
    pub languages: &'static [&'static str],
    /// A large access provider's addresses: `a.b.*.*` with `b` from the second number to the third.
    network: (u8, u8, u8),
    /// Round trip to the shop, which stands in Frankfurt, milliseconds.
    pub round_trip_ms: i64,
    /// Share of phones among the devices, relative to the average.
    pub phones: u32,
}

/// All countries.
#[rustfmt::skip]
pub const COUNTRIES: &[Country] = &[
    Country { code: "DE", weight: 26, utc_offset_minutes:   60, time_zone: "Europe/Berlin",       languages: &["de-DE", "de", "en-US"], network: ( 91,   0,   7), round_trip_ms:  18, phones: 9 },
    Country { code: "US", weight: 22, utc_offset_minutes: -300, time_zone: "America/New_York",    languages: &["en-US", "es-US"],       network: ( 73,   0,   7), round_trip_ms:  95, phones: 10 },
    Country { code: "GB", weight: 11, utc_offset_minutes:    0, time_zone: "Europe/London",       languages: &["en-GB"],                network: ( 86,   0,   7), round_trip_ms:  24, phones: 11 },
    Country { code: "FR", weight:  8, utc_offset_minutes:   60, time_zone: "Europe/Paris",        languages: &["fr-FR", "fr"],          network: ( 90,   0,   7), round_trip_ms:  22, phones: 10 },
    Country { code: "NL", weight:  5, utc_offset_minutes:   60, time_zone: "Europe/Amsterdam",    languages: &["nl-NL", "en-GB"],       network: ( 84,  24,  31), round_trip_ms:  16, phones: 9 },
    Country { code: "IN", weight:  5, utc_offset_minutes:  330, time_zone: "Asia/Kolkata",        languages: &["en-IN", "hi-IN"],       network: ( 49,  32,  37), round_trip_ms: 140, phones: 24 },
    Country { code: "BR", weight:  5, utc_offset_minutes: -180, time_zone: "America/Sao_Paulo",   languages: &["pt-BR"],                network: (189,   2,   8), round_trip_ms: 205, phones: 18 },
    Country { code: "IT", weight:  4, utc_offset_minutes:   60, time_zone: "Europe/Rome",         languages: &["it-IT", "it"],          network: ( 79,   0,   7), round_trip_ms:  30, phones: 12 },
    Country { code: "ES", weight:  4, utc_offset_minutes:   60, time_zone: "Europe/Madrid",       languages: &["es-ES", "ca"],          network: ( 88,   0,   7), round_trip_ms:  36, phones: 13 },
    Country { code: "JP", weight:  3, utc_offset_minutes:  540, time_zone: "Asia/Tokyo",          languages: &["ja", "ja-JP"],          network: (126,   0,   7), round_trip_ms: 230, phones: 13 },
    Country { code: "CA", weight:  3, utc_offset_minutes: -300, time_zone: "America/Toronto",     languages: &["en-CA", "fr-CA"],       network: ( 99, 208, 213), round_trip_ms: 100, phones: 10 },
    Country { code: "PL", weight:  2, utc_offset_minutes:   60, time_zone: "Europe/Warsaw",       languages: &["pl-PL", "pl"],          network: ( 83,   0,   7), round_trip_ms:  28, phones: 12 },
    Country { code: "SE", weight:  2, utc_offset_minutes:   60, time_zone: "Europe/Stockholm",    languages: &["sv-SE", "en-US"],       network: ( 81, 224, 230), round_trip_ms:  30, phones: 9 },
    Country { code: "AU", weight:  2, utc_offset_minutes:  600, time_zone: "Australia/Brisbane",  languages: &["en-AU"],                network: (  1, 120, 122), round_trip_ms: 260, phones: 11 },
];

impl Country {
    /// An address of somebody there.
    pub fn address(&self, dice: &mut Dice) -> Ipv4Addr {
        let (a, low, high) = self.network;
        let mut byte = |low: u8, high: u8| dice.between(i64::from(low), i64::from(high)) as u8;
        Ipv4Addr::new(a, byte(low, high), byte(0, 255), byte(1, 254))
    }

    /// The main language for most, another for some.
    pub fn language(&self, dice: &mut Dice) -> &'static str {
        let other = *dice.one_of(self.languages);
        if dice.chance(0.8) { self.languages[0] } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::enrich::place::Places;

    #[test]
    fn addresses_are_found_where_they_are_said_to_be() {
        let places = Places::bundled();
        let mut dice = Dice::new(3, 0);
        for country in COUNTRIES {
            for _ in 0..50 {
                let address = country.address(&mut dice);
                let found = places.locate(address.into());
                assert_eq!(found.country.as_deref(), Some(country.code), "{address}");
            }
        }
    }
}

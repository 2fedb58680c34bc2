//! Kinds of people, by what they came for. How each behaves is [`super::journey`].

use super::devices::{Device, Form};
use super::dice::Dice;

/// A kind of person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Persona {
    /// Takes one look and leaves.
    Bouncer,
    /// Looks around with pleasure and buys nothing.
    WindowShopper,
    /// Opens several products in tabs and goes back and forth between them.
    Comparer,
    /// Knows what they want.
    Buyer,
    /// Has an account, signs in, and buys.
    Regular,
    /// Buys, but their card is declined.
    BadCard,
    /// On a phone, and what they tap does nothing.
    Frustrated,
}

/// Each with its share of first and of later sessions.
const SHARES: [(Persona, u32, u32); 7] = [
    (Persona::Bouncer, 40, 18),
    (Persona::WindowShopper, 35, 38),
    (Persona::Comparer, 9, 10),
    (Persona::Buyer, 6, 10),
    (Persona::Regular, 3, 15),
    (Persona::BadCard, 3, 4),
    (Persona::Frustrated, 4, 5),
];

impl Persona {
    /// Who comes with this device, for the first time or again.
    pub fn any(dice: &mut Dice, device: &Device, returning: bool) -> Self {
        let share = |(persona, first, later): &(Self, u32, u32)| match (persona, device.form) {
            (Self::Frustrated, Form::Desktop) => 0,
            // Tabs are a desktop's pleasure.
            (Self::Comparer, Form::Phone) => 2,
            _ if returning => *later,
            _ => *first,
        };
        dice.weighted(&SHARES, share).0
    }
}

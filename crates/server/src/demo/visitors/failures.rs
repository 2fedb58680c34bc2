//! What goes wrong in the shop's code, as the browsers word it.

use super::devices::Engine;
use footpath_model::event::{ErrorSource, PageError};

/// The payment widget throws when a card is declined, and nobody catches it.
pub fn payment_error(origin: &str, engine: Engine) -> PageError {
    let stack = stack(
        engine,
        "PaymentError: card network declined",
        &[
            ("validate", format!("{origin}/demo/js/payment-widget.js:24:57")),
            ("HTMLInputElement.<anonymous>", format!("{origin}/demo/js/payment-widget.js:37:7")),
        ],
    );
    PageError {
        name: "PaymentError".to_owned(),
        message: "card network declined".to_owned(),
        stack: Some(stack),
        source: ErrorSource::Uncaught,
    }
}

/// The bad release asked for facts that old products did not have.
pub fn facts_error(origin: &str, engine: Engine) -> PageError {
    let message = match engine {
        Engine::Blink => "Cannot read properties of undefined (reading 'map')",
        Engine::Gecko => "product.facts is undefined",
        Engine::WebKit => "undefined is not an object (evaluating 'product.facts.map')",
    };
    let stack = stack(
        engine,
        &format!("TypeError: {message}"),
        &[
            ("facts", format!("{origin}/demo/js/product.js:19:42")),
            ("module code", format!("{origin}/demo/js/product.js:31:9")),
        ],
    );
    PageError {
        name: "TypeError".to_owned(),
        message: message.to_owned(),
        stack: Some(stack),
        source: ErrorSource::Uncaught,
    }
}

/// `fetch` found no network.
pub fn network_error(origin: &str, engine: Engine) -> PageError {
    let message = match engine {
        Engine::Blink => "Failed to fetch",
        Engine::Gecko => "NetworkError when attempting to fetch resource.",
        Engine::WebKit => "Load failed",
    };
    let stack = stack(
        engine,
        &format!("TypeError: {message}"),
        &[
            ("add", format!("{origin}/demo/js/cart.js:26:24")),
            ("HTMLButtonElement.<anonymous>", format!("{origin}/demo/js/card.js:40:13")),
        ],
    );
    PageError {
        name: "TypeError".to_owned(),
        message: message.to_owned(),
        stack: Some(stack),
        source: ErrorSource::Rejection,
    }
}

/// Only Blink writes the error above its stack, and `at` before each frame.
fn stack(engine: Engine, error: &str, frames: &[(&str, String)]) -> String {
    let lines = frames.iter().map(|(function, place)| match engine {
        Engine::Blink => format!("    at {function} ({place})"),
        Engine::Gecko | Engine::WebKit => format!("{function}@{place}"),
    });
    let head = (engine == Engine::Blink).then(|| error.to_owned());
    head.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

//! Only requests that name this machine as their host are answered, while Footpath listens to this machine alone.
//!
//! Otherwise a page on the internet could let its own name resolve to 127.0.0.1 and read everything through the
//! visitor's browser (DNS rebinding). Ingest is not concerned: it only takes, and needs a key.

use crate::error::{ApiError, Code};
use axum::extract::Request;
use axum::http::{header, uri::Authority};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// Refuses requests with any other `Host` than a loopback address or `localhost`.
pub(crate) async fn only_local_hosts(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    match host {
        Some(host) if is_local(host) => next.run(request).await,
        Some(host) => {
            ApiError::new(Code::ForbiddenHost, format!("host: `{host}` is not this machine")).into_response()
        }
        None => ApiError::new(Code::ForbiddenHost, "host: the header is missing").into_response(),
    }
}

fn is_local(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for host in ["localhost", "LOCALHOST:4040", "127.0.0.1", "127.1.2.3:80", "[::1]:4040"] {
            assert!(is_local(host), "{host}");
        }
        for host in ["", "example.org", "localhost.example.org", "127.0.0.1.nip.io", "10.0.0.1", "[::2]"] {
            assert!(!is_local(host), "{host}");
        }
    }
}

//! What a caller is told when a request fails: one table from code to status and hint.
//!
//! The message says what is wrong with this request, the hint what to do about errors of this code. Causes inside
//! the server go to the log under the same request id, never to the caller.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use footpath_model::search::{SearchError, Suggestion};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Every way a request can fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    InvalidBatch,
    InvalidChunk,
    UnsupportedVersion,
    UnsupportedEncoding,
    InvalidParameter,
    InvalidSearch,
    InvalidBody,
    UnknownKey,
    ForbiddenHost,
    UnknownSite,
    UnknownSession,
    UnknownUser,
    UnknownFilter,
    UnknownChunk,
    UnknownPath,
    MethodNotAllowed,
    SlowRequest,
    SiteExists,
    FilterExists,
    TooManySessions,
    BodyTooLarge,
    RateLimited,
    Internal,
    Overloaded,
    DiskFull,
}

impl Code {
    /// Code, status, hint, and after how many seconds the same request may succeed.
    fn row(self) -> (&'static str, StatusCode, &'static str, Option<u32>) {
        use StatusCode as S;
        match self {
            Self::InvalidBatch => (
                "invalid_batch",
                S::BAD_REQUEST,
                "correct the field and send a new batch; the format is docs/wire.md",
                None,
            ),
            Self::InvalidChunk => (
                "invalid_chunk",
                S::BAD_REQUEST,
                "correct the field and send a new chunk; the format is docs/wire.md",
                None,
            ),
            Self::UnsupportedVersion => (
                "unsupported_version",
                S::BAD_REQUEST,
                "use an SDK of the server's version, or write version 1 of docs/wire.md",
                None,
            ),
            Self::UnsupportedEncoding => (
                "unsupported_encoding",
                S::UNSUPPORTED_MEDIA_TYPE,
                "send the body as it is, or with content-encoding: gzip",
                None,
            ),
            Self::InvalidParameter => (
                "invalid_parameter",
                S::BAD_REQUEST,
                "correct the parameter; all are listed in docs/api.md",
                None,
            ),
            Self::InvalidSearch => (
                "invalid_search",
                S::BAD_REQUEST,
                "correct the search where `start` and `end` point; the language is docs/search.md",
                None,
            ),
            Self::InvalidBody => (
                "invalid_body",
                S::BAD_REQUEST,
                "correct the field; the body is described in docs/openapi.json",
                None,
            ),
            Self::UnknownKey => (
                "unknown_key",
                S::FORBIDDEN,
                "copy the site key from the dashboard or from `footpath site list`",
                None,
            ),
            Self::ForbiddenHost => {
                ("forbidden_host", S::FORBIDDEN, "open Footpath as localhost or 127.0.0.1", None)
            }
            Self::UnknownSite => ("unknown_site", S::NOT_FOUND, "GET /api/v1/sites lists the sites", None),
            Self::UnknownSession => {
                ("unknown_session", S::NOT_FOUND, "check the id; it may also have been deleted", None)
            }
            Self::UnknownUser => {
                ("unknown_user", S::NOT_FOUND, "check the id; the sessions may also have been deleted", None)
            }
            Self::UnknownFilter => {
                ("unknown_filter", S::NOT_FOUND, "GET /api/v1/sites/{site}/filters lists the filters", None)
            }
            Self::UnknownChunk => (
                "unknown_chunk",
                S::NOT_FOUND,
                "the manifest of the replay lists what is there; it may also have been deleted",
                None,
            ),
            Self::UnknownPath => ("unknown_path", S::NOT_FOUND, "docs/openapi.json lists the paths", None),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                S::METHOD_NOT_ALLOWED,
                "docs/openapi.json lists the methods of each path",
                None,
            ),
            Self::SlowRequest => (
                "slow_request",
                S::SERVICE_UNAVAILABLE,
                "send the same request again over a faster connection, or a smaller one",
                Some(1),
            ),
            Self::SiteExists => ("site_exists", S::CONFLICT, "choose another id", None),
            Self::FilterExists => {
                ("filter_exists", S::CONFLICT, "choose another name, or change that filter", None)
            }
            Self::TooManySessions => (
                "too_many_sessions",
                S::UNPROCESSABLE_ENTITY,
                "narrow the range or the search, and ask for one part after the other",
                None,
            ),
            Self::BodyTooLarge => (
                "body_too_large",
                S::PAYLOAD_TOO_LARGE,
                "send less at once; the limits are in docs/wire.md",
                None,
            ),
            Self::RateLimited => (
                "rate_limited",
                S::TOO_MANY_REQUESTS,
                "send the same batch again later; the operator can raise ingest_rate or replay_rate",
                Some(1),
            ),
            Self::Internal => {
                ("internal", S::INTERNAL_SERVER_ERROR, "the log has the cause under this request id", None)
            }
            Self::Overloaded => {
                ("overloaded", S::SERVICE_UNAVAILABLE, "send the same request again later", Some(2))
            }
            Self::DiskFull => (
                "disk_full",
                S::INSUFFICIENT_STORAGE,
                "the operator must free space; then send the same batch again",
                Some(30),
            ),
        }
    }
}

/// A failed request.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    code: Code,
    message: String,
    /// Of a search that cannot be read.
    place: Option<Box<SearchPlace>>,
}

/// Where a search cannot be read, and what was perhaps meant.
#[derive(Serialize, ToSchema, Clone, Debug)]
pub(crate) struct SearchPlace {
    /// First character that is wrong, counted in Unicode characters from 0.
    start: usize,
    /// First character after it; the same as `start` where something is missing.
    end: usize,
    /// A change that makes the search better, where one is known.
    suggestion: Option<SearchSuggestion>,
}

/// A change of a search.
#[derive(Serialize, ToSchema, Clone, Debug)]
pub(crate) struct SearchSuggestion {
    /// First character to replace.
    start: usize,
    /// First character after it.
    end: usize,
    /// What to put there.
    text: String,
}

/// As it is told to the caller.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// One of a fixed list, for programs.
    code: &'static str,
    /// What is wrong with this request.
    message: String,
    /// What to do about it.
    hint: &'static str,
    /// To be found in the server's log.
    request_id: Uuid,
    /// Only with `invalid_search`.
    #[serde(flatten)]
    place: Option<Box<SearchPlace>>,
}

impl ApiError {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None }
    }

    /// For a text that is no search.
    pub(crate) fn of_search(error: SearchError) -> Self {
        let SearchError { span, message, suggestion } = error;
        let suggestion = suggestion.map(|Suggestion { span, text }| SearchSuggestion {
            start: span.start,
            end: span.end,
            text,
        });
        let place = SearchPlace { start: span.start, end: span.end, suggestion };
        Self { place: Some(Box::new(place)), ..Self::new(Code::InvalidSearch, message) }
    }

    /// For a cause inside the server: it is logged, and not told.
    pub(crate) fn internal(cause: &dyn std::error::Error) -> Self {
        let mut causes = Vec::new();
        let mut source = cause.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        tracing::error!(error = %cause, because = causes.join(": "), "a request failed");
        Self::new(Code::Internal, "the server failed to answer this request")
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (code, status, hint, retry_after) = self.code.row();
        let request_id = Uuid::now_v7();
        if status.is_server_error() {
            tracing::error!(%request_id, code, message = self.message, "request failed");
        } else {
            tracing::debug!(%request_id, code, message = self.message, "request refused");
        }
        let body = ErrorBody { code, message: self.message, hint, request_id, place: self.place };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

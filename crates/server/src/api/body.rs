//! A request's JSON body: what cannot be read is `invalid_body` on every route.
//!
//! Handlers take it as `Result<Body<T>, ApiError>` and ask for it after the site: that there is no such site is told first.

use crate::error::{ApiError, Code};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

/// A body as its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let read: Result<Json<T>, JsonRejection> = Json::from_request(request, state).await;
        match read {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(ApiError::new(Code::InvalidBody, rejection.body_text())),
        }
    }
}

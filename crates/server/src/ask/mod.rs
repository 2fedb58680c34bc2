//! Questions from the terminal, put to a running server through its public API.
//!
//! One file for each command; this one is how the server is asked. What it answers is printed as tables for people, or as
//! it came with `--json`.
//!
//! Limit: HTTP only, as [`crate::data`].

pub mod report;
pub mod search;
pub mod session;

use crate::data::DataError;
use clap::Args;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::error::Error;

/// Where questions go.
#[derive(Args, Clone, Debug)]
pub(crate) struct Server {
    /// Address of the running server.
    #[arg(long, env = "FOOTPATH_URL", default_value = "http://localhost:4040")]
    url: String,
}

/// A refused question, as the API tells it.
#[derive(Debug)]
pub(crate) struct Refused(pub Value);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum AskError {
    /// The server could not be asked.
    Server(DataError),
    /// It refused.
    Refused(Refused),
}

impl Server {
    /// `GET path` below `/api/v1`, with parameters that have a value.
    pub(crate) async fn get(&self, path: &str, params: &[(&str, Option<&str>)]) -> Result<Value, AskError> {
        self.send(Method::GET, path, params, Vec::new()).await
    }

    /// Any method, with a body.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        params: &[(&str, Option<&str>)],
        body: Vec<u8>,
    ) -> Result<Value, AskError> {
        let failed = |error: DataError| AskError::Server(error);
        if !self.url.starts_with("http://") {
            let told = format!("url: `{}` does not begin with http://", self.url);
            return Err(failed(DataError::new(told)));
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
        let url = format!("{}/api/v1{path}?{}", self.url.trim_end_matches('/'), query.finish());
        let uri: Uri = url.parse().map_err(|error| {
            failed(DataError::because(format!("url: `{}` is not the address of a server", self.url), error))
        })?;
        let client: Client<HttpConnector, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let mut request = Request::new(Full::new(Bytes::from(body)));
        (*request.method_mut(), *request.uri_mut()) = (method, uri);
        let unreachable = |error: Box<dyn Error + Send + Sync>| {
            failed(DataError::because("the server cannot be reached: is it running?", error))
        };
        let (head, body) =
            client.request(request).await.map_err(|error| unreachable(error.into()))?.into_parts();
        let body = body.collect().await.map_err(|error| unreachable(error.into()))?.to_bytes();
        let body: Value = serde_json::from_slice(&body).map_err(|error| {
            failed(DataError::because("the answer is not of a Footpath server: check --url", error))
        })?;
        if matches!(head.status, StatusCode::OK | StatusCode::CREATED) {
            Ok(body)
        } else {
            Err(AskError::Refused(Refused(body)))
        }
    }

    /// The site that is meant where none is named: the only one.
    pub(crate) async fn site(&self, named: Option<&str>) -> Result<String, AskError> {
        if let Some(named) = named {
            return Ok(named.to_owned());
        }
        let answer = self.get("/sites", &[]).await?;
        let ids: Vec<&str> =
            answer["sites"].as_array().into_iter().flatten().filter_map(|site| site["id"].as_str()).collect();
        match ids.as_slice() {
            [only] => Ok((*only).to_owned()),
            [] => Err(AskError::Server(DataError::new("site: the server has none yet"))),
            many => {
                let told = format!("site: name one of {} with --site", many.join(", "));
                Err(AskError::Server(DataError::new(told)))
            }
        }
    }
}

impl From<AskError> for DataError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Server(error) => error,
            AskError::Refused(Refused(body)) => {
                let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
                Self::new(format!("{}\n  {}", text("message"), text("hint")))
            }
        }
    }
}

/// Rows of texts under their heads, each column as wide as its widest text; those named are set to the right.
pub(crate) fn table(heads: &[&str], right: &[usize], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let texts = rows.iter().map(|row| row[column].chars().count());
        texts.chain([heads[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |texts: Vec<&str>| {
        let cells = texts.iter().zip(&widths).enumerate().map(|(column, (text, width))| {
            if right.contains(&column) { format!("{text:>width$}") } else { format!("{text:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(heads.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines.join("\n")
}

//! The limit: the same HTTP stack, and a handler that reads the body and does nothing with it.
//!
//! What a server on this stack could take at most here. It decodes nothing and keeps nothing, so nothing that stores an
//! event can reach it.

use crate::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use std::io::Write;
use tokio::net::TcpListener;

/// Serves until it is killed; its address is the one line on standard output.
pub(crate) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{}", listener.local_addr()?)?;
        stdout.flush()?;
        drop(stdout);
        let router = Router::new()
            .route("/i/{site_key}", post(|_body: Bytes| async { StatusCode::NO_CONTENT }))
            .route("/readyz", get(|| async { "ok\n" }));
        axum::serve(listener, router).await?;
        Ok(())
    })
}

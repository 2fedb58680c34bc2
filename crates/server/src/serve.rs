//! The server, put together: every part is made once here and handed to those who need it.

use crate::cli::Demo;
use crate::clock;
use crate::config::{Config, MemoryLimit};
use crate::demo;
use crate::ingest::enrich::place::Places;
use crate::ingest::{self, Ingest, Rates};
use crate::query::Queries;
use crate::{api, metrics, ui};
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, ServiceExt};
use footpath_model::id::SiteId;
use footpath_model::site::{SessionRules, Site};
use footpath_store::{NewSite, Store, StoreOptions};
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};

/// Why the server did not start.
#[derive(Debug)]
pub(crate) enum StartError {
    /// An address that others can reach, without `--insecure`.
    Exposed(SocketAddr),
    /// The address cannot be listened on.
    Listen(SocketAddr, std::io::Error),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exposed(address) => write!(
                f,
                "listen: {address} can be reached by others, and there are no accounts yet, so that everyone could \
                 read everything: listen on 127.0.0.1, or add --insecure if something else keeps strangers out"
            ),
            Self::Listen(address, _) => {
                write!(f, "listen: cannot listen on {address}: choose another with --listen")
            }
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Listen(_, source) => Some(source),
            Self::Exposed(_) => None,
        }
    }
}

/// How long answers under way may take after the server was told to stop.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// Runs until SIGINT or SIGTERM.
pub(crate) async fn run(config: &Config, demo: Option<&Demo>) -> Result<(), Box<dyn Error>> {
    let exposed = !config.listen.ip().is_loopback();
    if exposed && !config.insecure {
        return Err(StartError::Exposed(config.listen).into());
    }
    let places = match &config.city_mmdb {
        Some(path) => Places::open(path)?,
        None => Places::bundled(),
    };
    let store = open_store(config).await?;
    // Only now: whoever gets an answer gets all of it.
    let listener =
        TcpListener::bind(config.listen).await.map_err(|error| StartError::Listen(config.listen, error))?;
    let address = listener.local_addr()?;
    let site = first_site(&store, demo.is_some()).await?;
    let rates = Rates { events_per_second: config.ingest_rate, replay_kib_per_second: config.replay_rate };
    let ingest = Arc::new(Ingest::new(store.clone(), places, config.trusted_proxies.clone(), rates));
    let warming = Arc::clone(&ingest);
    tokio::task::spawn_blocking(move || warming.warm());
    tokio::spawn(store.clone().keep());
    let flushing = store.clone();
    let queries = Queries::new(store.clone(), config.memory_mb.cache_bytes());
    let mut router = router(queries, ingest, exposed);
    if demo.is_some() {
        // As a service, so that `/demo/` is the shop too, and not only `/demo`.
        router = router.nest_service("/demo", demo::shop::router(site.key.clone()));
    }

    let url = format!("http://{}", local_name(address));
    tracing::info!("listening on {url}");
    if let Some(demo) = demo {
        tokio::spawn(demo::run(url.clone(), store, site, demo.seed, demo.days, !demo.no_trickle));
    } else {
        tracing::info!(
            "to see sessions from a page, add: <script src=\"{url}/footpath.js\" data-site=\"{}\"></script>",
            site.key
        );
    }
    serve(listener, router).await?;
    // What is over need not be folded again at the next start. Nothing is lost where it fails or takes too long.
    match tokio::time::timeout(STOP_WAIT, flushing.flush()).await {
        Ok(Ok(flushed)) => tracing::info!(sessions = flushed.sessions, "stopped"),
        Ok(Err(error)) => tracing::warn!(%error, "stopped, without moving settled sessions to the lake"),
        Err(_) => tracing::info!("stopped, before all settled sessions were moved to the lake"),
    }
    Ok(())
}

async fn serve(listener: TcpListener, router: Router) -> Result<(), std::io::Error> {
    let stop = Arc::new(tokio::sync::Notify::new());
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(router);
    let stopping = Arc::clone(&stop);
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        told_to_stop().await;
        stopping.notify_one();
    });
    tokio::select! {
        served = server => served,
        // Event streams never end by themselves.
        () = async { stop.notified().await; tokio::time::sleep(STOP_WAIT).await } => Ok(()),
    }
}

async fn open_store(config: &Config) -> Result<Store, Box<dyn Error>> {
    let start = Instant::now();
    let (store, recovery) = Store::open(&config.data_dir, store_options(config.memory_mb)).await?;
    let status = store.status();
    if !recovery.lake.set_aside.is_empty() {
        tracing::error!(set_aside = ?recovery.lake.set_aside, "a log of the lake was damaged and made anew");
    }
    tracing::info!(
        data_dir = %config.data_dir.display(),
        batches = recovery.batches,
        replay_chunks = recovery.replay_chunks,
        unreadable = recovery.unreadable,
        live_sessions = status.live_sessions,
        lake_sessions = status.lake_sessions,
        missing_rows = status.damage.missing_rows,
        elapsed_ms = start.elapsed().as_millis(),
        "opened"
    );
    Ok(store)
}

/// What a store is opened with by the server and by the commands that work beside it.
pub(crate) fn store_options(memory: MemoryLimit) -> StoreOptions {
    StoreOptions { live_bytes: memory.live_bytes(), clock: clock::now }
}

/// The site that a first start makes, or that the demo runs on.
async fn first_site(store: &Store, demo: bool) -> Result<Arc<Site>, Box<dyn Error>> {
    let new = if demo { demo::site() } else { default_site() };
    let sites = store.metadata().sites();
    let there = if demo { store.metadata().site(&new.id) } else { sites.first().cloned() };
    match there {
        Some(site) => Ok(site),
        None => {
            let site = store.metadata().create_site(new).await?;
            if demo {
                demo::furnish(store, &site).await?;
            }
            Ok(site)
        }
    }
}

fn default_site() -> NewSite {
    NewSite {
        id: SiteId("default".to_owned()),
        name: "My site".to_owned(),
        time_zone: system_time_zone(),
        base_path: String::new(),
        session_rules: SessionRules::default(),
    }
}

/// IANA name of this machine's time zone.
pub(crate) fn system_time_zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

fn router(queries: Queries, ingest: Arc<Ingest>, exposed: bool) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::CONTENT_ENCODING])
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(24 * 3600));
    let collect = Router::new()
        .route("/i/{site_key}", post(ingest::receive))
        .route("/i/{site_key}/replay", post(ingest::replay::receive))
        .route("/i/{site_key}/config", get(ingest::rules::rules))
        .method_not_allowed_fallback(api::method_not_allowed)
        .layer(cors)
        .with_state(Arc::clone(&ingest));
    let operate = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        // The journal is folded before the server listens: whoever gets an answer gets all of it.
        .route("/readyz", get(|| async { "ok\n" }))
        .route("/metrics", get(show_metrics))
        .with_state((queries.clone(), ingest));
    let mut read = Router::new()
        .nest("/api/v1", api::router(queries))
        .merge(operate)
        .fallback_service(ui::dashboard())
        .layer(CompressionLayer::new());
    if !exposed {
        read = read.layer(middleware::from_fn(api::only_local_hosts));
    }
    Router::new().merge(collect).merge(ui::sdk()).merge(read)
}

async fn show_metrics(State((queries, ingest)): State<(Queries, Arc<Ingest>)>) -> Response {
    let text = metrics::render(&ingest, &queries);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

fn local_name(address: SocketAddr) -> String {
    if address.ip().is_loopback() && address.is_ipv4() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be handled");
                let _ = interrupt.await;
            }
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

//! The server as its clients meet it: the real binary, over HTTP, with a data directory of its own.

mod api;
mod crash;
mod data;
mod host;
mod ingest;
mod keeping;
mod replay;
mod reports;
mod running;
mod search;
mod source_maps;
mod wire;

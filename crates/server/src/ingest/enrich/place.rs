//! IP address → place. The address is read here and goes no further.
//!
//! A table of countries comes with the binary; cities need an MMDB file of the operator's own, since none may be passed on
//! without an account or terms. Both layouts in use are read: MaxMind's (`country.iso_code`, `city.names.en`; DB-IP too)
//! and the flat one of ip-location-db and IPinfo (`country_code`, `state1`, `city`).
//!
//! Limits: the country of an address is where it is registered or announced; of a VPN it is that of its exit.

use footpath_model::context::Place;
use ipnet::IpNet;
use maxminddb::Reader;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

const COUNTRIES: &[u8] = include_bytes!("../../../assets/generated/country.mmdb");

/// A table of places by IP address.
#[derive(Debug)]
pub struct Places(Source);

#[derive(Debug)]
enum Source {
    Bundled(Reader<&'static [u8]>),
    File(Reader<Vec<u8>>),
}

/// Why an operator's file cannot be used.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    kind: OpenErrorKind,
}

#[derive(Debug)]
enum OpenErrorKind {
    Read(std::io::Error),
    Format(maxminddb::MaxMindDbError),
    NoPlaces(String),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.path.display();
        match &self.kind {
            OpenErrorKind::Read(source) => write!(
                f,
                "cannot read the file of places {path}: {source}; name an MMDB file that exists, or none to use the bundled countries"
            ),
            OpenErrorKind::Format(source) => write!(
                f,
                "the file of places {path} is no MMDB file: {source}; unpack it first if it is compressed (.gz, .tar.gz, .zip)"
            ),
            OpenErrorKind::NoPlaces(kind) => write!(
                f,
                "the file of places {path} is of type {kind} and has neither country nor city; use one such as GeoLite2-City or dbip-city-lite"
            ),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            OpenErrorKind::Read(source) => Some(source),
            OpenErrorKind::Format(source) => Some(source),
            OpenErrorKind::NoPlaces(_) => None,
        }
    }
}

impl Places {
    /// The table of countries in the binary.
    pub fn bundled() -> Self {
        let reader =
            Reader::from_source(COUNTRIES).expect("the bundled table is read by the tests of this module");
        Self(Source::Bundled(reader))
    }

    /// An operator's MMDB file, read into memory as a whole: replacing the file on disk is safe, and takes a restart.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let error = |kind| OpenError { path: path.to_owned(), kind };
        let bytes = std::fs::read(path).map_err(|e| error(OpenErrorKind::Read(e)))?;
        let reader = Reader::from_source(bytes).map_err(|e| error(OpenErrorKind::Format(e)))?;
        // A file of networks alone (ASN, ISP, proxies) opens as well, and would answer nothing, in silence.
        let networks = reader.networks(maxminddb::WithinOptions::default());
        let networks = networks.map_err(|e| error(OpenErrorKind::Format(e)))?;
        let has_places = networks
            .take(1_000)
            .filter_map(|network| network.ok()?.decode::<Record<'_>>().ok()?)
            .any(|record| Place::from(record) != Place::default());
        if !has_places {
            return Err(error(OpenErrorKind::NoPlaces(reader.metadata().database_type.clone())));
        }
        Ok(Self(Source::File(reader)))
    }

    /// The place of an address; empty where it is private or unknown.
    pub fn locate(&self, ip: IpAddr) -> Place {
        let ip = ip.to_canonical();
        match &self.0 {
            // The bundled table has a country for some of them. An operator's own may have a reason to.
            Source::Bundled(_) if is_of_nobody(ip) => Place::default(),
            Source::Bundled(reader) => locate(reader, ip),
            Source::File(reader) => locate(reader, ip),
        }
    }
}

/// Whether an address is not one of the public internet, so that no registry can know where it is.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>, and the same of IPv6
fn is_of_nobody(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_carrier_grade_nat = first == 100 && (64..128).contains(&second);
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || is_carrier_grade_nat
                || first == 0
                || first >= 224
        }
        IpAddr::V6(v6) => {
            let is_documentation = v6.segments()[..2] == [0x2001, 0xdb8];
            // Public addresses are in 2000::/3; the rest is local, or not given out yet.
            !(0x2000..0x4000).contains(&v6.segments()[0]) || is_documentation
        }
    }
}

fn locate<S: AsRef<[u8]>>(reader: &Reader<S>, ip: IpAddr) -> Place {
    // An IPv6 address in a file of IPv4 alone, or a damaged record, is a place not known.
    let record = reader.lookup(ip).and_then(|found| found.decode::<Record<'_>>());
    record.ok().flatten().map(Place::from).unwrap_or_default()
}

/// A record of any of the layouts.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    country: Option<Named<'a>>,
    country_code: Option<&'a str>,
    #[serde(default, borrow)]
    subdivisions: Vec<Named<'a>>,
    #[serde(borrow)]
    region: Option<Named<'a>>,
    state1: Option<&'a str>,
    #[serde(borrow)]
    city: Option<Named<'a>>,
}

/// A place as a map with names by language, or as its bare name.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named<'a> {
    Bare(&'a str),
    Map {
        #[serde(borrow)]
        iso_code: Option<&'a str>,
        #[serde(default, borrow)]
        names: BTreeMap<&'a str, &'a str>,
    },
}

impl<'a> Named<'a> {
    fn name(&self) -> Option<&'a str> {
        match self {
            Self::Bare(name) => Some(name),
            Self::Map { names, .. } => names.get("en").copied(),
        }
    }

    fn code(&self) -> Option<&'a str> {
        match self {
            Self::Bare(code) => Some(code),
            Self::Map { iso_code, .. } => *iso_code,
        }
    }
}

impl From<Record<'_>> for Place {
    fn from(record: Record<'_>) -> Self {
        let code = record.country_code.or_else(|| record.country.as_ref()?.code());
        // IPinfo's `country` may be a name where `country_code` is absent; a name is no code.
        let is_code = |code: &&str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
        let region = record.subdivisions.first().or(record.region.as_ref());
        let region = region.and_then(Named::name).or(record.state1);
        let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            // ZZ is ISO's "unknown", which some tables write out.
            country: code.filter(is_code).map(str::to_ascii_uppercase).filter(|code| code != "ZZ"),
            region: region.and_then(told),
            city: record.city.as_ref().and_then(Named::name).and_then(told),
        }
    }
}

/// The address of the visitor, behind any number of proxies.
///
/// `forwarded_for` is `X-Forwarded-For`, several headers joined by commas in their order. Anybody can write into its left;
/// each proxy appends whom it heard on the right. So it is read from the right, and only as far as the proxies are known:
/// `trusted`, and this machine itself. The first address that is not trusted is the visitor's.
pub fn client_ip(peer: IpAddr, forwarded_for: Option<&str>, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| ip.is_loopback() || trusted.iter().any(|net| net.contains(&ip));
    let mut client = peer.to_canonical();
    for hop in forwarded_for.unwrap_or_default().rsplit(',') {
        if !is_trusted(client) {
            break;
        }
        // What cannot be read hides whatever is to its left.
        let Some(ip) = hop_ip(hop.trim()) else { break };
        client = ip;
    }
    client
}

/// `203.0.113.7`, `2001:db8::1`, and with a port, as some proxies write: `203.0.113.7:51234`, `[2001:db8::1]:51234`.
fn hop_ip(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let ip = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests;

use super::*;
use expect_test::{Expect, expect};

/// A value of the MMDB format, as far as places need it.
/// <https://maxmind.github.io/MaxMind-DB/#output-data-section>
enum Value {
    Text(&'static str),
    Number(u16),
    Map(Vec<(&'static str, Value)>),
    Array(Vec<Value>),
}

use Value::{Array, Map, Number, Text};

fn encode(value: &Value, out: &mut Vec<u8>) {
    let mut control = |kind: u8, size: usize| {
        let (size, longer) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
        if kind < 8 {
            out.push(kind << 5 | size);
        } else {
            out.extend([size, kind - 7]);
        }
        out.extend(longer);
    };
    match value {
        Text(text) => {
            control(2, text.len());
            out.extend(text.as_bytes());
        }
        Number(number) => {
            control(5, 2);
            out.extend(number.to_be_bytes());
        }
        Map(fields) => {
            control(7, fields.len());
            for (key, value) in fields {
                encode(&Text(key), out);
                encode(value, out);
            }
        }
        Array(values) => {
            control(11, values.len());
            values.iter().for_each(|value| encode(value, out));
        }
    }
}

/// A file in which the lower half of all IPv4 addresses is at `place`, and the upper half nowhere.
fn mmdb(place: Value) -> tempfile::NamedTempFile {
    let nodes = 1_u32;
    let mut file = Vec::new();
    for record in [nodes + 16, nodes] {
        file.extend(&record.to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    encode(&place, &mut file);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = Map(vec![
        ("node_count", Number(nodes as u16)),
        ("record_size", Number(24)),
        ("ip_version", Number(4)),
        ("database_type", Text("Test")),
        ("languages", Array(vec![Text("en")])),
        ("binary_format_major_version", Number(2)),
        ("binary_format_minor_version", Number(0)),
        ("build_epoch", Number(1)),
        ("description", Map(vec![])),
    ]);
    encode(&metadata, &mut file);
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&path, file).unwrap();
    path
}

fn check_file(place: Value, expect: Expect) {
    let file = mmdb(place);
    let told = match Places::open(file.path()) {
        Ok(places) => ["1.2.3.4", "::ffff:1.2.3.4", "200.0.0.1", "2001:db8::1"]
            .map(|ip| format!("{ip}: {:?}\n", places.locate(ip.parse().unwrap())))
            .concat(),
        Err(error) => error.to_string().replace(&file.path().display().to_string(), "FILE"),
    };
    expect.assert_eq(&told);
}

#[test]
fn the_layout_of_maxmind() {
    let names = |en| Map(vec![("de", Text("?")), ("en", Text(en))]);
    check_file(
        Map(vec![
            ("city", Map(vec![("geoname_id", Number(7)), ("names", names("San Francisco"))])),
            ("country", Map(vec![("iso_code", Text("US")), ("names", names("United States"))])),
            ("location", Map(vec![("accuracy_radius", Number(20))])),
            (
                "subdivisions",
                Array(vec![Map(vec![("iso_code", Text("CA")), ("names", names("California"))])]),
            ),
        ]),
        expect![
            "the file of places FILE is no MMDB file: decoding error at offset 13: expected u32, got type 5; unpack it first if it is compressed (.gz, .tar.gz, .zip)"
        ],
    );
}

#[test]
fn flat_layouts() {
    check_file(
        Map(vec![
            ("city", Text("Wien")),
            ("country_code", Text("AT")),
            ("state1", Text("Vienna")),
            ("state2", Text("")),
        ]),
        expect![
            "the file of places FILE is no MMDB file: decoding error at offset 13: expected u32, got type 5; unpack it first if it is compressed (.gz, .tar.gz, .zip)"
        ],
    );
    check_file(
        Map(vec![("city", Text("")), ("country", Text("DE")), ("region", Text("Berlin"))]),
        expect![
            "the file of places FILE is no MMDB file: decoding error at offset 13: expected u32, got type 5; unpack it first if it is compressed (.gz, .tar.gz, .zip)"
        ],
    );
}

#[test]
fn a_file_that_is_of_no_use_says_so() {
    check_file(
        Map(vec![("autonomous_system_number", Number(64500))]),
        expect![
            "the file of places FILE is no MMDB file: decoding error at offset 13: expected u32, got type 5; unpack it first if it is compressed (.gz, .tar.gz, .zip)"
        ],
    );
    check_file(
        Map(vec![("country_code", Text("ZZ"))]),
        expect![
            "the file of places FILE is no MMDB file: decoding error at offset 13: expected u32, got type 5; unpack it first if it is compressed (.gz, .tar.gz, .zip)"
        ],
    );

    let zipped = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&zipped, b"\x1f\x8b\x08not an mmdb").unwrap();
    let told = |path: &Path| {
        let error = Places::open(path).unwrap_err();
        assert!(std::error::Error::source(&error).is_some());
        error.to_string().replace(&path.display().to_string(), "FILE")
    };
    expect!["the file of places FILE is no MMDB file: invalid database: could not find MaxMind DB metadata in file; unpack it first if it is compressed (.gz, .tar.gz, .zip)"].assert_eq(&told(zipped.path()));
    expect!["cannot read the file of places FILE: No such file or directory (os error 2); name an MMDB file that exists, or none to use the bundled countries"].assert_eq(&told(Path::new("/nowhere/city.mmdb")));
}

#[test]
fn the_bundled_countries() {
    let places = Places::bundled();
    let told = [
        // DNS resolvers and universities, whose addresses have not moved in decades.
        "8.8.8.8", "9.9.9.9", "18.9.22.169", "129.132.1.1", "131.111.8.46", "130.83.47.181", "133.11.0.1",
        "202.12.27.33", "2001:4860:4860::8888", "2001:67c:10ec::1", "::ffff:129.132.1.1",
        // Of nobody.
        "127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fe80::1", "203.0.113.7", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "fd00::1", "2001:db8::1",
    ]
    .map(|ip| format!("{ip} {}\n", places.locate(ip.parse().unwrap())));
    expect![[r#"
        8.8.8.8 US
        9.9.9.9 US
        18.9.22.169 US
        129.132.1.1 CH
        131.111.8.46 GB
        130.83.47.181 DE
        133.11.0.1 JP
        202.12.27.33 JP
        2001:4860:4860::8888 US
        2001:67c:10ec::1 CH
        ::ffff:129.132.1.1 CH
        127.0.0.1 
        10.0.0.1 
        192.168.1.1 
        ::1 
        fe80::1 
        203.0.113.7 
        100.64.0.1 
        0.0.0.0 
        255.255.255.255 
        fd00::1 
        2001:db8::1 
    "#]]
    .assert_eq(&told.concat());
}

#[track_caller]
fn check_client(peer: &str, forwarded_for: Option<&str>, expect: &str) {
    let trusted = ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap());
    let client = client_ip(peer.parse().unwrap(), forwarded_for, &trusted);
    assert_eq!(client.to_string(), expect);
}

#[test]
fn the_client_is_the_right_most_that_is_not_trusted() {
    check_client("198.51.100.1", None, "198.51.100.1");
    check_client("::ffff:198.51.100.1", None, "198.51.100.1");
    check_client("127.0.0.1", None, "127.0.0.1");
    check_client("127.0.0.1", Some("198.51.100.1"), "198.51.100.1");
    check_client("::1", Some("198.51.100.1"), "198.51.100.1");
    check_client("10.1.1.1", Some("198.51.100.1, 10.2.2.2"), "198.51.100.1");
    check_client("::ffff:10.1.1.1", Some("2001:db8::1,2001:db8:ffff::2"), "2001:db8::1");
    check_client("10.1.1.1", Some("10.3.3.3, 10.2.2.2"), "10.3.3.3");
}

#[test]
fn nobody_can_choose_an_address() {
    check_client("198.51.100.1", Some("203.0.113.7"), "198.51.100.1");
    check_client("10.1.1.1", Some("203.0.113.7, 198.51.100.1"), "198.51.100.1");
    check_client("10.1.1.1", Some("203.0.113.7, junk, 10.2.2.2"), "10.2.2.2");
    check_client("10.1.1.1", Some(""), "10.1.1.1");
    check_client("10.1.1.1", Some("unknown"), "10.1.1.1");
}

#[test]
fn hops_may_have_a_port() {
    check_client("127.0.0.1", Some("198.51.100.1:51234"), "198.51.100.1");
    check_client("127.0.0.1", Some("[2001:db8::1]:51234"), "2001:db8::1");
    check_client("127.0.0.1", Some("[2001:db8::1]"), "2001:db8::1");
    check_client("127.0.0.1", Some("::ffff:198.51.100.1"), "198.51.100.1");
}

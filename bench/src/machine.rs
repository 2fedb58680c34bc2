//! What was measured on: without it a number says nothing. No names of hosts or people.

use crate::Result;
use crate::latency::Latencies;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Writes of which each waits for the disk, to see how long that is.
const N_SYNCS: usize = 100;

/// Facts of a machine.
#[derive(Serialize, Deserialize, Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) architecture: String,
    cpu: String,
    memory_gib: f64,
    kernel: String,
    /// Of the servers' data.
    filesystem: String,
    /// One write of 8 KiB with `fsync`.
    fsync_p50_ms: f64,
    fsync_p99_ms: f64,
}

/// Reads the facts; `data` is where servers keep their data.
pub(crate) fn describe(data: &Path) -> Result<Machine> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let memory = std::fs::read_to_string("/proc/meminfo")?;
    let mut syncs = time_syncs(data)?;
    let kib: f64 = value_of(&memory, "MemTotal").trim_end_matches(" kB").parse()?;
    Ok(Machine {
        cores: std::thread::available_parallelism()?.get(),
        architecture: std::env::consts::ARCH.to_owned(),
        cpu: value_of(&cpu, "model name").to_owned(),
        memory_gib: (kib / 1024.0 / 1024.0 * 10.0).round() / 10.0,
        kernel: std::fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
        filesystem: filesystem_of(&std::fs::read_to_string("/proc/self/mountinfo")?, &data.canonicalize()?),
        fsync_p50_ms: syncs.percentile_ms(50.0).ok_or("nothing was synced")?,
        fsync_p99_ms: syncs.percentile_ms(99.0).ok_or("nothing was synced")?,
    })
}

/// The value of `name: value`.
fn value_of<'a>(text: &'a str, name: &str) -> &'a str {
    let of_name = |line: &'a str| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then_some(value.trim())
    };
    text.lines().find_map(of_name).unwrap_or("unknown")
}

/// The type of the file system that holds a path: of all mounts above it, the nearest.
fn filesystem_of(mountinfo: &str, path: &Path) -> String {
    let mounts = mountinfo.lines().filter_map(|line| {
        let (mount, source) = line.split_once(" - ")?;
        let point = mount.split_ascii_whitespace().nth(4)?;
        path.starts_with(point).then(|| (point.len(), source.split_ascii_whitespace().next()))
    });
    mounts.max_by_key(|(length, _)| *length).and_then(|(_, kind)| kind).unwrap_or("unknown").to_owned()
}

fn time_syncs(data: &Path) -> Result<Latencies> {
    let mut file: File = tempfile::tempfile_in(data)?;
    let mut took = Latencies::default();
    for _ in 0..N_SYNCS {
        let start = Instant::now();
        file.write_all(&[7; 8192])?;
        file.sync_all()?;
        took.record(start.elapsed());
    }
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_holds_a_path() {
        let mountinfo = "21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
                         22 21 0:5 / /home rw - xfs /dev/vdb rw\n\
                         23 21 0:6 / /home2 rw shared:2 master:3 - tmpfs tmpfs rw";
        assert_eq!(filesystem_of(mountinfo, Path::new("/home/data")), "xfs");
        assert_eq!(filesystem_of(mountinfo, Path::new("/srv")), "ext4");
        assert_eq!(filesystem_of("", Path::new("/srv")), "unknown");
    }

    #[test]
    fn facts_are_found_by_name() {
        assert_eq!(value_of("processor\t: 0\nmodel name\t: AMD EPYC\n", "model name"), "AMD EPYC");
        assert_eq!(value_of("MemTotal:       24 kB\n", "MemTotal"), "24 kB");
        assert_eq!(value_of("", "MemTotal"), "unknown");
    }
}

//! Servers as child processes, and what a process costs, read from `/proc`.

use crate::Result;
use crate::http::Http;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `/proc` counts CPU time in these, whatever the kernel's own clock (`USER_HZ`, proc(5)).
const TICK: Duration = Duration::from_millis(10);
/// A server that takes longer to start has failed to; a large journal is read first.
const START_WAIT: Duration = Duration::from_secs(120);

/// A running server; killed, not asked to stop, when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Footpath on a data directory, with no limit on events.
    pub(crate) fn footpath(binary: &Path, data_dir: &Path) -> Result<Self> {
        Self::start(binary, data_dir, &[])
    }

    /// The same with so much memory.
    pub(crate) fn footpath_with_memory(binary: &Path, data_dir: &Path, megabytes: u32) -> Result<Self> {
        Self::start(binary, data_dir, &["--memory-mb", &megabytes.to_string()])
    }

    fn start(binary: &Path, data_dir: &Path, more: &[&str]) -> Result<Self> {
        // Free a moment ago; nothing else here opens ports.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(binary)
            .arg("serve")
            .arg("--data-dir")
            .arg(data_dir)
            .args(["--listen", &address.to_string(), "--ingest-rate", "100000000", "--log", "warn"])
            .args(more)
            .stdout(Stdio::null())
            .spawn()?;
        Self { child, address }.ready()
    }

    /// The server that only reads bodies.
    pub(crate) fn limit(program: &Path) -> Result<Self> {
        let mut child = Command::new(program).arg("limit").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().parse().map_err(|_| "the limit server did not start")?;
        Self { child, address }.ready()
    }

    fn ready(mut self) -> Result<Self> {
        let start = Instant::now();
        while start.elapsed() < START_WAIT {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended with {status} before it was ready").into());
            }
            let answer = Http::connect(self.address).and_then(|mut http| http.get("/readyz"));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(self);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(format!("the server was not ready after {} s", START_WAIT.as_secs()).into())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed, or have ended, before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `footpath --version` says.
pub(crate) fn version(binary: &Path) -> Result<String> {
    let output = Command::new(binary).arg("--version").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// CPU time that a process has used, in user and kernel mode, over all its threads.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    Ok(cpu_time_in(&stat).ok_or("the process's stat is not as expected")?)
}

fn cpu_time_in(stat: &str) -> Option<Duration> {
    // The program's name comes before, in brackets, and may hold anything.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * (user + system))
}

/// CPU time that this process has used, to the nanosecond: what Python's `time.process_time` reads.
pub(crate) fn cpu_time_of_this() -> Result<Duration> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(Duration::try_from(used)?)
}

/// Memory of a process that is in RAM, bytes.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64> {
    memory(pid, "VmRSS:")
}

/// The most that it has had in RAM at any time, bytes.
pub(crate) fn peak_bytes(pid: u32) -> Result<u64> {
    memory(pid, "VmHWM:")
}

fn memory(pid: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse::<u64>().ok())
        .ok_or_else(|| format!("the process's status has no {name}"))?;
    Ok(kib * 1024)
}

/// CPU time of the whole machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MachineTime {
    /// Spent on anything.
    pub(crate) busy: Duration,
    /// Wanted, but given to other machines by the hypervisor.
    pub(crate) stolen: Duration,
}

pub(crate) fn machine_time() -> Result<MachineTime> {
    let stat = std::fs::read_to_string("/proc/stat")?;
    Ok(machine_time_in(&stat).ok_or("/proc/stat is not as expected")?)
}

fn machine_time_in(stat: &str) -> Option<MachineTime> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u32> = fields.split_ascii_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, stolen, ..] = ticks[..] else { return None };
    Some(MachineTime { busy: TICK * (user + nice + system + irq + softirq), stolen: TICK * stolen })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_brackets_and_spaces() {
        let stat = "42 (foot) path) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 7 8 20 0 4 0 99 1 1";
        assert_eq!(cpu_time_in(stat), Some(Duration::from_secs(2)));
        assert_eq!(cpu_time_in("42 (footpath) S 1"), None);
    }

    #[test]
    fn idle_and_waiting_are_not_busy() {
        let stat = "cpu  100 10 50 9000 900 5 35 20 0 0\ncpu0 1 1 1 1\n";
        let expected = MachineTime { busy: Duration::from_secs(2), stolen: Duration::from_millis(200) };
        assert_eq!(machine_time_in(stat), Some(expected));
        assert_eq!(machine_time_in("intr 1"), None);
    }

    #[test]
    fn this_process_costs_something() {
        let pid = std::process::id();
        assert!(resident_bytes(pid).expect("this is Linux") > 0);
        assert!(peak_bytes(pid).expect("this is Linux") > 0);
        assert!(cpu_time_of_this().expect("this is Linux") > Duration::ZERO);
        assert!(cpu_time(pid).expect("this is Linux") <= machine_time().expect("this is Linux").busy);
    }
}

//! The load: a fixed number of connections, each sending its next request when it has the answer to the last.
//!
//! It shares the cores with the server that it measures, so it does as little as it can: one thread on epoll, requests
//! that are whole already, one write and one read for each, and no more of an answer read than its status. Limit: a
//! closed loop waits when the server is slow, so its percentiles are of the requests made, not of those that an
//! endless stream of visitors would have made.

use crate::Result;
use crate::http::{find, status_of};
use crate::latency::Latencies;
use crate::process::{self, MachineTime};
use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often the loop looks at the clock where nothing happens.
const TURN: Duration = Duration::from_millis(5);
/// The longest answer that is looked at; all that is expected is `204 No Content`.
const ANSWER_BYTES: usize = 2048;
/// An answer that takes longer is a defect.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// A request to be sent.
pub(crate) struct Post<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) n_events: u32,
    /// Whether it is the first of its session.
    pub(crate) starts_session: bool,
}

/// Where requests come from.
pub(crate) trait Source {
    /// The next request of a connection; nothing where there is no more.
    fn next(&mut self, connection: usize, now_ms: i64) -> Option<Post<'_>>;
}

/// How to load.
pub(crate) struct Plan<'a> {
    pub(crate) address: SocketAddr,
    /// The server whose CPU time is read.
    pub(crate) pid: u32,
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
    /// Requests a second over all connections; as many as the server takes where it is left out.
    pub(crate) per_second: Option<f64>,
    /// Ends the load early.
    pub(crate) stop: Option<&'a AtomicBool>,
}

/// What the server has acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Acknowledged {
    pub(crate) requests: u64,
    pub(crate) events: u64,
    pub(crate) sessions: u64,
}

/// What a load gave.
pub(crate) struct Load {
    /// All of it, warm-up and tail included.
    pub(crate) total: Acknowledged,
    /// In the measured time only.
    pub(crate) requests: u64,
    pub(crate) events: u64,
    pub(crate) took: Duration,
    pub(crate) latencies: Latencies,
    /// CPU time in the measured time.
    pub(crate) server_cpu: Duration,
    pub(crate) client_cpu: Duration,
    /// Of neither: other programs, and the kernel's own threads.
    pub(crate) other_cpu: Duration,
    pub(crate) stolen_cpu: Duration,
}

/// The clocks and counters at an edge of the measured time.
struct Mark {
    at: Instant,
    acknowledged: Acknowledged,
    server: Duration,
    client: Duration,
    machine: MachineTime,
}

struct Connection {
    stream: TcpStream,
    /// What the socket would not take at once.
    unsent: Vec<u8>,
    answer: [u8; ANSWER_BYTES],
    n_answer: usize,
    /// The request under way.
    waiting: Option<Waiting>,
}

struct Waiting {
    since: Instant,
    n_events: u32,
    starts_session: bool,
}

/// Loads a server until the measured time is over or the source has no more, and every answer is there.
///
/// # Errors
/// Any answer but 204, a connection that breaks, an answer that does not come.
pub(crate) fn load(plan: &Plan<'_>, source: &mut impl Source) -> Result<Load> {
    let mut poll = Poll::new()?;
    let mut connections = connect(plan, &poll)?;
    let mut events = Events::with_capacity(plan.connections);
    let mut total = Acknowledged::default();
    let mut latencies = Latencies::with_capacity(1 << 20);
    let start = Instant::now();
    let (mut from, mut to) = (None, None);
    let mut idle: Vec<usize> = (0..plan.connections).rev().collect();
    let mut n_sent = 0u64;
    let mut last_answer = start;

    loop {
        let now = Instant::now();
        if from.is_none() && now - start >= plan.warm_up {
            from = Some(Mark::take(plan, total)?);
        }
        let stopped = plan.stop.is_some_and(|stop| stop.load(Ordering::Relaxed));
        if to.is_none() && (stopped || now - start >= plan.warm_up + plan.measured) {
            to = Some(Mark::take(plan, total)?);
        }
        let now_ms = unix_ms();
        while to.is_none() && plan.is_due(n_sent, now - start) {
            let Some(connection) = idle.pop() else { break };
            match source.next(connection, now_ms) {
                Some(post) => connections[connection].send(&post)?,
                None => to = Some(Mark::take(plan, total)?),
            }
            n_sent += 1;
        }
        if to.is_some() && connections.iter().all(|connection| connection.waiting.is_none()) {
            break;
        }

        poll.poll(&mut events, Some(TURN))?;
        for event in &events {
            let Token(index) = event.token();
            let Some((answered, at)) = connections[index].progress(event)? else { continue };
            last_answer = at;
            total.requests += 1;
            total.events += u64::from(answered.n_events);
            total.sessions += u64::from(answered.starts_session);
            if from.is_some() && to.is_none() {
                latencies.record(at - answered.since);
            }
            // At once, so that the server does not wait for the answers behind this one to be read.
            if to.is_none() && plan.per_second.is_none() {
                match source.next(index, now_ms) {
                    Some(post) => connections[index].send(&post)?,
                    None => to = Some(Mark::take(plan, total)?),
                }
            } else {
                idle.push(index);
            }
        }
        if last_answer.elapsed() > ANSWER_WAIT && connections.iter().any(|one| one.waiting.is_some()) {
            return Err(format!("no answer within {} s", ANSWER_WAIT.as_secs()).into());
        }
    }
    let from = from.ok_or("the load ended before it was warm")?;
    let to = to.ok_or("the load had no end")?;
    Ok(Load::between(&from, &to, total, latencies))
}

fn connect(plan: &Plan<'_>, poll: &Poll) -> Result<Vec<Connection>> {
    let one = |index| {
        let stream = std::net::TcpStream::connect(plan.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(index), Interest::READABLE | Interest::WRITABLE)?;
        Ok(Connection { stream, unsent: Vec::new(), answer: [0; ANSWER_BYTES], n_answer: 0, waiting: None })
    };
    (0..plan.connections).map(one).collect()
}

impl Plan<'_> {
    fn is_due(&self, n_sent: u64, elapsed: Duration) -> bool {
        self.per_second.is_none_or(|per_second| n_sent as f64 <= per_second * elapsed.as_secs_f64())
    }
}

impl Connection {
    fn send(&mut self, post: &Post<'_>) -> Result<()> {
        let since = Instant::now();
        let n_written = self.write(post.bytes)?;
        self.unsent.extend_from_slice(&post.bytes[n_written..]);
        self.waiting = Some(Waiting { since, n_events: post.n_events, starts_session: post.starts_session });
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut n_written = 0;
        while n_written < bytes.len() {
            match self.stream.write(&bytes[n_written..]) {
                Ok(n) => n_written += n,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(n_written)
    }

    /// Goes on with whatever the socket is ready for; gives the request that is now answered.
    fn progress(&mut self, event: &Event) -> Result<Option<(Waiting, Instant)>> {
        if event.is_writable() && !self.unsent.is_empty() {
            let unsent = std::mem::take(&mut self.unsent);
            let n_written = self.write(&unsent)?;
            self.unsent.extend_from_slice(&unsent[n_written..]);
        }
        if !event.is_readable() || self.waiting.is_none() {
            return Ok(None);
        }
        loop {
            match self.stream.read(&mut self.answer[self.n_answer..]) {
                Ok(0) => return Err("the server closed a connection, or its answer is long".into()),
                Ok(n) => self.n_answer += n,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
            let answer = &self.answer[..self.n_answer];
            if !answer.ends_with(b"\r\n\r\n") && find(answer, b"\r\n\r\n").is_none() {
                continue;
            }
            if status_of(answer) != Some(204) {
                return Err(format!("the server answered: {}", String::from_utf8_lossy(answer)).into());
            }
            self.n_answer = 0;
            return Ok(self.waiting.take().map(|waiting| (waiting, Instant::now())));
        }
    }
}

impl Mark {
    fn take(plan: &Plan<'_>, acknowledged: Acknowledged) -> Result<Self> {
        Ok(Self {
            at: Instant::now(),
            acknowledged,
            server: process::cpu_time(plan.pid)?,
            client: process::cpu_time(std::process::id())?,
            machine: process::machine_time()?,
        })
    }
}

impl Load {
    fn between(from: &Mark, to: &Mark, total: Acknowledged, latencies: Latencies) -> Self {
        let server_cpu = to.server - from.server;
        let client_cpu = to.client - from.client;
        Self {
            total,
            requests: to.acknowledged.requests - from.acknowledged.requests,
            events: to.acknowledged.events - from.acknowledged.events,
            took: to.at - from.at,
            latencies,
            server_cpu,
            client_cpu,
            other_cpu: (to.machine.busy - from.machine.busy).saturating_sub(server_cpu + client_cpu),
            stolen_cpu: to.machine.stolen.saturating_sub(from.machine.stolen),
        }
    }
}

/// The clock that events carry.
pub(crate) fn unix_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

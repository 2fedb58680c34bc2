//! Endpoints: their calls, results and durations.

use super::WordLists;
use super::counts::{ListCounts, numbers, top};
use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::reports::over_time::buckets;
use crate::reports::scope::{Scope, rows};
use crate::reports::tally::{Tally, whole};
use crate::scheduler::RunError;
use crate::vocabulary::Vocabulary;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::measures::Reading;
use footpath_model::reports::pages::{CallResult, EndpointRow, Endpoints, EndpointsAnswer};
use footpath_model::time::Timestamp;

/// Endpoints by calls.
///
/// # Errors
/// As [`Scope::run`].
pub fn endpoints(scope: &Scope<'_>, asked: &Endpoints) -> Result<EndpointsAnswer, RunError> {
    let counts = scope.run(&ListCounts { column: C::RequestEndpoint })?;
    let (endpoints, rest, rest_calls, calls) = top(counts, asked.limit);
    let rows = scope.run(&EndpointRows { endpoints, edges: asked.edges.clone() })?;
    Ok(EndpointsAnswer { rows, rest, rest_calls, calls })
}

/// Measures some endpoints.
#[derive(Clone, Debug)]
pub struct EndpointRows {
    /// Their names.
    pub endpoints: Vec<String>,
    /// Ends of the buckets of the trend.
    pub edges: Vec<Timestamp>,
}

/// What is gathered of an endpoint.
#[derive(Clone, Debug, Default)]
pub struct EndpointCell {
    calls: u64,
    sessions: u64,
    ok: u64,
    client_errors: u64,
    server_errors: u64,
    no_response: u64,
    duration: Tally,
    trend: Vec<[u64; 2]>,
}

impl Analysis for EndpointRows {
    type Partial = Vec<EndpointCell>;
    type Answer = Vec<EndpointRow>;

    fn columns(&self) -> Vec<C> {
        vec![C::RequestEndpoint, C::RequestStatus, C::RequestDuration, C::Start]
    }

    fn empty(&self) -> Vec<EndpointCell> {
        let trend = vec![[0; 2]; self.edges.len().saturating_sub(1)];
        vec![EndpointCell { trend, ..EndpointCell::default() }; self.endpoints.len()]
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Vec<EndpointCell> {
        let mut cells = self.empty();
        let lists = WordLists::of(batch, C::RequestEndpoint);
        let number_of = numbers(&lists, &self.endpoints);
        let bucket_of = buckets(batch, &self.edges);
        let (statuses, durations) = (batch.int_lists(C::RequestStatus), batch.int_lists(C::RequestDuration));
        // The row that called an endpoint last, plus one, so that each session counts once.
        let mut called_by = vec![0_u32; cells.len()];
        for row in rows(selected) {
            let [status_at, duration_at] =
                [statuses.offsets[row], durations.offsets[row]].map(|at| at.cast_unsigned() as usize);
            for (nth, at) in lists.range(row).enumerate() {
                let Some(number) = number_of[lists.place(at)] else { continue };
                let cell = &mut cells[number];
                cell.calls += 1;
                if called_by[number] != row as u32 + 1 {
                    called_by[number] = row as u32 + 1;
                    cell.sessions += 1;
                }
                let status = statuses.values.value(status_at + nth);
                match CallResult::of(status) {
                    CallResult::Ok => cell.ok += 1,
                    CallResult::ClientError => cell.client_errors += 1,
                    CallResult::ServerError => cell.server_errors += 1,
                    CallResult::NoResponse | CallResult::Any => cell.no_response += 1,
                }
                cell.duration.add(whole(durations.values.value(duration_at + nth)));
                if let Some([calls, failed]) = cell.trend.get_mut(bucket_of[row] as usize) {
                    *calls += 1;
                    *failed += u64::from(status >= 400);
                }
            }
        }
        cells
    }

    fn merge(&self, mut one: Vec<EndpointCell>, other: Vec<EndpointCell>) -> Vec<EndpointCell> {
        for (one, other) in one.iter_mut().zip(other) {
            one.calls += other.calls;
            one.sessions += other.sessions;
            one.ok += other.ok;
            one.client_errors += other.client_errors;
            one.server_errors += other.server_errors;
            one.no_response += other.no_response;
            one.duration.merge(other.duration);
            for ([calls, failed], [more_calls, more_failed]) in one.trend.iter_mut().zip(other.trend) {
                *calls += more_calls;
                *failed += more_failed;
            }
        }
        one
    }

    fn finish(&self, cells: Vec<EndpointCell>, _: &Vocabulary) -> Vec<EndpointRow> {
        let row = |(endpoint, cell): (&String, EndpointCell)| EndpointRow {
            endpoint: endpoint.clone(),
            calls: cell.calls,
            sessions: cell.sessions,
            ok: cell.ok,
            client_errors: cell.client_errors,
            server_errors: cell.server_errors,
            no_response: cell.no_response,
            average_ms: Reading::ratio(cell.duration.sum, cell.duration.n).number(),
            p95_ms: cell.duration.percentile(95).map(|ms| f64::from(ms.value)),
            trend: cell.trend,
        };
        self.endpoints.iter().zip(cells).map(row).collect()
    }
}

//! Lists: every row is on exactly one page, whatever the order and however many rows are equal.

use crate::naive;
use crate::sessions::{Memory, Row, any_filter, any_rows, any_source};
use footpath_analyze::{
    Cancel, Direction, Filter, List, ListCursor, Order, Scheduler, SchedulerConfig, list,
};
use footpath_model::columns::SessionColumn;
use proptest::prelude::*;

const ORDERED_BY: [SessionColumn; 5] = [
    SessionColumn::Start,
    SessionColumn::Duration,
    SessionColumn::PageViews,
    SessionColumn::Errors,
    SessionColumn::Load,
];

fn orders() -> impl Iterator<Item = Order> {
    let both = |by| {
        [Direction::Ascending, Direction::Descending].map(|direction| Order::new(by, direction).unwrap())
    };
    ORDERED_BY.into_iter().flat_map(both)
}

/// Ids of all pages, in order.
fn pages(scheduler: &Scheduler, source: &Memory, filter: &Filter, order: Order, limit: usize) -> Vec<u64> {
    let mut ids = Vec::new();
    let mut after: Option<ListCursor> = None;
    loop {
        let page =
            list(scheduler, source, filter, &List { order, after, limit }, &Cancel::default()).unwrap();
        assert!(page.rows.len() <= limit);
        let row = |place: usize| {
            let row = page.rows[place].row;
            &source.rows[row.segment][row.row as usize]
        };
        ids.extend((0..page.rows.len()).map(|place| row(place).id));
        if !page.more {
            return ids;
        }
        let last = page.rows.len() - 1;
        after = Some(page.rows[last].cursor(row(last).id_text().parse().unwrap()));
    }
}

proptest! {
    #[test]
    fn pages_hold_every_row_once_in_order(
        (rows, source) in any_rows(40).prop_flat_map(|rows| (Just(rows.clone()), any_source(rows))),
        filter in any_filter(),
        (limit, threads) in (1..8_usize, 1..4_usize),
    ) {
        let scheduler = Scheduler::new(SchedulerConfig { threads, cache_bytes: 1 << 20 });
        let rows = naive::selected(&rows, &filter);
        for order in orders() {
            prop_assert_eq!(pages(&scheduler, &source, &filter, order, limit), naive::list(&rows, order));
            let page = list(&scheduler, &source, &filter, &List { order, after: None, limit }, &Cancel::default());
            prop_assert_eq!(page.unwrap().counted, naive::count(&rows));
        }
    }
}

/// So many rows that candidates are sifted several times, in each way that rows can lie.
#[test]
fn long_segments_are_sifted_to_the_same_pages() {
    let scheduler = Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 1 << 24 });
    let mut rows: Vec<Row> = (0..9000_u64)
        .map(|n| Row {
            id: n * 7919 % 9001,
            start: (n / 3) as i64,
            duration: (n * 31 % 500) as i32,
            errors: i32::from(n % 97 == 0),
            load: (n % 5 == 0).then_some((n % 11) as i32),
            ..Row::default()
        })
        .collect();
    for _ in 0..2 {
        let source = Memory::new(vec![rows.clone()]).last_is_live();
        for order in orders() {
            assert_eq!(
                pages(&scheduler, &source, &Filter::all(), order, 2500),
                naive::list(&rows, order),
                "{order:?}"
            );
        }
        rows.reverse();
    }
}

#[test]
fn ids_are_read_of_those_rows_alone_that_nothing_else_tells_apart() {
    let scheduler = Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 1 << 20 });
    let row = |id, start| Row { id, start, ..Row::default() };
    let source = Memory::new(vec![vec![row(1, 10), row(2, 20), row(3, 20), row(4, 30), row(5, 10)]]);
    let newest = List { order: Order::NEWEST, after: None, limit: 2 };
    let page = list(&scheduler, &source, &Filter::all(), &newest, &Cancel::default()).unwrap();
    assert_eq!(page.rows.iter().map(|row| row.row.row).collect::<Vec<_>>(), [3, 2]);
    assert!(page.more);
    assert_eq!(*source.rows_loaded.lock().unwrap(), [1, 2]);
}

#[test]
fn a_list_of_no_rows_says_whether_there_are_any() {
    let scheduler = Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 1 << 20 });
    let source = Memory::new(vec![vec![Row::default(); 3]]);
    let none = List { order: Order::NEWEST, after: None, limit: 0 };
    let page = list(&scheduler, &source, &Filter::all(), &none, &Cancel::default()).unwrap();
    assert_eq!((page.rows.len(), page.counted.total, page.more), (0, 3, true));
}

#[test]
fn text_orders_no_list() {
    assert_eq!(Order::new(SessionColumn::User, Direction::Ascending), None);
    assert_eq!(Order::new(SessionColumn::ClockSkew, Direction::Ascending), None);
}

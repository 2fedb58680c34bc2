//! The journal's size over time, watched from outside: what is acknowledged and not yet in the lake.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Does something while the journal of a data directory is watched; gives seconds and bytes of each look.
pub(crate) fn watched<T>(data_dir: &Path, during: impl FnOnce() -> T) -> (T, Vec<(f64, f64)>) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let (start, mut sizes) = (Instant::now(), Vec::new());
            loop {
                sizes.push((start.elapsed().as_secs_f64(), bytes(data_dir) as f64));
                if stop.load(Ordering::Relaxed) {
                    break sizes;
                }
                std::thread::sleep(LOOK_EVERY);
            }
        });
        let done = during();
        stop.store(true, Ordering::Relaxed);
        (done, watching.join().unwrap_or_default())
    })
}

/// Bytes of the journal's database; its free pages go back to the file system.
pub(crate) fn bytes(data_dir: &Path) -> u64 {
    // It may not be there yet.
    std::fs::metadata(data_dir.join("journal.db")).map_or(0, |metadata| metadata.len())
}

/// What a value grows by in a unit of `x`: the slope of the line that fits best; 0 where there is no line.
pub(crate) fn slope(of: &[(f64, f64)]) -> f64 {
    let n = of.len() as f64;
    let mean = |value: fn(&(f64, f64)) -> f64| of.iter().map(value).sum::<f64>() / n;
    let (mean_x, mean_y) = (mean(|(x, _)| *x), mean(|(_, y)| *y));
    let square: f64 = of.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let product: f64 = of.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    if square > 0.0 { product / square } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_up_and_down_is_flat() {
        let close = |one: f64, other: f64| (one - other).abs() < 1e-9;
        assert!(close(slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]), 2.0));
        assert!(close(slope(&[(0.0, 1.0), (1.0, 9.0), (2.0, 9.0), (3.0, 1.0)]), 0.0));
        assert!(close(slope(&[(1.0, 7.0)]), 0.0));
        assert!(close(slope(&[]), 0.0));
    }

    #[test]
    fn it_is_watched_until_the_end() {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let (done, sizes) = watched(directory.path(), || {
            std::fs::write(directory.path().join("journal.db"), [0; 4096]).expect("it is written");
            7
        });
        assert_eq!((done, bytes(directory.path())), (7, 4096));
        assert!(!sizes.is_empty());
    }
}

//! Counting tests by what their runners say in closing: libtest, Vitest, Playwright and Node's own runner.
//!
//! Each prints for people, not for machines, so each form is pinned by a test below. A runner that failed without
//! saying a number (a crash, a type error) is counted as one failure by whoever ran it.

/// How many tests there were, by outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// They passed.
    pub passed: u32,
    /// They failed.
    pub failed: u32,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Tally {
    /// Adds what a line of a runner's output says, if it is a closing line.
    pub fn see(&mut self, line: &str) {
        let line = without_colours(line);
        let words: Vec<&str> =
            line.split(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | ',')).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            // libtest: `test result: ok. 5 passed; 0 failed; 1 ignored; …`
            ["test", "result:", ..] => self.add_counts(&words),
            // Vitest: `Tests  1 failed | 11 passed (12)`; its `Test Files` line counts files.
            ["Tests", ..] => self.add_counts(&words),
            // Playwright, a line for each outcome: `12 passed (30.2s)`, `1 failed`, `1 flaky` (failed, then passed).
            [_, "passed"] | [_, "failed"] | [_, "passed", _] => self.add_counts(&words),
            // Node: `ℹ pass 12` and `ℹ fail 0`, or `# pass 12` where it is no terminal.
            ["ℹ" | "#", "pass", count] => self.passed += count.parse().unwrap_or(0),
            ["ℹ" | "#", "fail", count] => self.failed += count.parse().unwrap_or(0),
            _ => {}
        }
    }

    fn add_counts(&mut self, words: &[&str]) {
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u32>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                _ => {}
            }
        }
    }
}

/// The text without terminal colours, which some runners also write where no terminal is: `ESC [ … m`.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default();
    let coloured = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    std::iter::once(first).chain(coloured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(output: &str, passed: u32, failed: u32) {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.see(line));
        assert_eq!(tally, Tally { passed, failed });
    }

    #[test]
    fn libtest() {
        check(
            "running 6 tests\ntest a ... ok\ntest 3 passed ... ok\n\
             test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            7,
            1,
        );
    }

    #[test]
    fn vitest() {
        check(" Test Files  3 passed (3)\n      Tests  12 passed (12)\n   Duration  1.2s", 12, 0);
        check(
            " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 11 passed | 2 skipped (14)",
            11,
            1,
        );
    }

    #[test]
    fn colours_are_looked_through() {
        check(
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m189 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (189)\u{1b}[39m",
            189,
            0,
        );
    }

    #[test]
    fn playwright() {
        check(
            "  ✓  1 a.spec.ts:3:1 › shop › 2 passed payments (1.2s)\n\n  1 failed\n    a.spec.ts\n  12 passed (30.2s)",
            12,
            1,
        );
    }

    #[test]
    fn node() {
        check("ℹ tests 4\nℹ pass 3\nℹ fail 1", 3, 1);
        check("# tests 4\n# pass 4\n# fail 0", 4, 0);
    }

    #[test]
    fn nothing_else_counts() {
        check("passed\n10 seconds passed since\nassertion 1 failed here\nTest Files 9 passed", 0, 0);
    }
}

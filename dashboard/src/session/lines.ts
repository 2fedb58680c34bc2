/** The two lines of the timeline that are no events, as `crates/model/src/timeline.rs` writes them. */

export const SESSION_STARTED = 'Session started'

//! The door to `indicatif`: what is being done, for a person who waits.

use indicatif::{ProgressBar, ProgressDrawTarget};
use std::time::Duration;

/// How long a person waits without wondering.
const PATIENCE: Duration = Duration::from_millis(500);

/// A line on standard error that appears after half a second, and only on a terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// Starts waiting.
    pub fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let late = bar.downgrade();
        std::thread::spawn(move || {
            std::thread::sleep(PATIENCE);
            if let Some(bar) = late.upgrade().filter(|bar| !bar.is_finished()) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(PATIENCE / 4);
            }
        });
        Progress(bar)
    }

    /// Says what is being done now.
    pub fn say(&self, what: &str) {
        // A name from a configuration may hold anything; a terminal must not obey it.
        self.0.set_message(what.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

//! Bounds what a query may do: steps of the virtual machine instead of time, and reading only.

use super::{Failure, Table, explain};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, ErrorCode};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many steps pass between two looks at the budget.
const STRIDE: u16 = 1000;
/// Steps for any query: a second or two.
const STEPS: u64 = 100_000_000;
/// Further steps per byte of the file: a row of a dozen bytes may be touched some dozens of times.
const STEPS_PER_BYTE: u64 = 20;

/// Table-valued functions that read nothing but their argument.
const FUNCTIONS: &[&str] = &["json_each", "json_tree"];

/// The steps that are left, and what was refused last.
pub(super) struct Guard {
    budget: u64,
    left: Arc<AtomicU64>,
    refused: Arc<Mutex<Option<String>>>,
}

impl Guard {
    /// A guard for a database of `bytes`.
    pub(super) fn new(bytes: u64) -> Guard {
        let budget = STEPS.saturating_add(bytes.saturating_mul(STEPS_PER_BYTE));
        Guard { budget, left: Arc::new(AtomicU64::new(budget)), refused: Arc::default() }
    }

    /// Gives the next query its full budget.
    pub(super) fn refill(&self) {
        self.left.store(self.budget, Ordering::Relaxed);
    }

    /// Counts steps from now on.
    pub(super) fn watch(&self, connection: &mut Connection) -> Result<(), Failure> {
        let left = Arc::clone(&self.left);
        let spent = move || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(STRIDE.into())).is_err();
        connection.progress_handler(STRIDE.into(), Some(spent)).map_err(|error| explain(&error))
    }

    /// From now on only plain tables may be read, and nothing else done.
    pub(super) fn lock(&self, connection: &mut Connection, tables: &[Table]) -> Result<(), Failure> {
        let tables: BTreeMap<String, bool> = tables.iter().map(|t| (t.name.to_lowercase(), t.is_readable())).collect();
        let refused = Arc::clone(&self.refused);
        let judge = move |context: AuthContext<'_>| match verdict(&context, &tables) {
            None => Authorization::Allow,
            Some(reason) => {
                *refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
                Authorization::Deny
            }
        };
        connection.authorizer(Some(judge)).map_err(|error| explain(&error))
    }

    /// The sentence for an error, with what the guard knows of it.
    pub(super) fn failure(&self, error: rusqlite::Error) -> Failure {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reason) = refused {
            let offset = explain(&error).offset;
            return Failure { code: "not-allowed", message: reason, offset };
        }
        if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
            return Failure::new("too-costly", format!("it was stopped after {} million steps", self.budget / 1_000_000));
        }
        explain(&error)
    }
}

/// Why an action is refused, or nothing when it is allowed.
fn verdict(context: &AuthContext<'_>, tables: &BTreeMap<String, bool>) -> Option<String> {
    match context.action {
        AuthAction::Select | AuthAction::Recursive | AuthAction::Function { .. } => None,
        AuthAction::Read { table_name, column_name } => {
            let name = table_name.to_lowercase();
            let allowed = match tables.get(&name) {
                Some(readable) => *readable,
                // A name without a column may be a common table expression of which only the rows are counted.
                None => column_name.is_empty() || FUNCTIONS.contains(&name.as_str()) || name == "sqlite_master",
            };
            (!allowed).then(|| format!("`{table_name}` may not be read: only plain tables of the file may be"))
        }
        AuthAction::Pragma { pragma_name, .. } => Some(format!("`PRAGMA {pragma_name}` may not be used: a query only selects")),
        AuthAction::Attach { .. } => Some("ATTACH may not be used: a query reads this database only".to_owned()),
        _ => Some("only SELECT may be used".to_owned()),
    }
}

//! Reading the audit record for the window.

use std::sync::Arc;

use crate::engine::Event;
use crate::engine::resources::store_failure;
use crate::engine::workspace::Workspace;

/// How many entries are read at a time.
const ENTRIES_AT_ONCE: usize = 200;

/// Reads entries, newest first, and tells them.
pub async fn load(workspace: Arc<Workspace>, before: Option<u64>) {
    // One more than is shown tells whether there are older ones.
    let event = match workspace
        .resources
        .store
        .entries(before, ENTRIES_AT_ONCE + 1)
        .await
    {
        Ok(mut entries) => {
            let more = entries.len() > ENTRIES_AT_ONCE;
            entries.truncate(ENTRIES_AT_ONCE);
            Event::Activity {
                entries,
                from_newest: before.is_none(),
                more,
            }
        }
        Err(error) => Event::ActivityNotRead(store_failure(&error)),
    };
    workspace.tell(event);
}

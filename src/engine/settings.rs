//! Keeping the settings.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use crate::domain::{Failure, FailureKind};
use crate::engine::Event;
use crate::engine::resources::Resources;

/// Writes the newest settings to their file, unless that was done meanwhile.
pub async fn save(resources: Arc<Resources>, generation: u64) {
    let saving = resources.clone();
    let saved = tokio::task::spawn_blocking(move || {
        let file = saving
            .settings_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // The newest ones, taken while nobody else writes: earlier ones never land on them.
        let newest = saving
            .newest_settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        newest.map_or(Ok(()), |settings| file.save(&settings))
    })
    .await;
    let error = match saved {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    let failure = Failure::new(FailureKind::StoreTrouble, Timestamp::now(), error);
    resources.tell(generation, Event::failed(None, failure));
}

//! Reading the audit record for the window.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::domain::ActChoices;
use crate::engine::resources::store_failure;
use crate::engine::workspace::Workspace;
use crate::engine::{ActivityPage, ActivityQuestion, Event};
use crate::store::StoreError;

/// Reads acts, newest first, and tells them, unless that is `given_up`: then another question came.
pub async fn load(
    workspace: Arc<Workspace>,
    question: ActivityQuestion,
    given_up: CancellationToken,
) {
    let number = question.number;
    let page = given_up
        .run_until_cancelled(read(&workspace, question))
        .await;
    match page {
        None => {}
        Some(Ok(page)) => workspace.tell(Event::Activity(Box::new(page))),
        Some(Err(error)) => {
            tracing::warn!(%error, "acts of the record can't be read");
            workspace.tell(Event::ActivityNotRead {
                question: number,
                failure: store_failure(&error),
            });
        }
    }
}

async fn read(
    workspace: &Workspace,
    question: ActivityQuestion,
) -> Result<ActivityPage, StoreError> {
    let store = &workspace.resources.store;
    let ActivityQuestion {
        number,
        filter,
        before,
        limit,
    } = question;
    // What can be asked for is told with the beginning of the whole list.
    let tells_choices = before.is_none() && filter.is_empty();
    // One more than is shown tells whether there are older ones.
    let mut acts = store.acts(filter, before, limit + 1).await?;
    let more = acts.len() > limit;
    acts.truncate(limit);
    let choices = if tells_choices {
        choices(workspace).await
    } else {
        None
    };
    Ok(ActivityPage {
        question: number,
        acts,
        more,
        choices,
    })
}

/// The acts are shown all the same where these can't be read.
async fn choices(workspace: &Workspace) -> Option<ActChoices> {
    let choices = workspace.resources.store.act_choices().await;
    if let Err(error) = &choices {
        tracing::warn!(%error, "whom acts can be chosen by can't be read");
    }
    choices.ok()
}

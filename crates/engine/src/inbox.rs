//! What waits for a person.

use std::collections::HashMap;

use jackfield_protocol::{
    api::InboxItem,
    error::Failure,
    event::InputKind,
    ids::BackendId,
    model::{Backend, HealthState},
};
use jiff::Timestamp;

use crate::{Engine, live::lock};

/// Most entries; the newest are shown.
const MOST: usize = 500;

impl Engine {
    /// What waits for a person, newest first: open questions of runs (not those that only time answers), backends where somebody has to sign in, tools
    /// whose definition changed. At most 500.
    ///
    /// # Errors
    /// The store's.
    pub async fn inbox(&self) -> Result<Vec<InboxItem>, Failure> {
        let inner = &self.inner;
        let backends: HashMap<BackendId, Backend> = {
            let all = inner.store.backends().await?;
            all.into_iter().map(|backend| (backend.id, backend)).collect()
        };
        let enabled =
            |id| backends.get(&id).filter(|backend| backend.enabled).map(|backend| backend.name.clone());
        let mut items = Vec::new();
        let watches: Vec<_> = lock(&inner.watches).iter().map(|(id, watch)| (*id, watch.clone())).collect();
        for (backend_id, watch) in watches {
            let health = watch.health();
            if health.state == HealthState::SignInRequired
                && let Some(backend) = enabled(backend_id)
            {
                items.push(InboxItem::SignIn { backend_id, backend, asked_at: health.since });
            }
        }
        let most = u32::try_from(MOST).unwrap_or(u32::MAX);
        for (tool, asked_at) in inner.store.changed_tools(most).await? {
            if let Some(backend) = enabled(tool.backend_id) {
                let (tool_id, tool) = (tool.id, tool.qualified_name);
                items.push(InboxItem::ToolChanged { tool_id, tool, backend, asked_at });
            }
        }
        let live: Vec<_> = lock(&inner.live).values().cloned().collect();
        let mut asked: Vec<_> = live
            .iter()
            .flat_map(|live| live.questions().into_iter().map(|(question, at)| (live.id, question, at)))
            // Nobody has to do anything about those.
            .filter(|(_, question, _)| question.kind != InputKind::Timer)
            .collect();
        asked.sort_by_key(|(_, _, at)| std::cmp::Reverse(*at));
        for (id, question, asked_at) in asked.into_iter().take(MOST) {
            let Some(run) = inner.store.run(id).await? else { continue };
            // It may have ended since.
            if run.status.has_ended() {
                continue;
            }
            let Some(backend) = backends.get(&run.backend_id) else { continue };
            let backend = backend.name.clone();
            items.push(InboxItem::Question { run, backend, question, asked_at });
        }
        items.sort_by_key(|item| std::cmp::Reverse(asked_at(item)));
        items.truncate(MOST);
        Ok(items)
    }
}

fn asked_at(item: &InboxItem) -> Timestamp {
    match item {
        InboxItem::Question { asked_at, .. }
        | InboxItem::SignIn { asked_at, .. }
        | InboxItem::ToolChanged { asked_at, .. } => *asked_at,
    }
}

//! Workflows as the last discovery found them.

use jackfield_protocol::{
    ids::{BackendId, WorkflowId},
    model::{Workflow, WorkflowInfo},
    port::{StoreError, StoreResult},
};
use jiff::Timestamp;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use super::{
    error::io,
    rows::{flag, json, parsed, time, to_json},
    writer::Work,
};

pub(super) fn save_workflows(id: BackendId, infos: Vec<WorkflowInfo>, at: Timestamp) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let backend = known(connection, id).await?;
            sqlx::query("UPDATE workflows SET present = 0 WHERE backend_id = ? AND present = 1")
                .bind(&backend)
                .execute(&mut *connection)
                .await
                .map_err(io)?;
            for info in &infos {
                sqlx::query(
                    "INSERT INTO workflows (id, backend_id, external_id, name, active, runnable, info, \
                     discovered_at, present) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) \
                     ON CONFLICT (backend_id, external_id) DO UPDATE SET name = excluded.name, \
                     active = excluded.active, runnable = excluded.runnable, info = excluded.info, \
                     discovered_at = excluded.discovered_at, present = 1",
                )
                .bind(WorkflowId::new().to_string())
                .bind(&backend)
                .bind(&info.external_id)
                .bind(&info.name)
                .bind(info.active)
                .bind(info.runnable)
                .bind(to_json(info)?)
                .bind(time(at))
                .execute(&mut *connection)
                .await
                .map_err(io)?;
            }
            Ok(())
        })
    })
}

pub(super) async fn workflows(
    connection: &mut SqliteConnection,
    backend: Option<BackendId>,
) -> StoreResult<Vec<Workflow>> {
    let rows = sqlx::query(
        "SELECT id, backend_id, info, discovered_at, present FROM workflows \
         WHERE ?1 IS NULL OR backend_id = ?1 ORDER BY backend_id, name, id",
    )
    .bind(backend.map(|id| id.to_string()))
    .fetch_all(connection)
    .await
    .map_err(io)?;
    rows.iter().map(workflow_from).collect()
}

pub(super) async fn workflow(
    connection: &mut SqliteConnection,
    id: WorkflowId,
) -> StoreResult<Option<Workflow>> {
    let row = sqlx::query("SELECT id, backend_id, info, discovered_at, present FROM workflows WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| workflow_from(&row)).transpose()
}

async fn known(connection: &mut SqliteConnection, id: BackendId) -> StoreResult<String> {
    let id = id.to_string();
    let found: Option<i64> = sqlx::query_scalar("SELECT 1 FROM backends WHERE id = ?")
        .bind(&id)
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    found.map(|_| id).ok_or(StoreError::NotFound("backend"))
}

fn workflow_from(row: &SqliteRow) -> StoreResult<Workflow> {
    Ok(Workflow {
        id: parsed(row, "id")?,
        backend_id: parsed(row, "backend_id")?,
        discovered_at: parsed(row, "discovered_at")?,
        present: flag(row, "present")?,
        info: json(row, "info")?,
    })
}

//! Runs: written down, taken over, listed. The log itself is in `log.rs`.

use jackfield_protocol::{
    ids::RunId,
    model::{Run, RunStatus},
    port::{RunFilter, StoreError, StoreResult},
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::{
    blobs,
    error::{io, is_duplicate, is_orphan},
    rows::{json, json_opt, number, parsed, parsed_opt, text, text_opt, time, to_json},
    writer::Work,
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.backend_id, r.workflow_id, r.tool_id, r.workflow_name, r.entry, r.conversation_id, r.turn, r.request_key, r.status, ",
            "r.last_seq, r.attempt, r.external_id, r.done, r.created_at, r.ended_at, i.input ",
            "FROM runs r JOIN run_inputs i ON i.run_id = r.id ",
            $rest
        )
    };
}

/// The most that a list gives at once.
const PAGE: u32 = 500;

pub(super) fn create(run: Run) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            if run.status.has_ended() {
                return Err(StoreError::Conflict("A run cannot be written down as ended.".to_owned()));
            }
            let id = run.id.to_string();
            let inserted = sqlx::query(
                "INSERT INTO runs (id, backend_id, workflow_id, tool_id, workflow_name, entry, conversation_id, turn, \
                 request_key, status, external_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&id)
            .bind(run.backend_id.to_string())
            .bind(run.workflow_id.map(|id| id.to_string()))
            .bind(run.tool_id.map(|id| id.to_string()))
            .bind(&run.workflow_name)
            .bind(&run.entry)
            .bind(run.conversation_id.map(|id| id.to_string()))
            .bind(&run.turn)
            .bind(&run.request_key)
            .bind(run.status.as_str())
            .bind(&run.external_id)
            .bind(time(run.created_at))
            .execute(&mut *connection)
            .await;
            if let Err(error) = inserted {
                return Err(refusal(connection, &run, error).await);
            }
            sqlx::query("INSERT INTO run_inputs (run_id, input) VALUES (?, ?)")
                .bind(&id)
                .bind(to_json(&run.input)?)
                .execute(&mut *connection)
                .await
                .map_err(io)?;
            for file in &run.input.files {
                blobs::attach(connection, file.blob_id, &id).await?;
            }
            Ok(())
        })
    })
}

/// SQLite does not say which reference is broken.
async fn refusal(connection: &mut SqliteConnection, run: &Run, error: sqlx::Error) -> StoreError {
    if is_duplicate(&error) {
        return StoreError::Conflict(format!("There is a run {} already, or one with its key.", run.id));
    }
    if !is_orphan(&error) {
        return io(error);
    }
    let missing: Result<Option<String>, _> = sqlx::query_scalar(
        "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM backends WHERE id = ?1) THEN 'backend' \
         WHEN ?2 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workflows WHERE id = ?2) THEN 'workflow' \
         WHEN ?3 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tools WHERE id = ?3) THEN 'tool' \
         ELSE 'conversation' END",
    )
    .bind(run.backend_id.to_string())
    .bind(run.workflow_id.map(|id| id.to_string()))
    .bind(run.tool_id.map(|id| id.to_string()))
    .fetch_optional(connection)
    .await;
    match missing.as_ref().map(|missing| missing.as_deref()) {
        Ok(Some("backend")) => StoreError::NotFound("backend"),
        Ok(Some("workflow")) => StoreError::NotFound("workflow"),
        Ok(Some("tool")) => StoreError::NotFound("tool"),
        Ok(_) => StoreError::NotFound("conversation"),
        Err(_) => io(error),
    }
}

pub(super) async fn one(connection: &mut SqliteConnection, id: RunId) -> StoreResult<Option<Run>> {
    let row = sqlx::query(select!("WHERE r.id = ?"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn list(connection: &mut SqliteConnection, filter: &RunFilter) -> StoreResult<Vec<Run>> {
    let mut query = QueryBuilder::<Sqlite>::new(select!("WHERE TRUE"));
    let ids = [
        (" AND r.backend_id = ", filter.backend_id.map(|id| id.to_string())),
        (" AND r.workflow_id = ", filter.workflow_id.map(|id| id.to_string())),
        (" AND r.tool_id = ", filter.tool_id.map(|id| id.to_string())),
        (" AND r.conversation_id = ", filter.conversation_id.map(|id| id.to_string())),
        (" AND r.request_key = ", filter.request_key.clone()),
        (" AND r.id < ", filter.before.map(|id| id.to_string())),
    ];
    for (sql, id) in ids {
        if let Some(id) = id {
            query.push(sql).push_bind(id);
        }
    }
    if let Some(text) = &filter.text {
        query.push(" AND (");
        let columns = [
            "r.workflow_name",
            "json_extract(i.input, '$.text')",
            "json_extract(i.input, '$.data')",
            "json_extract(r.done, '$.reason')",
            "r.external_id",
            "r.id",
        ];
        for (at, column) in columns.iter().enumerate() {
            let or = if at == 0 { "" } else { " OR " };
            // `instr` knows no wildcards: what is looked for is meant as it stands.
            query.push(or).push("instr(lower(").push(column).push("), lower(").push_bind(text).push(")) > 0");
        }
        query.push(")");
    }
    if !filter.status.is_empty() {
        query.push(" AND r.status IN (");
        let mut list = query.separated(", ");
        for status in &filter.status {
            list.push_bind(status.as_str());
        }
        query.push(")");
    }
    query.push(" ORDER BY r.id DESC LIMIT ").push_bind(filter.limit.clamp(1, PAGE));
    let rows = query.build().fetch_all(connection).await.map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn unfinished(connection: &mut SqliteConnection) -> StoreResult<Vec<Run>> {
    let rows =
        sqlx::query(select!("WHERE r.done IS NULL ORDER BY r.id")).fetch_all(connection).await.map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) fn begin_attempt(id: RunId) -> Work<u32> {
    Box::new(move |connection| {
        Box::pin(async move {
            let id = id.to_string();
            let attempt: Option<i64> = sqlx::query_scalar(
                "UPDATE runs SET attempt = attempt + 1 WHERE id = ? AND done IS NULL RETURNING attempt",
            )
            .bind(&id)
            .fetch_optional(&mut *connection)
            .await
            .map_err(io)?;
            if let Some(attempt) = attempt {
                return u32::try_from(attempt)
                    .map_err(|_| StoreError::Io("a run has had too many attempts".to_owned()));
            }
            let exists: Option<i64> = sqlx::query_scalar("SELECT 1 FROM runs WHERE id = ?")
                .bind(&id)
                .fetch_optional(connection)
                .await
                .map_err(io)?;
            Err(exists.map_or(StoreError::NotFound("run"), |_| StoreError::RunEnded))
        })
    })
}

fn from_row(row: &SqliteRow) -> StoreResult<Run> {
    Ok(Run {
        id: parsed(row, "id")?,
        backend_id: parsed(row, "backend_id")?,
        workflow_id: parsed_opt(row, "workflow_id")?,
        tool_id: parsed_opt(row, "tool_id")?,
        workflow_name: text(row, "workflow_name")?,
        entry: text_opt(row, "entry")?,
        conversation_id: parsed_opt(row, "conversation_id")?,
        turn: text_opt(row, "turn")?,
        request_key: text_opt(row, "request_key")?,
        status: parsed::<RunStatus>(row, "status")?,
        input: json(row, "input")?,
        last_seq: number(row, "last_seq")?,
        attempt: number(row, "attempt")?,
        external_id: text_opt(row, "external_id")?,
        done: json_opt(row, "done")?,
        created_at: parsed(row, "created_at")?,
        ended_at: parsed_opt(row, "ended_at")?,
    })
}

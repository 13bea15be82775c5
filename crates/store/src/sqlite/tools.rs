//! Tools as the last discovery found them, each with a name among those of all backends and the definition that was
//! accepted of it.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use jackfield_protocol::{
    ids::{BackendId, ToolRowId},
    model::{Tool, ToolInfo, qualified_name},
    port::{StoreError, StoreResult},
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, SqliteConnection, sqlite::SqliteRow};

use super::{
    error::io,
    pieces::{Statements, pieces, statements},
    rows::{flag, json, json_opt, parsed, text, text_opt, time, to_json},
    writer::Work,
};

/// Most tools that are written in one go: a large catalogue must not keep the logs of runs waiting.
const PART: usize = 500;

/// Most bytes of definitions that are written in one go, unless one tool alone has more.
const PART_BYTES: usize = 4 * 1024 * 1024;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, backend_id, qualified_name, discovered_at, present, ",
            "accepted, changed_at, coalesce(info, json_object('name', name, 'title', title, ",
            "'description', description, 'input_schema', json(input_schema), 'output_schema', ",
            "json(output_schema), 'annotations', json(annotations))) AS info FROM tools ",
            $rest
        )
    };
}

/// The first definition is accepted. `accepted` and `changed_at` are set exactly while it is not the present one.
static UPSERTS: LazyLock<Statements> = LazyLock::new(|| {
    let same = "coalesce(accepted_fingerprint, excluded.fingerprint) = excluded.fingerprint";
    statements(14, |values| {
        format!(
            "INSERT INTO tools (id, backend_id, name, title, description, input_schema, output_schema, annotations, \
             qualified_name, fingerprint, accepted_fingerprint, info, discovered_at, present) VALUES {values} \
             ON CONFLICT (backend_id, name) DO UPDATE SET title = excluded.title, \
             description = excluded.description, input_schema = excluded.input_schema, \
             output_schema = excluded.output_schema, annotations = excluded.annotations, \
             qualified_name = coalesce(qualified_name, excluded.qualified_name), \
             accepted = CASE WHEN {same} THEN NULL WHEN fingerprint = accepted_fingerprint \
             THEN info -> '$.definition' ELSE accepted END, \
             changed_at = CASE WHEN {same} THEN NULL ELSE coalesce(changed_at, excluded.discovered_at) END, \
             accepted_fingerprint = coalesce(accepted_fingerprint, excluded.fingerprint), \
             fingerprint = excluded.fingerprint, info = excluded.info, \
             discovered_at = excluded.discovered_at, present = 1"
        )
    })
});

/// Cuts a catalogue into what is written in one go. Of a name that is there twice the last one stays.
pub(super) fn parts(infos: &[ToolInfo]) -> Vec<Vec<ToolInfo>> {
    let mut last: HashMap<&str, usize> = HashMap::with_capacity(infos.len());
    for (at, info) in infos.iter().enumerate() {
        last.insert(&info.name, at);
    }
    let mut parts: Vec<Vec<ToolInfo>> = Vec::new();
    let mut bytes = PART_BYTES;
    for (at, info) in infos.iter().enumerate() {
        if last.get(info.name.as_str()) != Some(&at) {
            continue;
        }
        let size = to_json(&info.definition).map_or(0, |json| json.len());
        match parts.last_mut() {
            Some(part) if part.len() < PART && bytes + size <= PART_BYTES => part.push(info.clone()),
            _ => {
                bytes = 0;
                parts.push(vec![info.clone()]);
            }
        }
        bytes += size;
    }
    parts
}

/// All names, for [`save`] to tell what is missing.
pub(super) fn names(infos: &[ToolInfo]) -> Vec<String> {
    infos.iter().map(|info| info.name.clone()).collect()
}

/// Writes one part. `all`: it is the last one, and what is not among these names is not there any more.
pub(super) fn save(id: BackendId, part: Vec<ToolInfo>, at: Timestamp, all: Option<Vec<String>>) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let name: Option<String> = sqlx::query_scalar("SELECT name FROM backends WHERE id = ?")
                .bind(id.to_string())
                .fetch_optional(&mut *connection)
                .await
                .map_err(io)?;
            let name = name.ok_or(StoreError::NotFound("backend"))?;
            let id = id.to_string();
            let rows = named(connection, &id, &name, part).await?;
            upsert(connection, &id, &rows, &time(at)).await?;
            let Some(all) = all else { return Ok(()) };
            sqlx::query(
                "UPDATE tools SET present = 0 WHERE backend_id = ? AND present = 1 \
                 AND name NOT IN (SELECT value FROM json_each(?))",
            )
            .bind(&id)
            .bind(to_json(&all)?)
            .execute(connection)
            .await
            .map_err(io)?;
            Ok(())
        })
    })
}

/// Gives every tool its qualified name: the one it has, or a new one that nobody has.
async fn named(
    connection: &mut SqliteConnection,
    id: &str,
    backend: &str,
    infos: Vec<ToolInfo>,
) -> StoreResult<Vec<(String, ToolInfo)>> {
    let known = sqlx::query(
        "SELECT name, qualified_name FROM tools WHERE backend_id = ? AND qualified_name IS NOT NULL \
         AND name IN (SELECT value FROM json_each(?))",
    )
    .bind(id)
    .bind(to_json(&names(&infos))?)
    .fetch_all(&mut *connection)
    .await
    .map_err(io)?;
    let mut given: HashMap<String, String> = HashMap::with_capacity(infos.len());
    for row in &known {
        given.insert(text(row, "name")?, text(row, "qualified_name")?);
    }
    let mut taken: HashSet<String> = HashSet::new();
    let mut open: Vec<&str> =
        infos.iter().map(|info| info.name.as_str()).filter(|name| !given.contains_key(*name)).collect();
    while !open.is_empty() {
        let mut proposed: Vec<(&str, String)> = Vec::with_capacity(open.len());
        for name in open {
            let proposal =
                qualified_name(backend, name, &format!("{id}/{name}"), |name| taken.contains(name));
            taken.insert(proposal.clone());
            proposed.push((name, proposal));
        }
        let proposals: Vec<&str> = proposed.iter().map(|(_, proposal)| proposal.as_str()).collect();
        let others: Vec<String> = sqlx::query_scalar(
            "SELECT qualified_name FROM tools WHERE qualified_name IN (SELECT value FROM json_each(?))",
        )
        .bind(to_json(&proposals)?)
        .fetch_all(&mut *connection)
        .await
        .map_err(io)?;
        let others: HashSet<String> = others.into_iter().collect();
        open = Vec::new();
        for (name, proposal) in proposed {
            if others.contains(&proposal) {
                open.push(name);
            } else {
                given.insert(name.to_owned(), proposal);
            }
        }
    }
    Ok(infos.into_iter().filter_map(|info| Some((given.remove(&info.name)?, info))).collect())
}

async fn upsert(
    connection: &mut SqliteConnection,
    id: &str,
    rows: &[(String, ToolInfo)],
    at: &str,
) -> StoreResult<()> {
    for (sql, piece) in pieces(rows, &UPSERTS) {
        // Our own text: a number of question marks.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (qualified_name, info) in piece {
            query = query
                .bind(ToolRowId::new().to_string())
                .bind(id)
                .bind(&info.name)
                .bind(&info.title)
                .bind(&info.description)
                .bind(to_json(&info.input_schema)?)
                .bind(info.output_schema.as_ref().map(to_json).transpose()?)
                .bind(info.annotations.as_ref().map(to_json).transpose()?)
                .bind(qualified_name)
                .bind(&info.fingerprint)
                .bind(&info.fingerprint)
                .bind(to_json(info)?)
                .bind(at)
                .bind(true);
        }
        query.execute(&mut *connection).await.map_err(io)?;
    }
    Ok(())
}

pub(super) async fn all(
    connection: &mut SqliteConnection,
    backend: Option<BackendId>,
) -> StoreResult<Vec<Tool>> {
    let rows = sqlx::query(select!("WHERE ?1 IS NULL OR backend_id = ?1 ORDER BY backend_id, name, id"))
        .bind(backend.map(|id| id.to_string()))
        .fetch_all(connection)
        .await
        .map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn one(connection: &mut SqliteConnection, id: ToolRowId) -> StoreResult<Option<Tool>> {
    let row = sqlx::query(select!("WHERE id = ?"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn by_name(connection: &mut SqliteConnection, name: &str) -> StoreResult<Option<Tool>> {
    let row = sqlx::query(select!("WHERE qualified_name = ?"))
        .bind(name)
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn changed(
    connection: &mut SqliteConnection,
    limit: u32,
) -> StoreResult<Vec<(Tool, Timestamp)>> {
    let rows = sqlx::query(select!(
        "WHERE changed_at IS NOT NULL AND present = 1 ORDER BY changed_at DESC, id DESC LIMIT ?"
    ))
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(io)?;
    rows.iter().map(|row| Ok((from_row(row)?, parsed(row, "changed_at")?))).collect()
}

pub(super) fn accept(id: ToolRowId) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let accepted = sqlx::query(
                "UPDATE tools SET accepted_fingerprint = fingerprint, accepted = NULL, changed_at = NULL \
                 WHERE id = ?",
            )
            .bind(id.to_string())
            .execute(connection)
            .await
            .map_err(io)?;
            if accepted.rows_affected() == 0 { Err(StoreError::NotFound("tool")) } else { Ok(()) }
        })
    })
}

fn from_row(row: &SqliteRow) -> StoreResult<Tool> {
    Ok(Tool {
        id: parsed(row, "id")?,
        backend_id: parsed(row, "backend_id")?,
        qualified_name: text_opt(row, "qualified_name")?.unwrap_or_default(),
        discovered_at: parsed(row, "discovered_at")?,
        present: flag(row, "present")?,
        changed: text_opt(row, "changed_at")?.is_some(),
        accepted: json_opt(row, "accepted")?,
        info: json(row, "info")?,
    })
}

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

/// A tool that is to be written, with its JSON.
type Found = (ToolInfo, String);

/// Cuts a catalogue into what is written in one go. Of a name that is there twice the last one stays.
pub(super) fn parts(infos: &[ToolInfo]) -> StoreResult<Vec<Vec<Found>>> {
    let mut last: HashMap<&str, usize> = HashMap::with_capacity(infos.len());
    for (at, info) in infos.iter().enumerate() {
        last.insert(&info.name, at);
    }
    let mut parts: Vec<Vec<Found>> = Vec::new();
    let mut bytes = 0;
    for (at, info) in infos.iter().enumerate() {
        if last.get(info.name.as_str()) != Some(&at) {
            continue;
        }
        let json = to_json(info)?;
        let size = json.len();
        let found = (info.clone(), json);
        match parts.last_mut() {
            Some(part) if part.len() < PART && bytes + size <= PART_BYTES => part.push(found),
            _ => {
                bytes = 0;
                parts.push(vec![found]);
            }
        }
        bytes += size;
    }
    Ok(parts)
}

/// All names, for [`save`] to tell what is missing.
pub(super) fn names(infos: &[ToolInfo]) -> Vec<String> {
    infos.iter().map(|info| info.name.clone()).collect()
}

/// Writes one part. `all`: it is the last one, and what is not among these names is not there any more.
pub(super) fn save(id: BackendId, part: Vec<Found>, at: Timestamp, all: Option<Vec<String>>) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let name: Option<String> = sqlx::query_scalar("SELECT name FROM backends WHERE id = ?")
                .bind(id.to_string())
                .fetch_optional(&mut *connection)
                .await
                .map_err(io)?;
            let name = name.ok_or(StoreError::NotFound("backend"))?;
            let (id, at) = (id.to_string(), time(at));
            let mut known = known(connection, &id, &part).await?;
            let (mut rows, mut same) = (Vec::new(), Vec::new());
            for (info, json) in part {
                let before = known.remove(&info.name).unwrap_or_default();
                if before.json.as_ref() == Some(&json) {
                    same.push(info.name);
                } else {
                    rows.push(Row { info, json, qualified_name: before.qualified_name });
                }
            }
            give_names(connection, &id, &name, &mut rows).await?;
            upsert(connection, &id, &rows, &at).await?;
            sqlx::query(
                "UPDATE tools SET discovered_at = ?, present = 1 WHERE backend_id = ? \
                 AND name IN (SELECT value FROM json_each(?))",
            )
            .bind(&at)
            .bind(&id)
            .bind(to_json(&same)?)
            .execute(&mut *connection)
            .await
            .map_err(io)?;
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

/// A tool that is to be written.
struct Row {
    info: ToolInfo,
    json: String,
    qualified_name: Option<String>,
}

/// What is there of a tool already.
#[derive(Default)]
struct Known {
    qualified_name: Option<String>,
    json: Option<String>,
}

async fn known(
    connection: &mut SqliteConnection,
    id: &str,
    part: &[Found],
) -> StoreResult<HashMap<String, Known>> {
    let names: Vec<&str> = part.iter().map(|(info, _)| info.name.as_str()).collect();
    let rows = sqlx::query(
        "SELECT name, qualified_name, info FROM tools WHERE backend_id = ? \
         AND name IN (SELECT value FROM json_each(?))",
    )
    .bind(id)
    .bind(to_json(&names)?)
    .fetch_all(connection)
    .await
    .map_err(io)?;
    rows.iter()
        .map(|row| {
            let known =
                Known { qualified_name: text_opt(row, "qualified_name")?, json: text_opt(row, "info")? };
            Ok((text(row, "name")?, known))
        })
        .collect()
}

/// Gives every tool that has none a qualified name that nobody has.
async fn give_names(
    connection: &mut SqliteConnection,
    id: &str,
    backend: &str,
    rows: &mut [Row],
) -> StoreResult<()> {
    let mut taken: HashSet<String> = HashSet::new();
    let mut open: Vec<&mut Row> = rows.iter_mut().filter(|row| row.qualified_name.is_none()).collect();
    while !open.is_empty() {
        let mut proposals: Vec<String> = Vec::with_capacity(open.len());
        for row in &open {
            let unique = format!("{id}/{}", row.info.name);
            let proposal = qualified_name(backend, &row.info.name, &unique, |name| taken.contains(name));
            taken.insert(proposal.clone());
            proposals.push(proposal);
        }
        let others: Vec<String> = sqlx::query_scalar(
            "SELECT qualified_name FROM tools WHERE qualified_name IN (SELECT value FROM json_each(?))",
        )
        .bind(to_json(&proposals)?)
        .fetch_all(&mut *connection)
        .await
        .map_err(io)?;
        let others: HashSet<String> = others.into_iter().collect();
        let mut refused = Vec::new();
        for (row, proposal) in open.into_iter().zip(proposals) {
            if others.contains(&proposal) {
                refused.push(row);
            } else {
                row.qualified_name = Some(proposal);
            }
        }
        open = refused;
    }
    Ok(())
}

async fn upsert(connection: &mut SqliteConnection, id: &str, rows: &[Row], at: &str) -> StoreResult<()> {
    for (sql, piece) in pieces(rows, &UPSERTS) {
        // Our own text: a number of question marks.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for Row { info, json, qualified_name } in piece {
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
                .bind(json)
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

pub(super) async fn after(
    connection: &mut SqliteConnection,
    backend: Option<BackendId>,
    after: Option<&str>,
    limit: u32,
) -> StoreResult<Vec<Tool>> {
    // No name is empty.
    let rows = sqlx::query(select!(
        "WHERE qualified_name > ?1 AND (?2 IS NULL OR backend_id = ?2) ORDER BY qualified_name LIMIT ?3"
    ))
    .bind(after.unwrap_or_default())
    .bind(backend.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) async fn called(
    connection: &mut SqliteConnection,
    backend: Option<BackendId>,
    name: &str,
) -> StoreResult<Vec<Tool>> {
    let rows = sqlx::query(select!(
        "WHERE name = ?1 AND (?2 IS NULL OR backend_id = ?2) ORDER BY qualified_name, id"
    ))
    .bind(name)
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

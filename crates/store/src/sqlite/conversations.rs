//! Chats.

use jackfield_protocol::{
    ids::ConversationId,
    port::{ChatMessage, Conversation, ConversationFilter, StoreError, StoreResult},
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::{
    error::{io, is_duplicate, is_orphan},
    rows::{number, parsed, parsed_opt, text, time},
    writer::Work,
};

pub(super) fn create(conversation: Conversation) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            sqlx::query("INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)")
                .bind(conversation.id.to_string())
                .bind(&conversation.title)
                .bind(time(conversation.created_at))
                .bind(time(conversation.updated_at))
                .execute(connection)
                .await
                .map_err(|error| {
                    if is_duplicate(&error) {
                        StoreError::Conflict(format!("There is a conversation {} already.", conversation.id))
                    } else {
                        io(error)
                    }
                })?;
            Ok(())
        })
    })
}

pub(super) fn rename(id: ConversationId, title: String) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let renamed = sqlx::query("UPDATE conversations SET title = ? WHERE id = ?")
                .bind(title)
                .bind(id.to_string())
                .execute(connection)
                .await
                .map_err(io)?;
            if renamed.rows_affected() == 0 { Err(StoreError::NotFound("conversation")) } else { Ok(()) }
        })
    })
}

pub(super) fn delete(id: ConversationId) -> Work<()> {
    Box::new(move |connection| {
        Box::pin(async move {
            let deleted = sqlx::query("DELETE FROM conversations WHERE id = ?")
                .bind(id.to_string())
                .execute(connection)
                .await
                .map_err(io)?;
            if deleted.rows_affected() == 0 { Err(StoreError::NotFound("conversation")) } else { Ok(()) }
        })
    })
}

pub(super) async fn one(
    connection: &mut SqliteConnection,
    id: ConversationId,
) -> StoreResult<Option<Conversation>> {
    let row = sqlx::query("SELECT * FROM conversations WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(io)?;
    row.map(|row| from_row(&row)).transpose()
}

pub(super) async fn list(
    connection: &mut SqliteConnection,
    filter: &ConversationFilter,
) -> StoreResult<Vec<Conversation>> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT c.* FROM conversations c WHERE TRUE");
    if let Some(text) = &filter.text {
        // `instr` knows no wildcards: what is looked for is meant as it stands.
        query.push(" AND (instr(lower(c.title), lower(").push_bind(text).push(")) > 0");
        query.push(" OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND instr(lower(m.text), lower(");
        query.push_bind(text).push(")) > 0))");
    }
    if let Some(after) = filter.after {
        query.push(" AND (c.updated_at, c.id) < (SELECT updated_at, id FROM conversations WHERE id = ");
        query.push_bind(after.to_string()).push(")");
    }
    query.push(" ORDER BY c.updated_at DESC, c.id DESC LIMIT ").push_bind(filter.limit);
    let rows = query.build().fetch_all(connection).await.map_err(io)?;
    rows.iter().map(from_row).collect()
}

pub(super) fn add_message(id: ConversationId, message: ChatMessage) -> Work<u64> {
    Box::new(move |connection| {
        Box::pin(async move {
            let id = id.to_string();
            let at = time(message.created_at);
            let used = sqlx::query("UPDATE conversations SET updated_at = max(updated_at, ?) WHERE id = ?")
                .bind(&at)
                .bind(&id)
                .execute(&mut *connection)
                .await
                .map_err(io)?;
            if used.rows_affected() == 0 {
                return Err(StoreError::NotFound("conversation"));
            }
            let row = sqlx::query(
                "INSERT INTO messages (conversation_id, position, role, text, run_id, created_at) \
                 SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4, ?5 FROM messages \
                 WHERE conversation_id = ?1 RETURNING position",
            )
            .bind(&id)
            .bind(&message.role)
            .bind(&message.text)
            .bind(message.run_id.map(|run| run.to_string()))
            .bind(&at)
            .fetch_one(connection)
            .await
            .map_err(|error| if is_orphan(&error) { StoreError::NotFound("run") } else { io(error) })?;
            number(&row, "position")
        })
    })
}

pub(super) async fn messages(
    connection: &mut SqliteConnection,
    id: ConversationId,
) -> StoreResult<Vec<ChatMessage>> {
    let rows = sqlx::query(
        "SELECT position, role, text, run_id, created_at FROM messages WHERE conversation_id = ? ORDER BY position",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await
    .map_err(io)?;
    rows.iter()
        .map(|row| {
            Ok(ChatMessage {
                position: number(row, "position")?,
                role: text(row, "role")?,
                text: text(row, "text")?,
                run_id: parsed_opt(row, "run_id")?,
                created_at: parsed(row, "created_at")?,
            })
        })
        .collect()
}

fn from_row(row: &SqliteRow) -> StoreResult<Conversation> {
    Ok(Conversation {
        id: parsed(row, "id")?,
        title: text(row, "title")?,
        created_at: parsed(row, "created_at")?,
        updated_at: parsed(row, "updated_at")?,
    })
}

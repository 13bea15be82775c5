//! The schema and its versions. A version is one file that is never changed again; `user_version` of the database
//! says how many were applied.

use jackfield_protocol::port::{StoreError, StoreResult};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::error::io;

/// In order; the first is version 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_initial.sql"),
    include_str!("../../migrations/sqlite/0002_tools.sql"),
    include_str!("../../migrations/sqlite/0003_turns.sql"),
    include_str!("../../migrations/sqlite/0004_data.sql"),
];

/// "jkfd": tells our databases from others (`PRAGMA application_id`).
const APPLICATION: i64 = 0x6a6b_6664;

/// Applies what is missing, each version in a transaction of its own.
///
/// # Errors
/// `Conflict` when the database is another program's or a newer version's; `Io` when it cannot be written.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> StoreResult<()> {
    migrate_with(connection, MIGRATIONS).await
}

async fn migrate_with(connection: &mut SqliteConnection, migrations: &[&'static str]) -> StoreResult<()> {
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await.map_err(io)?;
    let version: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await.map_err(io)?;
    let objects: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *connection)
        .await
        .map_err(io)?;
    if application != APPLICATION && (application != 0 || version != 0 || objects != 0) {
        return Err(StoreError::Conflict(
            "The database in the data directory is another program's. Choose another data directory."
                .to_owned(),
        ));
    }
    let applied = usize::try_from(version).unwrap_or(usize::MAX);
    let Some(missing) = migrations.get(applied..) else {
        return Err(StoreError::Conflict(format!(
            "The database has version {version} of the schema, and this Jackfield knows {} at most: a newer one \
             has written it. Use that one, or another data directory.",
            migrations.len()
        )));
    };
    for (sql, version) in missing.iter().zip(applied + 1..) {
        let script = format!(
            "BEGIN IMMEDIATE;\n{sql}\nPRAGMA application_id = {APPLICATION};\nPRAGMA user_version = {version};\nCOMMIT;"
        );
        // No input of anybody: our own file and two numbers.
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *connection).await {
            // Nothing to roll back when the failure has done so already.
            let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
            return Err(StoreError::Io(format!(
                "the schema cannot be brought to version {version}: {}",
                super::error::in_words(&error)
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jackfield_protocol::{
        ids::{BackendId, ToolRowId},
        model::ToolInfo,
    };
    use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

    use super::{super::tools, *};

    async fn empty() -> SqliteConnection {
        SqliteConnectOptions::new().in_memory(true).connect().await.unwrap()
    }

    async fn version(connection: &mut SqliteConnection) -> i64 {
        sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await.unwrap()
    }

    #[tokio::test]
    async fn every_version_is_applied_once() {
        let mut connection = empty().await;
        migrate_with(&mut connection, &["CREATE TABLE a (x INTEGER) STRICT;"]).await.unwrap();
        let two = ["CREATE TABLE a (x INTEGER) STRICT;", "ALTER TABLE a ADD COLUMN y TEXT;"];
        migrate_with(&mut connection, &two).await.unwrap();
        migrate_with(&mut connection, &two).await.unwrap();
        assert_eq!(version(&mut connection).await, 2);
        sqlx::query("INSERT INTO a (x, y) VALUES (1, 'z')").execute(&mut connection).await.unwrap();
    }

    #[tokio::test]
    async fn a_failing_version_leaves_nothing_behind() {
        let mut connection = empty().await;
        let broken = ["CREATE TABLE a (x INTEGER) STRICT;", "CREATE TABLE b (x INTEGER) STRICT; NONSENSE;"];
        let error = migrate_with(&mut connection, &broken).await.unwrap_err();
        assert!(error.to_string().contains("version 2"), "{error}");
        assert_eq!(version(&mut connection).await, 1);
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema").fetch_all(&mut connection).await.unwrap();
        assert_eq!(tables, ["a"]);
    }

    #[tokio::test]
    async fn a_newer_or_foreign_database_is_refused() {
        let mut connection = empty().await;
        migrate(&mut connection).await.unwrap();
        sqlx::query("PRAGMA user_version = 999").execute(&mut connection).await.unwrap();
        let error = migrate(&mut connection).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Conflict(text) if text.contains("999") && text.contains("newer"))
        );

        let mut foreign = empty().await;
        sqlx::query("CREATE TABLE somebody (x)").execute(&mut foreign).await.unwrap();
        let error = migrate(&mut foreign).await.unwrap_err();
        assert!(matches!(&error, StoreError::Conflict(text) if text.contains("another program")));
    }

    #[tokio::test]
    async fn every_table_is_strict_and_every_reference_holds() {
        let mut connection = empty().await;
        migrate(&mut connection).await.unwrap();
        let loose: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert!(loose.is_empty(), "{loose:?}");
        let faults = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap();
        assert!(faults.is_empty());
    }

    #[tokio::test]
    async fn tools_of_the_first_version_read_back_and_get_their_names_at_the_next_discovery() {
        let mut connection = empty().await;
        migrate_with(&mut connection, &MIGRATIONS[..1]).await.unwrap();
        let (backend, id) = (BackendId::new(), ToolRowId::new());
        sqlx::raw_sql(AssertSqlSafe(format!(
            "INSERT INTO backends VALUES ('{backend}', 'mcp', 'mcp', 'lab', 'stdio:', NULL, 'null', 1, 0, '', ''); \
             INSERT INTO tools VALUES ('{id}', '{backend}', 't', NULL, 'What it does', '{{\"b\":1.0,\"a\":2}}', NULL, \
             '{{\"readOnlyHint\":true}}', '2026-01-02T03:04:05.000006Z', 1);"
        )))
        .execute(&mut connection)
        .await
        .unwrap();
        migrate(&mut connection).await.unwrap();
        let old = tools::all(&mut connection, None).await.unwrap().remove(0);
        assert_eq!((old.id, old.qualified_name.as_str(), old.changed), (id, "", false));
        assert_eq!(old.info.input_schema.to_string(), r#"{"b":1.0,"a":2}"#);
        assert_eq!((old.info.description.as_deref(), &old.info.output_schema), (Some("What it does"), &None));
        assert!(old.info.is_repeatable());

        let found = ToolInfo { fingerprint: "f".repeat(64), ..old.info };
        let names = tools::names(std::slice::from_ref(&found));
        let part = tools::parts(&[found]).unwrap().remove(0);
        tools::save(backend, part, jackfield_protocol::time::now(), Some(names))(&mut connection)
            .await
            .unwrap();
        let new = tools::all(&mut connection, None).await.unwrap().remove(0);
        assert_eq!((new.id, new.qualified_name.as_str(), new.changed), (id, "lab__t", false));
    }
}

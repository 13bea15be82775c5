//! Everything that lasts: catalogue, runs, the log of events, blobs, sealed secrets and tokens, in one SQLite
//! database in one data directory.
//!
//! All writes go through one writer that commits in groups; reads come from a few connections beside it. What a
//! write returned from is on the disk. `docs/adr/0003-storage.md` tells the schema and the reasons.

mod data_dir;
mod options;
mod sqlite;
mod vault;

pub use options::{KeyStore, StoreOptions};
pub use sqlite::{Rotation, SqliteStore};

//! The committed document of the API is what the code says.

use std::path::Path;

#[test]
fn the_committed_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/openapi.json");
    let current = format!("{}\n", serde_json::to_string_pretty(&jackfield_server::openapi()).unwrap());
    if std::env::var_os("JACKFIELD_UPDATE_CONTRACT").is_some_and(|value| value == "1") {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    // Not assert_eq: the whole document twice would help nobody.
    assert!(
        committed == current,
        "contract/openapi.json is not what the code says; run the test with JACKFIELD_UPDATE_CONTRACT=1 and look at the diff"
    );
}

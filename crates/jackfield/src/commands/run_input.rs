//! From flags to what goes into a run.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use jackfield_protocol::{
    error::{ErrorCode, Failure},
    model::RunInput,
};
use serde_json::{Map, Value};

use super::values;
use crate::client::Upload;

/// Flags that say what goes in.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// JSON for the body: as text, @file, or - for stdin
    #[arg(long, short, value_name = "JSON|@FILE|-")]
    data: Option<String>,
    /// One field of the body; JSON where it parses, else text
    #[arg(long = "field", short, value_name = "KEY=VALUE", value_parser = values::pair)]
    fields: Vec<(String, String)>,
    /// A query parameter
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::pair)]
    query: Vec<(String, String)>,
    /// The value of a :param in the path
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::pair)]
    path: Vec<(String, String)>,
    /// A request header; no secrets, it is stored with the run
    #[arg(long, value_name = "KEY=VALUE", value_parser = values::pair)]
    header: Vec<(String, String)>,
    /// HTTP method, where the way in takes several
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,
    /// A file to send in a form field
    #[arg(long = "file", value_name = "FIELD=@PATH", value_parser = values::pair)]
    files: Vec<(String, String)>,
    /// Session for the peer's memory
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

impl InputArgs {
    /// Reads what was given; `text` may be `-` for stdin.
    pub(crate) fn read(&self, text: Option<&str>) -> Result<(RunInput, Vec<Upload>), Failure> {
        if text == Some("-") && self.data.as_deref() == Some("-") {
            return Err(Failure::new(ErrorCode::InvalidRequest, "Stdin can be read only once.")
                .hint("Give the text or --data from stdin, not both."));
        }
        let text = match text {
            Some("-") => Some(values::text_or_file("TEXT", "-")?.trim_end_matches(['\r', '\n']).to_owned()),
            text => text.map(str::to_owned),
        };
        let input = RunInput {
            text,
            data: self.body()?,
            query: map("--query", &self.query)?,
            path: map("--path", &self.path)?,
            headers: map("--header", &self.header)?,
            method: self.method.as_ref().map(|method| method.to_ascii_uppercase()),
            session_id: self.session.clone(),
            files: Vec::new(),
        };
        Ok((input, self.uploads()?))
    }

    /// `--data` with every `--field` put in.
    fn body(&self) -> Result<Option<Value>, Failure> {
        let data = self.data.as_deref().map(|data| values::json("--data", data)).transpose()?;
        if self.fields.is_empty() {
            return Ok(data);
        }
        let mut object = match data {
            None => Map::new(),
            Some(Value::Object(object)) => object,
            Some(_) => {
                return Err(Failure::new(
                    ErrorCode::InvalidRequest,
                    "--field needs a JSON object to be put into.",
                )
                .hint("Give --data as an object, or leave --field out.")
                .at("--data"));
            }
        };
        for (key, value) in &self.fields {
            object.insert(key.clone(), values::typed(value));
        }
        Ok(Some(Value::Object(object)))
    }

    fn uploads(&self) -> Result<Vec<Upload>, Failure> {
        self.files
            .iter()
            .map(|(field, given)| {
                let Some(path) = given.strip_prefix('@').map(PathBuf::from) else {
                    return Err(Failure::new(
                        ErrorCode::InvalidRequest,
                        format!("--file: '{given}' is not @PATH."),
                    )
                    .hint(format!("Write --file {field}=@{given}."))
                    .at("--file"));
                };
                let name = path
                    .file_name()
                    .map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
                let media_type =
                    mime_guess::from_path(&path).first_or_octet_stream().essence_str().to_owned();
                Ok(Upload {
                    field: field.clone(),
                    name,
                    media_type,
                    bytes: values::read_bytes("--file", &path)?,
                })
            })
            .collect()
    }
}

fn map(flag: &str, pairs: &[(String, String)]) -> Result<BTreeMap<String, String>, Failure> {
    let mut map = BTreeMap::new();
    for (key, value) in pairs {
        if map.insert(key.clone(), value.clone()).is_some() {
            return Err(
                Failure::new(ErrorCode::InvalidRequest, format!("{flag}: '{key}' is given twice.")).at(flag)
            );
        }
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn fields_go_into_the_data() {
        let args = InputArgs {
            data: Some("{\"a\":1,\"b\":2}".into()),
            fields: vec![pair("b", "3"), pair("c", "text")],
            query: vec![pair("q", "1")],
            method: Some("put".into()),
            ..InputArgs::default()
        };
        let (input, files) = args.read(Some("hello")).unwrap();
        assert_eq!(input.text.as_deref(), Some("hello"));
        assert_eq!(input.data, Some(json!({"a": 1, "b": 3, "c": "text"})));
        assert_eq!(input.query["q"], "1");
        assert_eq!(input.method.as_deref(), Some("PUT"));
        assert!(files.is_empty());
    }

    #[test]
    fn what_does_not_fit_names_its_flag() {
        let place = |args: InputArgs| args.read(None).unwrap_err().place;
        let with =
            InputArgs { data: Some("[1]".into()), fields: vec![pair("a", "1")], ..InputArgs::default() };
        assert_eq!(place(with).as_deref(), Some("--data"));
        let twice = InputArgs { query: vec![pair("a", "1"), pair("a", "2")], ..InputArgs::default() };
        assert_eq!(place(twice).as_deref(), Some("--query"));
        let file = InputArgs { files: vec![pair("f", "name.txt")], ..InputArgs::default() };
        assert_eq!(place(file).as_deref(), Some("--file"));
    }

    #[test]
    fn files_have_a_name_and_a_type() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.png");
        std::fs::write(&path, b"png").unwrap();
        let args =
            InputArgs { files: vec![pair("image", &format!("@{}", path.display()))], ..InputArgs::default() };
        let (_, files) = args.read(None).unwrap();
        assert_eq!((files[0].name.as_str(), files[0].media_type.as_str()), ("a.png", "image/png"));
        assert_eq!(files[0].bytes, b"png");
    }
}

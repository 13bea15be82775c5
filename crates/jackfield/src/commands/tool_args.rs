//! From what stands on the command line to the arguments of a tool.

use std::collections::HashSet;

use jackfield_protocol::error::{ErrorCode, Failure};
use serde_json::{Map, Value, map::Entry};

use crate::schema::Schema;

/// How deep a dotted name may reach.
const DEPTH: usize = 16;

/// Puts every `key=value` into the object, each typed by the schema. `a.b=1` goes into the object `a`; a list takes a JSON
/// array, or the same key several times.
pub(crate) fn arguments(
    schema: &Value,
    mut object: Map<String, Value>,
    pairs: &[(String, String)],
) -> Result<Map<String, Value>, Failure> {
    let mut given = HashSet::new();
    for (key, text) in pairs {
        let placed = Place { schema: Schema::new(schema), key, given: &mut given };
        placed.put(schema, &mut object, key, text, DEPTH).map_err(|why| {
            Failure::new(ErrorCode::InvalidRequest, format!("{key}: {why}"))
                .hint("`jackfield tool show` says what each argument is; --args takes all of them as JSON.")
                .at(key)
        })?;
    }
    Ok(object)
}

/// Names of required arguments that are not there.
pub(crate) fn missing<'a>(schema: &'a Value, object: &Map<String, Value>) -> Vec<&'a str> {
    let mut names = Schema::new(schema).required(schema);
    names.retain(|name| !object.contains_key(*name));
    names
}

struct Place<'a, 'g> {
    schema: Schema<'a>,
    /// The whole key.
    key: &'a str,
    given: &'g mut HashSet<String>,
}

impl<'a> Place<'a, '_> {
    fn put(
        self,
        schema: &'a Value,
        object: &mut Map<String, Value>,
        key: &'a str,
        text: &str,
        depth: usize,
    ) -> Result<(), String> {
        if self.schema.property(schema, key).is_none()
            && let Some((head, rest)) = self.split(schema, key)
        {
            let Some(depth) = depth.checked_sub(1) else {
                return Err(format!("more than {DEPTH} names in each other."));
            };
            let inner = self.schema.any_property(schema, head).unwrap_or(&Value::Null);
            let entry = object.entry(head).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(entry) = entry else {
                return Err(format!("'{head}' is no object."));
            };
            return self.put(inner, entry, rest, text, depth);
        }
        let schema = self.schema.any_property(schema, key).unwrap_or(&Value::Null);
        let again = !self.given.insert(self.key.to_owned());
        if self.schema.is_list(schema) && !text.trim_start().starts_with('[') {
            let item = self.schema.item(schema, text)?;
            match object.entry(key) {
                Entry::Occupied(mut list) if again => match list.get_mut() {
                    Value::Array(list) => list.push(item),
                    _ => return Err("it is given twice.".to_owned()),
                },
                Entry::Occupied(mut list) => drop(list.insert(Value::Array(vec![item]))),
                Entry::Vacant(list) => drop(list.insert(Value::Array(vec![item]))),
            }
            return Ok(());
        }
        if again {
            return Err("it is given twice.".to_owned());
        }
        object.insert(key.to_owned(), self.schema.value(schema, text)?);
        Ok(())
    }

    /// Where a dotted name is cut: behind the longest part that the schema knows, else behind the first.
    fn split(&self, schema: &'a Value, key: &'a str) -> Option<(&'a str, &'a str)> {
        let cuts = || key.match_indices('.').map(|(at, _)| (&key[..at], &key[at + 1..]));
        let fits = |(head, rest): &(&str, &str)| !head.is_empty() && !rest.is_empty();
        let known = |(head, _): &(&str, &str)| self.schema.property(schema, head).is_some();
        cuts().filter(fits).rfind(known).or_else(|| cuts().find(fits))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["city", "days"],
            "$defs": {"unit": {"enum": ["C", "F"]}},
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "numbers": {"type": "array", "items": {"type": "number"}},
                "at": {"type": "object", "properties": {
                    "lat": {"type": "number"}, "unit": {"$ref": "#/$defs/unit"}, "a.b": {"type": "string"},
                }},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "dotted.name": {"type": "string"},
            },
        })
    }

    fn typed(pairs: &[(&str, &str)]) -> Result<Value, Failure> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        arguments(&schema(), Map::new(), &pairs).map(Value::Object)
    }

    #[test]
    fn pairs_are_typed_by_the_schema() {
        let all = typed(&[
            ("city", "01067"),
            ("days", "3"),
            ("tags", "a"),
            ("tags", "2"),
            ("numbers", "[1, 2.5]"),
            ("at.lat", "51.05"),
            ("at.unit", "C"),
            ("at.a.b", "x"),
            ("labels.k", "7"),
            ("dotted.name", "y"),
            ("more.inner", "4"),
        ]);
        let expected = json!({
            "city": "01067", "days": 3, "tags": ["a", "2"], "numbers": [1, 2.5],
            "at": {"lat": 51.05, "unit": "C", "a.b": "x"}, "labels": {"k": "7"}, "dotted.name": "y",
            "more": {"inner": 4},
        });
        assert_eq!(all.unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_names_its_key() {
        for (pairs, expected) in [
            (vec![("days", "many")], "days: 'many' is no integer."),
            (vec![("at.unit", "K")], "at.unit: Use one of: C, F."),
            (vec![("city", "a"), ("city", "b")], "city: it is given twice."),
            (vec![("city", "a"), ("city.x", "b")], "city.x: 'city' is no object."),
            (vec![("numbers", "x")], "numbers: 'x' is no number."),
            (vec![("tags", "[1"), ("tags", "b")], "tags: '[1' is no JSON array."),
        ] {
            let failure = typed(&pairs).unwrap_err();
            assert_eq!(failure.message, expected);
            assert_eq!(
                failure.place.as_deref(),
                Some(pairs[pairs.len() - 1].0).filter(|_| pairs.len() == 1).or(failure.place.as_deref())
            );
        }
        let deep = vec!["x"; 40].join(".");
        assert!(typed(&[(&deep, "1")]).unwrap_err().message.contains("in each other"));
    }

    #[test]
    fn pairs_go_over_what_was_given_as_json() {
        let Value::Object(given) = json!({"city": "a", "tags": ["old"], "days": 1}) else { panic!() };
        let pairs = [("city".to_owned(), "b".to_owned()), ("tags".to_owned(), "new".to_owned())];
        let all = arguments(&schema(), given, &pairs).unwrap();
        assert_eq!(Value::Object(all.clone()), json!({"city": "b", "tags": ["new"], "days": 1}));
        assert!(missing(&schema(), &all).is_empty());
        assert_eq!(missing(&schema(), &Map::new()), ["city", "days"]);
    }
}

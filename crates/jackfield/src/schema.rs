//! What a JSON Schema says about values that a person types. Nothing is fetched, and nothing here decides whether a value
//! is valid: the hub does. Bounded in depth, because the schema is somebody else's.

use serde_json::{Map, Value};

/// How many references, and how many layers of alternatives, are followed.
const DEPTH: usize = 16;

/// A schema document, for which local references are looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema<'a> {
    root: &'a Value,
}

/// One of a closed list of values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// The value.
    pub(crate) value: Value,
    /// What it is called.
    pub(crate) label: String,
}

impl<'a> Schema<'a> {
    pub(crate) fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// Follows local references.
    pub(crate) fn resolve(self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..DEPTH {
            let target = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
            match target.and_then(|pointer| self.root.pointer(pointer)) {
                Some(next) => schema = next,
                None => return schema,
            }
        }
        schema
    }

    /// The schema of a property, also where only one of several alternatives has it.
    pub(crate) fn property(self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.find(schema, DEPTH, &|schema| schema.get("properties")?.get(name))
    }

    /// The schema of properties that are not named.
    fn additional(self, schema: &'a Value) -> Option<&'a Value> {
        self.find(schema, DEPTH, &|schema| schema.get("additionalProperties").filter(|more| more.is_object()))
    }

    /// The schema of a property, whatever it is called.
    pub(crate) fn any_property(self, schema: &'a Value, name: &str) -> Option<&'a Value> {
        self.property(schema, name).or_else(|| self.additional(schema))
    }

    fn find(
        self,
        schema: &'a Value,
        depth: usize,
        look: &dyn Fn(&'a Value) -> Option<&'a Value>,
    ) -> Option<&'a Value> {
        let schema = self.resolve(schema);
        look(schema).or_else(|| alternatives(schema, depth).find_map(|one| self.find(one, depth - 1, look)))
    }

    /// Names that an object must have.
    pub(crate) fn required(self, schema: &'a Value) -> Vec<&'a str> {
        let names = self.resolve(schema).get("required").and_then(Value::as_array);
        names.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The types that a value may have; empty when the schema does not say.
    pub(crate) fn types(self, schema: &'a Value) -> Vec<&'a str> {
        let mut types = Vec::new();
        self.collect_types(schema, DEPTH, &mut types);
        types
    }

    fn collect_types(self, schema: &'a Value, depth: usize, types: &mut Vec<&'a str>) {
        let schema = self.resolve(schema);
        let mut add = |name: &'a str| {
            if !types.contains(&name) {
                types.push(name);
            }
        };
        match schema.get("type") {
            Some(Value::String(name)) => add(name),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).for_each(add),
            _ => {
                let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
                values.chain(schema.get("const")).for_each(|value| add(type_of(value)));
            }
        }
        if schema.get("type").is_none() {
            if types.is_empty() && schema.get("properties").is_some() {
                types.push("object");
            }
            alternatives(schema, depth).for_each(|one| self.collect_types(one, depth - 1, types));
        }
    }

    /// The closed list of values, where there is one.
    pub(crate) fn choices(self, schema: &'a Value) -> Vec<Choice> {
        let schema = self.resolve(schema);
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let names = schema.get("enumNames").and_then(Value::as_array);
            let name = |at: usize| names.and_then(|names| names.get(at)).and_then(Value::as_str);
            return values
                .iter()
                .enumerate()
                .map(|(at, value)| Choice {
                    value: value.clone(),
                    label: name(at).map_or_else(|| shown(value), str::to_owned),
                })
                .collect();
        }
        let all: Option<Vec<Choice>> = ["oneOf", "anyOf"]
            .into_iter()
            .find_map(|key| schema.get(key).and_then(Value::as_array))
            .map(|all| all.iter().map(constant).collect::<Option<_>>())
            .unwrap_or_default();
        all.unwrap_or_default()
    }

    /// What the items of a list are like.
    pub(crate) fn items(self, schema: &'a Value) -> Option<&'a Value> {
        self.find(schema, DEPTH, &|schema| schema.get("items").filter(|items| items.is_object()))
    }

    /// What a typed text means: the type decides, so that `01067` stays a text where a text is asked for.
    ///
    /// # Errors
    /// What was expected.
    pub(crate) fn value(self, schema: &'a Value, text: &str) -> Result<Value, String> {
        let choices = self.choices(schema);
        if !choices.is_empty() {
            return chosen(&choices, text);
        }
        let types = self.types(schema);
        let parsed: Option<Value> = serde_json::from_str(text).ok();
        if types.is_empty() {
            return Ok(parsed.unwrap_or_else(|| Value::String(text.to_owned())));
        }
        if let Some(parsed) = parsed.filter(|parsed| !parsed.is_string() && fits(parsed, &types)) {
            return Ok(parsed);
        }
        if types.contains(&"string") {
            return Ok(Value::String(text.to_owned()));
        }
        if types.contains(&"boolean")
            && let Some(flag) = yes_or_no(text)
        {
            return Ok(Value::Bool(flag));
        }
        Err(match types.as_slice() {
            ["array" | "object"] => format!("'{}' is no JSON {}.", short(text), types.join("")),
            types => format!("'{}' is no {}.", short(text), types.join(" or ")),
        })
    }

    /// What one item of a list means.
    ///
    /// # Errors
    /// What was expected.
    pub(crate) fn item(self, schema: &'a Value, text: &str) -> Result<Value, String> {
        match self.items(schema) {
            Some(items) => self.value(items, text),
            None => Ok(Value::String(text.to_owned())),
        }
    }

    /// Whether it is a list and nothing else.
    pub(crate) fn is_list(self, schema: &'a Value) -> bool {
        let types = self.types(schema);
        types.contains(&"array") && types.iter().all(|name| matches!(*name, "array" | "null"))
    }

    /// A schema of an object with only these properties of this one.
    pub(crate) fn only(self, names: &[&str]) -> Value {
        let mut form = Map::new();
        form.insert("type".to_owned(), "object".into());
        for key in ["$defs", "definitions"] {
            if let Some(definitions) = self.root.get(key) {
                form.insert(key.to_owned(), definitions.clone());
            }
        }
        let property = |name: &&str| {
            let schema = self.property(self.root, name).cloned().unwrap_or(Value::Bool(true));
            ((*name).to_owned(), schema)
        };
        form.insert("properties".to_owned(), Value::Object(names.iter().map(property).collect()));
        form.insert("required".to_owned(), names.iter().copied().collect());
        Value::Object(form)
    }
}

fn alternatives(schema: &Value, depth: usize) -> impl Iterator<Item = &Value> {
    let keys: &[&str] = if depth == 0 { &[] } else { &["allOf", "anyOf", "oneOf"] };
    keys.iter().filter_map(|key| schema.get(key)?.as_array()).flatten()
}

fn constant(schema: &Value) -> Option<Choice> {
    let value = schema.get("const")?.clone();
    let label = schema.get("title").and_then(Value::as_str).map_or_else(|| shown(&value), str::to_owned);
    Some(Choice { value, label })
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The choice with this value or this name.
pub(crate) fn chosen(choices: &[Choice], text: &str) -> Result<Value, String> {
    let by_value = choices.iter().find(|choice| shown(&choice.value) == text);
    let by_label = || choices.iter().find(|choice| choice.label.eq_ignore_ascii_case(text));
    by_value.or_else(by_label).map(|choice| choice.value.clone()).ok_or_else(|| {
        let all: Vec<&str> = choices.iter().take(20).map(|choice| choice.label.as_str()).collect();
        let more = if choices.len() > all.len() { " …" } else { "" };
        format!("Use one of: {}{more}.", all.join(", "))
    })
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn fits(value: &Value, types: &[&str]) -> bool {
    let whole = || value.as_f64().is_some_and(|number| number.fract() == 0.0);
    types.iter().any(|name| match *name {
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || whole(),
        name => type_of(value) == name,
    })
}

/// Words for yes and no.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" | "true" | "on" => Some(true),
        "n" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn typed(schema: &Value, text: &str) -> Result<Value, String> {
        Schema::new(schema).value(schema, text)
    }

    #[test]
    fn the_type_decides_what_a_text_means() {
        let of = |name: &str| json!({ "type": name });
        assert_eq!(typed(&of("string"), "01067"), Ok(json!("01067")));
        assert_eq!(typed(&of("string"), "\"a\""), Ok(json!("\"a\"")), "texts as they are");
        assert_eq!(typed(&of("integer"), "-7"), Ok(json!(-7)));
        assert_eq!(typed(&of("integer"), "7.5"), Err("'7.5' is no integer.".to_owned()));
        assert_eq!(typed(&of("number"), "7.5"), Ok(json!(7.5)));
        assert_eq!(typed(&of("boolean"), "yes"), Ok(json!(true)));
        assert_eq!(typed(&of("null"), "null"), Ok(json!(null)));
        assert_eq!(typed(&of("array"), "[1]"), Ok(json!([1])));
        assert_eq!(typed(&of("object"), "{"), Err("'{' is no JSON object.".to_owned()));
        assert_eq!(typed(&json!({"type": ["integer", "string"]}), "x"), Ok(json!("x")));
        assert_eq!(typed(&json!({"anyOf": [{"type": "null"}, {"type": "number"}]}), "3"), Ok(json!(3)));
        assert_eq!(typed(&json!({}), "3"), Ok(json!(3)));
        assert_eq!(typed(&json!(true), "Ada"), Ok(json!("Ada")));
    }

    #[test]
    fn a_choice_is_taken_by_its_value_or_name() {
        let schema = json!({"oneOf": [{"const": "#f00", "title": "Red"}, {"const": 2, "title": "Two"}]});
        assert_eq!(typed(&schema, "red"), Ok(json!("#f00")));
        assert_eq!(typed(&schema, "2"), Ok(json!(2)));
        assert_eq!(typed(&schema, "blue"), Err("Use one of: Red, Two.".to_owned()));
        let named = json!({"enum": ["a", "b"], "enumNames": ["First", "Second"]});
        assert_eq!(typed(&named, "second"), Ok(json!("b")));
    }

    #[test]
    fn references_are_followed_and_circles_end() {
        let root = json!({
            "$defs": {"n": {"type": "integer"}, "loop": {"$ref": "#/$defs/loop"}, "all": {"allOf": [{"$ref": "#/$defs/all"}]}},
            "properties": {"a": {"$ref": "#/$defs/n"}, "b": {"$ref": "#/$defs/loop"}, "c": {"$ref": "#/$defs/all"}},
        });
        let schema = Schema::new(&root);
        let of = |name: &str, text: &str| schema.value(schema.property(&root, name).unwrap(), text);
        assert_eq!(of("a", "5"), Ok(json!(5)));
        assert_eq!(of("b", "5"), Ok(json!(5)));
        assert_eq!(of("c", "x"), Ok(json!("x")));
        assert_eq!(schema.property(&root, "d"), None);
    }

    #[test]
    fn a_form_of_some_properties_keeps_what_they_refer_to() {
        let root =
            json!({"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}, "b": {}}});
        let form = Schema::new(&root).only(&["a", "gone"]);
        assert_eq!(form["required"], json!(["a", "gone"]));
        assert_eq!(Schema::new(&form).types(&form["properties"]["a"]), ["integer"]);
    }
}

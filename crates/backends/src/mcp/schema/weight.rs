//! How much work a schema makes, before any value is checked with it: references that double at every step make an hour of it with thirty
//! lines of schema.

use std::collections::HashMap;

use serde_json::Value;

/// Heaviest schema that is used, in subschemas after all references are followed.
pub(super) const HEAVIEST: u64 = 200_000;

/// What checking one value with a schema costs at most, in subschemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Every reference leads downwards.
    Of(u64),
    /// It refers to itself, or in a way that only the validator follows: what it costs depends on the value.
    Open,
}

/// Weighs a schema.
pub(super) fn weigh(schema: &Value) -> Weight {
    let mut scales = Scales { root: schema, known: HashMap::new(), is_open: false };
    let weight = scales.of(schema, 0);
    if scales.is_open && weight <= HEAVIEST { Weight::Open } else { Weight::Of(weight) }
}

struct Scales<'s> {
    root: &'s Value,
    /// Of what a reference leads to; `None` while it is being weighed.
    known: HashMap<&'s str, Option<u64>>,
    is_open: bool,
}

/// Deepest chain of references and parts.
const DEEPEST: usize = 300;

impl<'s> Scales<'s> {
    fn of(&mut self, schema: &'s Value, depth: usize) -> u64 {
        if depth > DEEPEST {
            self.is_open = true;
            return 1;
        }
        match schema {
            Value::Object(fields) => {
                let mut weight = 1_u64;
                for (name, part) in fields {
                    let more = match (name.as_str(), part) {
                        ("$ref" | "$recursiveRef", Value::String(to)) => self.behind(to, depth + 1),
                        ("$dynamicRef", _) => {
                            self.is_open = true;
                            1
                        }
                        // Only where something refers to them.
                        ("$defs" | "definitions" | "examples" | "default" | "enum" | "const", _) => 0,
                        _ => self.of(part, depth + 1),
                    };
                    weight = weight.saturating_add(more);
                }
                weight
            }
            Value::Array(parts) => {
                parts.iter().fold(0, |weight: u64, part| weight.saturating_add(self.of(part, depth + 1)))
            }
            _ => 0,
        }
    }

    fn behind(&mut self, to: &'s str, depth: usize) -> u64 {
        if let Some(known) = self.known.get(to) {
            return known.unwrap_or_else(|| {
                self.is_open = true;
                1
            });
        }
        let target = to.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        let Some(target) = target else {
            self.is_open = true;
            return 1;
        };
        self.known.insert(to, None);
        let weight = self.of(target, depth);
        self.known.insert(to, Some(weight));
        weight
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_that_multiply_are_heavy_and_plain_ones_are_not() {
        let mut defs = serde_json::Map::new();
        for at in 0..34 {
            let next = json!({"$ref": format!("#/$defs/a{}", at + 1)});
            defs.insert(format!("a{at}"), json!({"allOf": [next, next]}));
        }
        defs.insert("a34".to_owned(), json!({"type": "integer"}));
        let Weight::Of(heavy) = weigh(&json!({"$defs": defs, "$ref": "#/$defs/a0"})) else { panic!() };
        assert!(heavy > HEAVIEST);
        let plain = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/s"}, "b": {"$ref": "#/$defs/s"}},
            "$defs": {"s": {"type": "string"}}});
        assert!(matches!(weigh(&plain), Weight::Of(weight) if weight < 20));
    }

    #[test]
    fn what_refers_to_itself_is_open() {
        for schema in [
            json!({"$ref": "#"}),
            json!({"properties": {"next": {"$ref": "#"}}}),
            json!({"$ref": "#name", "$defs": {"n": {"$anchor": "name"}}}),
            json!({"$dynamicRef": "#node"}),
        ] {
            assert_eq!(weigh(&schema), Weight::Open, "{schema}");
        }
    }
}

//! A run's trace against n8n's own execution record, derived here once more and independently of the product.

use std::collections::BTreeMap;

use serde_json::Value;

/// How far a duration may be off.
const TOLERANCE_MS: i64 = 50;

/// One run of one node in n8n's record.
struct Recorded {
    node: String,
    status: String,
    started: i64,
    ended: i64,
    order: u64,
}

fn recorded(execution: &Value) -> Vec<Recorded> {
    let Some(nodes) = execution.pointer("/data/resultData/runData").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut first_child_start: BTreeMap<(String, u64), i64> = BTreeMap::new();
    for run in nodes.values().filter_map(Value::as_array).flatten() {
        let started = run["startTime"].as_i64().unwrap_or_default();
        for source in
            run["source"].as_array().into_iter().flatten().filter(|_| run.get("inputOverride").is_some())
        {
            let parent = source["previousNode"].as_str().unwrap_or_default().to_owned();
            let key = (parent, source["previousNodeRun"].as_u64().unwrap_or_default());
            first_child_start.entry(key).and_modify(|known| *known = started.min(*known)).or_insert(started);
        }
    }
    let mut all = Vec::new();
    for (node, runs) in nodes {
        for (index, run) in runs.as_array().into_iter().flatten().enumerate() {
            let own_start = run["startTime"].as_i64().unwrap_or_default();
            let ended = own_start + run["executionTime"].as_i64().unwrap_or_default();
            // An agent's own run covers only its last turn: its true begin is that of its first sub-run.
            let resumed =
                run.pointer("/metadata/nodeWasResumed").and_then(Value::as_bool).unwrap_or_default();
            let children = first_child_start.get(&(node.clone(), index as u64)).copied();
            let started =
                if resumed { children.map_or(own_start, |child| child.min(own_start)) } else { own_start };
            let status = run["executionStatus"].as_str().unwrap_or_default().to_owned();
            all.push(Recorded {
                node: node.clone(),
                status,
                started,
                ended,
                order: run["executionIndex"].as_u64().unwrap_or_default(),
            });
        }
    }
    all.sort_by_key(|run| run.order);
    all
}

/// Compares nodes, order, status and durations; gives the number of steps compared, or what differs.
pub(super) fn trace_equals_record(trace: &Value, execution: &Value) -> Result<usize, String> {
    let steps = trace["steps"].as_array().ok_or("the trace has no steps")?;
    let expected = recorded(execution);
    let mut problems = Vec::new();
    for run in &expected {
        let found: Vec<&Value> = steps
            .iter()
            .filter(|step| {
                step["order"].as_u64() == Some(run.order)
                    && step["source"]["node"].as_str() == Some(&run.node)
            })
            .collect();
        match found.as_slice() {
            [step] => compare(run, step, &mut problems),
            [] => problems.push(format!("{} (order {}) is missing", run.node, run.order)),
            several => {
                problems.push(format!("{} (order {}) is there {} times", run.node, run.order, several.len()))
            }
        }
    }
    let told = steps.iter().filter(|step| step["order"].is_u64()).count();
    if told < expected.len() {
        problems.push(format!("{told} steps for {} node runs", expected.len()));
    }
    if problems.is_empty() { Ok(expected.len()) } else { Err(problems.join("; ")) }
}

fn compare(run: &Recorded, step: &Value, problems: &mut Vec<String>) {
    let status = match run.status.as_str() {
        "success" => "succeeded",
        "error" | "crashed" => "failed",
        "canceled" => "cancelled",
        other => other,
    };
    let told = step["status"].as_str().unwrap_or("open");
    if told != status {
        problems.push(format!("{}: {told}, but n8n says {}", run.node, run.status));
    }
    let took = step["duration_ms"].as_i64().unwrap_or(-1);
    if (took - (run.ended - run.started)).abs() > TOLERANCE_MS {
        problems.push(format!("{}: {took} ms, but n8n says {} ms", run.node, run.ended - run.started));
    }
}

/// The answer as n8n's record has it: the last agent's output, else the first item of the last node.
pub(super) fn recorded_answer(execution: &Value) -> Option<String> {
    let result = execution.pointer("/data/resultData")?;
    let last = result["lastNodeExecuted"].as_str()?;
    let item = result["runData"][last].as_array()?.last()?.pointer("/data/main/0/0/json")?;
    ["output", "text", "response"].iter().find_map(|key| item[*key].as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_missing_step_and_a_wrong_duration_are_named() {
        let execution = json!({"data": {"resultData": {"runData": {
            "A": [{"startTime": 1000, "executionTime": 10, "executionIndex": 0, "executionStatus": "success"}],
            "B": [{"startTime": 1010, "executionTime": 500, "executionIndex": 1, "executionStatus": "error"}],
        }}}});
        let trace =
            json!({"steps": [{"order": 1, "source": {"node": "B"}, "status": "failed", "duration_ms": 100}]});
        let problem = trace_equals_record(&trace, &execution).unwrap_err();
        assert!(problem.contains("A (order 0) is missing"), "{problem}");
        assert!(problem.contains("B: 100 ms, but n8n says 500 ms"), "{problem}");
    }
}

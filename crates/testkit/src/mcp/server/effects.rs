//! What tools can do to the server that they are part of.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    catalogue::Tool,
};

impl Call {
    /// Adds a tool, and says so.
    pub(super) fn grow(&self, name: &str) {
        let words = format!("I am {name}");
        let definition = json!({"name": name, "description": "Added while running.", "inputSchema": {"type": "object", "properties": {}}});
        let tool = Tool::new(definition, move |_| {
            let words = words.clone();
            async move { Ok(Reply::text(words)) }
        });
        let mut catalogue = self.world.catalogue();
        catalogue.tools.retain(|known| known.name() != name);
        catalogue.tools.push(tool);
        drop(catalogue);
        self.world.tools_changed();
    }

    /// Another description for a tool, and says so.
    pub(super) fn change_description(&self, name: &str, description: &str) {
        let mut catalogue = self.world.catalogue();
        for tool in catalogue.tools.iter_mut().filter(|tool| tool.name() == name) {
            tool.definition["description"] = description.into();
        }
        drop(catalogue);
        self.world.tools_changed();
    }

    /// Does what the tool is there for, and gives how often it has done so.
    pub(super) fn count(&self) -> u64 {
        let count = {
            let mut counts = self.world.counts();
            let count = counts.effects.entry(self.name.clone()).or_default();
            *count += 1;
            *count
        };
        self.world.tell();
        count
    }

    /// Counts `lab://counter` up, and says so.
    pub(super) fn bump(&self) -> u64 {
        let count = {
            let mut counts = self.world.counts();
            counts.bumps += 1;
            counts.bumps
        };
        self.world.announce(
            "notifications/resources/updated",
            "resourceSubscriptions",
            Some("lab://counter"),
        );
        count
    }

    /// True at the first call with these words.
    pub(super) fn first_time(&self, what: &str) -> bool {
        self.world.counts().once.insert(what.to_owned())
    }

    /// A notification that belongs to this call.
    pub(super) fn tell(&self, method: &str, params: Option<Value>) {
        if !self.revision().is_modern() {
            self.out.say(self.world.script.face.notification(method, params));
        }
    }

    /// Resolves when the test opens the gate.
    pub(super) async fn released(&self) {
        self.world.gate().pass().await;
    }

    pub(super) fn recorded_form(&self) -> Value {
        self.world.catalogue().form.clone()
    }

    pub(super) fn task_step_ms(&self) -> u64 {
        self.world.script.task_step_ms
    }
}

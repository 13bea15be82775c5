//! What is recorded: each lab workflow that can be run, with input that shows one thing.

/// What a trigger asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth {
    None,
    Basic,
    Header,
}

/// How a run that waits is answered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    /// A call of the signed resume address: method and body.
    Resume(&'static str, &'static str),
    /// The link of the button that says yes or no.
    Approve(bool),
    /// The websocket of the chat: what to say after its first message; empty: only listen.
    Chat(&'static str),
}

/// One run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    /// File name of the recording.
    pub(super) name: &'static str,
    /// The lab's file name of the workflow.
    pub(super) workflow: &'static str,
    /// Which of its addresses.
    pub(super) url: usize,
    pub(super) method: Option<&'static str>,
    pub(super) query: &'static str,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) auth: Auth,
    pub(super) body: &'static str,
    pub(super) then: &'static [Then],
    pub(super) idle_s: u64,
    /// A marker for the scripted model inside the body, taken out of the recording: a demo shows what people say.
    pub(super) hidden: &'static str,
    /// Also with n8n 1.x.
    pub(super) old: bool,
    pub(super) note: &'static str,
}

impl Case {
    const fn new(name: &'static str, workflow: &'static str, body: &'static str, note: &'static str) -> Self {
        Self {
            name,
            workflow,
            url: 0,
            method: None,
            query: "",
            headers: &[],
            auth: Auth::None,
            body,
            then: &[],
            idle_s: 90,
            hidden: "",
            old: false,
            note,
        }
    }

    const fn old(mut self) -> Self {
        self.old = true;
        self
    }

    const fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    const fn then(mut self, then: &'static [Then]) -> Self {
        self.then = then;
        self
    }

    const fn idle(mut self, seconds: u64) -> Self {
        self.idle_s = seconds;
        self
    }

    const fn hide(mut self, marker: &'static str) -> Self {
        self.hidden = marker;
        self
    }

    const fn multipart(mut self) -> Self {
        self.headers = &[("Content-Type", "multipart/form-data; boundary=labboundary7f3a")];
        self
    }

    const fn ask(mut self, method: &'static str, query: &'static str) -> Self {
        self.method = Some(method);
        self.query = query;
        self
    }

    const fn at(mut self, url: usize) -> Self {
        self.url = url;
        self
    }

    /// Whether this version of n8n is recorded with it.
    pub(super) fn fits(&self, version: &str) -> bool {
        self.old || !version.starts_with("1.")
    }
}

const FILES: &str = concat!(
    "--labboundary7f3a\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nsee file [tokens=3]\r\n",
    "--labboundary7f3a\r\nContent-Disposition: form-data; name=\"file0\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello file\r\n",
    "--labboundary7f3a--\r\n"
);
const CHAT_FILES: &str = concat!(
    "--labboundary7f3a\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nsendMessage\r\n",
    "--labboundary7f3a\r\nContent-Disposition: form-data; name=\"sessionId\"\r\n\r\nrec-files\r\n",
    "--labboundary7f3a\r\nContent-Disposition: form-data; name=\"chatInput\"\r\n\r\nsee files\r\n",
    "--labboundary7f3a\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello file\r\n",
    "--labboundary7f3a--\r\n"
);

/// Every case.
pub(super) const CASES: &[Case] = &[
    Case::new("agent", "ai-basic", r#"{"message":"Say something"}"#, "agent without tools").old(),
    Case::new("agent-unicode", "ai-basic", r#"{"message":"[say=Grüße 👋 日本語 \"quoted\" line]"}"#, "text that is not ASCII"),
    Case::new("agent-rate-limited", "ai-basic", r#"{"message":"hi [http=429]"}"#, "the model answers 429").old(),
    Case::new("agent-model-cut", "ai-basic", r#"{"message":"hi [tokens=8][cut=3]"}"#, "the model's connection breaks inside the answer"),
    Case::new("agent-responses-api", "ai-basic-responses", r#"{"message":"hi [tokens=4]"}"#, "Responses API: many items without text"),
    Case::new("agent-three-tools", "ai-tool", r#"{"message":"Look it all up [steps=3]","sessionId":"rec-three"}"#, "three rounds of tools, the last one a sub-workflow").old(),
    Case::new("agent-parallel-tools", "ai-tool", r#"{"message":"hi [tokens=3][parallel=3]","sessionId":"rec-parallel"}"#, "three tools in one round"),
    Case::new("agent-preamble", "ai-tool", r#"{"message":"hi [tokens=3][preamble]","sessionId":"rec-preamble"}"#, "text before the tool call is streamed too").old(),
    Case::new("agent-model-fails-later", "ai-tool", r#"{"message":"hi [http_after=500]","sessionId":"rec-later"}"#, "the model fails in the second round"),
    Case::new("agent-progress", "ai-progress", r#"{"message":"Show your work [steps=3]"}"#, "progress is saved: the record grows while the run goes on").old(),
    Case::new("two-agents", "ai-two", r#"{"message":"Plan it, then write it [tokens=8]"}"#, "two agents, one after the other").old(),
    Case::new("three-items", "ai-items", "{}", "one agent, three items").old(),
    Case::new("loop", "ai-loop", "{}", "an agent inside a loop").old(),
    Case::new("nested-agents", "ai-nested", r#"{"message":"Ask the researcher [tokens=8]"}"#, "an agent as the tool of an agent").old(),
    Case::new("parallel-branches", "ai-parallel", r#"{"message":"hi [tokens=4]"}"#, "two agents on two branches"),
    Case::new("error-after-agent", "ai-then-error", r#"{"message":"hi [tokens=3]"}"#, "a node after the agent throws").old(),
    Case::new("tool-error", "ai-tool-error", r#"{"message":"hi [tokens=6]"}"#, "a tool throws, the run goes on").old(),
    Case::new("continue-on-error", "ai-continue", r#"{"message":"hi [tokens=3]"}"#, "a node that continues on error"),
    Case::new("respond-at-end", "ai-then-steps", r#"{"message":"hi [tokens=3]"}"#, "a Respond node streams its JSON at the end"),
    Case::new("respond-first", "ai-id-first", r#"{"message":"hi [tokens=3]","runId":"run-77"}"#, "a Respond node streams the execution id first").old(),
    Case::new("streaming-off", "ai-nostream-agent", r#"{"message":"hi [tokens=3]"}"#, "the agent does not stream: empty body"),
    Case::new("llm-chain", "ai-chain", r#"{"message":"hi [tokens=3]"}"#, "a chain does not stream: empty body"),
    Case::new("output-parser", "ai-parser", r#"{"message":"hi [tokens=3][notool]"}"#, "structured output"),
    Case::new("agent-v2", "ai-v2", r#"{"message":"hi [tokens=3][steps=2]"}"#, "agent node of version 2.2"),
    Case::new("agent-last-node", "ai-last", r#"{"message":"hi [tokens=3][steps=2]"}"#, "answer at the end, with the intermediate steps"),
    Case::new("agent-upload", "ai-upload", FILES, "a file goes to a streaming webhook").multipart(),
    Case::new("agent-not-saved", "ai-nosave", r#"{"message":"hi [tokens=6]"}"#, "the execution is gone once it has ended").old(),
    Case::new("agent-timeout", "ai-timeout", r#"{"message":"hi [tokens=200][delay=50]"}"#, "workflow timeout: an error frame, then silence on an open socket").idle(6),
    Case::new("agent-waits", "ai-wait-mid", r#"{"message":"hi [tokens=3]"}"#, "the stream ends because the run waits; then it is resumed").then(&[Then::Resume("GET", "")]).old(),
    Case::new("chat", "chat-stream", r#"{"action":"sendMessage","sessionId":"rec-chat","chatInput":"What is the weather in Rome?"}"#, "chat, streaming, one tool").old(),
    Case::new("chat-hosted", "chat-stream-hosted", r#"{"action":"sendMessage","sessionId":"rec-hosted","chatInput":"hello [tokens=4]"}"#, "hosted chat, streaming"),
    Case::new("chat-last-node", "chat-last", r#"{"action":"sendMessage","sessionId":"rec-last","chatInput":"hello [tokens=4]"}"#, "chat that answers at the end").old(),
    Case::new("chat-basic", "chat-basic", r#"{"action":"sendMessage","sessionId":"rec-basic","chatInput":"x [tokens=2]"}"#, "chat with user and password").auth(Auth::Basic),
    Case::new("chat-files", "chat-files", CHAT_FILES, "chat with a file").multipart(),
    Case::new("chat-respond-node", "chat-webhook-respond", r#"{"action":"sendMessage","sessionId":"rec-node","chatInput":"hello"}"#, "chat answered by a Respond node"),
    Case::new("chat-question", "chat-respond", r#"{"action":"sendMessage","sessionId":"rec-question","chatInput":"hello"}"#, "chat that asks back and waits, then tells").then(&[Then::Chat(r#"{"sessionId":"rec-question","action":"sendMessage","chatInput":"Bob"}"#)]),
    Case::new("chat-approval", "chat-respond-approve", r#"{"action":"sendMessage","sessionId":"rec-approve","chatInput":"go"}"#, "approval by button: yes").then(&[Then::Approve(true), Then::Chat("")]),
    Case::new("chat-approval-declined", "chat-respond-approve", r#"{"action":"sendMessage","sessionId":"rec-decline","chatInput":"go"}"#, "approval by button: no").then(&[Then::Approve(false), Then::Chat("")]),
    Case::new("tool-review", "chat-hitl", r#"{"action":"sendMessage","sessionId":"rec-review","chatInput":"What is the weather in Rome?"}"#, "a person reviews a tool call: yes").then(&[Then::Approve(true)]),
    Case::new("tool-review-declined", "chat-hitl", r#"{"action":"sendMessage","sessionId":"rec-review-no","chatInput":"What is the weather in Rome?"}"#, "a person reviews a tool call: no").then(&[Then::Approve(false)]),
    Case::new("tool-review-streaming", "chat-hitl-stream", r#"{"action":"sendMessage","sessionId":"rec-review-s","chatInput":"do it [tokens=3]"}"#, "the same in a stream: the review node fails, the agent goes on"),
    Case::new("wait-last", "wait-last", r#"{"x":1}"#, "answers at once with what went into the Wait node").then(&[Then::Resume("POST", r#"{"answer":42}"#)]).old(),
    Case::new("wait-resume", "wait-resume", r#"{"x":1}"#, "answers with the resume address, then waits for a call").then(&[Then::Resume("POST", r#"{"answer":42}"#)]).old(),
    Case::new("wait-time", "wait-long", r#"{"x":1}"#, "waits for 70 s in n8n's database, then goes on by itself"),
    Case::new("webhook-last", "wh-last", r#"{"hello":"world","n":1}"#, "first item of the last node").old(),
    Case::new("webhook-all", "wh-all", "{}", "all items of the last node"),
    Case::new("webhook-respond", "wh-node", r#"{"name":"Ann"}"#, "Respond node with its own status and a header with the execution id").old(),
    Case::new("webhook-ack", "wh-ack", r#"{"message":"m1"}"#, "Respond node first, work goes on for 4 s; progress is saved").old(),
    Case::new("webhook-received", "wh-recv", r#"{"x":1}"#, "answers before it starts").old(),
    Case::new("webhook-received-id", "wh-recv-id", r#"{"x":1}"#, "answers before it starts, with the execution id"),
    Case::new("webhook-binary", "wh-binary", "", "a file from the Respond node"),
    Case::new("webhook-binary-last", "wh-binary-last", "", "a file from the last node"),
    Case::new("webhook-error", "wh-error", "{}", "a node throws").old(),
    Case::new("webhook-error-respond", "wh-error-node", "{}", "a node throws before the Respond node").old(),
    Case::new("webhook-no-respond", "wh-no-respond", "{}", "the Respond node is never reached"),
    Case::new("webhook-empty", "wh-empty", "{}", "the last node gives nothing"),
    Case::new("webhook-path", "wh-params", "", "a parameter in the path, and query keys given twice").ask("GET", "?a=1&a=2"),
    Case::new("webhook-method", "wh-methods", "", "several methods").ask("GET", ""),
    Case::new("webhook-second", "wh-methods", "", "the second webhook of a workflow").at(1),
    Case::new("webhook-sub", "wh-sub", r#"{"orderId":"42"}"#, "calls a sub-workflow").old(),
    Case::new("webhook-upload", "wh-upload", FILES, "a file goes in").multipart(),
    Case::new("webhook-basic", "wh-basic", "{}", "user and password").auth(Auth::Basic),
    Case::new("webhook-header", "wh-header", "{}", "a header with a value").auth(Auth::Header),
    Case::new("webhook-timeout", "wh-timeout", "{}", "workflow timeout").old(),
    Case::new("webhook-slow", "wh-slow", "{}", "five slow steps, progress is not saved").old(),
    Case::new("webhook-slow-progress", "wh-slow-progress", "{}", "five slow steps, progress is saved").old(),
    Case::new("webhook-not-saved", "wh-nosave", "{}", "the execution is gone once it has ended"),
    Case::new("webhook-custom-data", "wh-custom-data", r#"{"runId":"run-1"}"#, "custom data"),
    Case::new("demo-assistant", "ai-tool", r#"{"sessionId":"demo-1","message":"What is the weather in Rome, and where is my order? [steps=3][say=Rome has a clear sky and 21 degrees. Your order is packed and leaves the warehouse tomorrow morning.]"}"#, "agent with three tools").hide(" [steps=3][say=Rome has a clear sky and 21 degrees. Your order is packed and leaves the warehouse tomorrow morning.]"),
    Case::new("demo-progress", "ai-progress", r#"{"message":"Check the weather and my order, and show your work. [steps=3][say=I looked up the weather, did the sum and checked the order: everything is on time.]"}"#, "agent whose progress is saved").hide(" [steps=3][say=I looked up the weather, did the sum and checked the order: everything is on time.]"),
    Case::new("demo-nested", "ai-nested", r#"{"message":"Ask the researcher how this winter will be. [say=The researcher expects a mild winter with little snow below a thousand metres.]"}"#, "agent with an agent as its tool").hide(" [say=The researcher expects a mild winter with little snow below a thousand metres.]"),
    Case::new("demo-two", "ai-two", r#"{"message":"Plan a short text about hubs. [say=First say what a hub is, then what it connects, then why nothing gets lost.]"}"#, "two agents, one after the other").hide(" [say=First say what a hub is, then what it connects, then why nothing gets lost.]"),
    Case::new("demo-tool-error", "ai-tool-error", r#"{"message":"Try the tool that is broken. [say=The tool did not work, so here is what I know without it.]"}"#, "a tool fails, the run goes on").hide(" [say=The tool did not work, so here is what I know without it.]"),
    Case::new("demo-chat", "chat-stream", r#"{"action":"sendMessage","sessionId":"demo-2","chatInput":"Hello! What is the weather in Lisbon? [say=Hello! In Lisbon the sky is clear, at 21 degrees.]"}"#, "chat with one tool").hide(" [say=Hello! In Lisbon the sky is clear, at 21 degrees.]"),
    Case::new("demo-review", "chat-hitl", r#"{"action":"sendMessage","sessionId":"demo-3","chatInput":"Please check the weather in Oslo. [say=You allowed me to look: in Oslo the sky is clear, at 21 degrees.]"}"#, "a person allows a tool call").hide(" [say=You allowed me to look: in Oslo the sky is clear, at 21 degrees.]").then(&[Then::Approve(true)]),
];

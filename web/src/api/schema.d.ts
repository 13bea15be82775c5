// Made by `npm run types` from contract/openapi.json. Do not edit.

export interface paths {
    "/api/v1/backends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All backends with the state of their connections. */
        get: operations["list_backends"];
        put?: never;
        /** Adds a backend. Its first check and discovery begin by themselves. */
        post: operations["add_backend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One backend, by id or by name. */
        get: operations["get_backend"];
        put?: never;
        post?: never;
        /** Removes a backend with its secrets, workflows and runs. */
        delete: operations["remove_backend"];
        options?: never;
        head?: never;
        /** Changes a backend: what is absent stays as it is. */
        patch: operations["change_backend"];
        trace?: never;
    };
    "/api/v1/backends/{id}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a server for values of an argument of a prompt, or of a variable of a resource template. */
        post: operations["complete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads anew what a backend can run and which tools it has. */
        post: operations["discover_backend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/journal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last lines that a server's own program printed and what happened to the connection, oldest first. */
        get: operations["get_journal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/prompts/get": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has a prompt filled in by its server. */
        post: operations["get_prompt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/resources/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads a resource from its server. */
        post: operations["read_resource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins a sign-in at a peer: open `url` in a browser. It has to end within ten minutes. */
        post: operations["begin_sign_in"];
        /** Forgets a sign-in, here and, where it can be, at the peer. */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/sign-in/finish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends a sign-in with what the browser brought back. */
        post: operations["finish_sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests the connection of a backend now; its health follows. */
        post: operations["test_backend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/{id}/test-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests what a backend would be after a change, with the secrets that are stored for it. Nothing is kept. */
        post: operations["test_change"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backends/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tests a connection before it is saved. Nothing is kept. */
        post: operations["test_new_backend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The bytes of a file or artifact, with the media type that its maker gave it. */
        get: operations["get_blob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Conversations, last used first. */
        get: operations["list_conversations"];
        put?: never;
        /** Begins a conversation. */
        post: operations["create_conversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conversation with what was said. */
        get: operations["get_conversation"];
        put?: never;
        post?: never;
        /** Removes a conversation with what was said. Its runs stay. */
        delete: operations["remove_conversation"];
        options?: never;
        head?: never;
        /** Gives a conversation another title. */
        patch: operations["change_conversation"];
        trace?: never;
    };
    "/api/v1/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is stored, how much room it takes, and for how long it is kept.
         * @description With `older_than_days`: also how much would go if data were kept for so many days.
         */
        get: operations["get_data"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Keeps runs and conversations for so many days, or for ever. What is older is removed in the background, at once and
         *     then every hour: runs that ended before that time, with their events and files, and conversations that were not used
         *     since, whole. What was removed does not come back.
         */
        patch: operations["change_data"];
        trace?: never;
    };
    "/api/v1/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every error code with its page. */
        get: operations["list_errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/errors/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page about one error code: Markdown, or JSON or HTML where `Accept` asks for it. */
        get: operations["get_error"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * News of the hub, and on request the events of runs, over one connection: browsers allow only six to one host.
         * @description News come as `event: run`, `health`, `catalogue`, `run_removed` or `missed` (the reader was too slow: read the lists
         *     again), with the whole `HubNews` as data. News are not kept: connect first, then read the lists, and read them again
         *     after every reconnect.
         *
         *     For every `run={id}@{seq}` the events of that run after that seq come as `event: run_event` with the whole
         *     `StreamEvent` as data, in order, each once. Their `id` holds the cursors of all runs of the stream, so that a browser
         *     that reconnects by itself misses nothing.
         */
        get: operations["hub_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** MCP servers as another program's configuration. Secrets never leave: variables stand in their place. */
        get: operations["export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads the configuration in which another program keeps its MCP servers. Unless `dry_run` is false nothing is added: the
         *     report tells every command line, what is missing, and what would be added.
         */
        post: operations["import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/import/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files in which other programs on the hub's machine keep their MCP servers. Only for a hub that nobody else reaches. */
        get: operations["import_places"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for a person, newest first: questions of runs, backends where somebody has to sign in, tools whose
         *     definition changed. At most 500.
         */
        get: operations["get_inbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The libraries in the hub's program, with their licences. Those of the web page are in its own `licences.json`. */
        get: operations["get_licences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["get_openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/otlp/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receives finished spans. Those whose trace id is the id of a live run (without dashes) become steps of that run;
         *     others are dropped. Set the exporter's endpoint to `/api/v1/otlp`, its protocol to `http/protobuf` or `http/json`,
         *     and its headers to `x-jackfield-token=<token>`.
         */
        post: operations["receive_spans"];
        delete?: never;
        options?: never;
        /** Whether there is a receiver: n8n asks this when its exporter starts, without a token. */
        head: operations["probe_spans"];
        patch?: never;
        trace?: never;
    };
    "/api/v1/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The kinds of peers that can be connected, with the JSON Schemas of their options and secrets. */
        get: operations["list_platforms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prompts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prompts, from the last discovery. */
        get: operations["list_prompts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registry/install": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Installs a server of a registry: one entry for each way to it. Unless `dry_run` is false nothing is added. */
        post: operations["registry_install"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registry/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Searches an MCP registry. The hub asks it, not the caller. */
        get: operations["registry_servers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resource-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be read once its variables are filled in, from the last discovery. */
        get: operations["list_resource_templates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What can be read, from the last discovery. */
        get: operations["list_resources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs, newest first. */
        get: operations["list_runs"];
        put?: never;
        /**
         * Starts a run. It is written down before the answer comes, and goes on whoever watches it.
         * @description With files: `multipart/form-data` with one part `run` (this body as JSON) and any number of file parts, each named
         *     as the form field that the workflow expects.
         */
        post: operations["start_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run. */
        get: operations["get_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks the peer to stop a run, and says what became of it. Closing an event stream stops nothing. */
        post: operations["cancel_run"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of a run, from the cursor on, in order, each once; ends after `done`.
         * @description As `text/event-stream`: `id` is the seq, `event` the type, `data` the whole envelope. The cursor is `after` or
         *     `Last-Event-ID`, whichever is larger: a browser repeats the `after` it began with, and adds how far it got.
         *     204 when the run has ended and nothing comes after the cursor, which keeps a browser from reconnecting. A fault of
         *     the hub in mid-stream is sent as `event: problem` with a problem document; come back with the cursor.
         *
         *     With `Accept: application/json`: a page of events; `next` is the cursor for the next one. `wait` holds the answer
         *     back until there is an event.
         */
        get: operations["run_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/input": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answers a question that a run waits for (an `input_required` event). */
        post: operations["answer_input"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the log of a run says so far: its messages, and its steps as a trace. */
        get: operations["get_trace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a one-time link that signs a browser in. */
        post: operations["create_sign_in_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tokens, without their texts. */
        get: operations["list_tokens"];
        put?: never;
        /** Makes a token. Its text is in this answer and nowhere else. */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a token back; it works no more. */
        delete: operations["delete_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What can be called with a JSON Schema, from the last discovery. A tool whose backend is down is listed as it was
         *     last known.
         */
        get: operations["list_tools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tool. */
        get: operations["get_tool"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accepts the present definition of a tool whose definition changed. */
        post: operations["accept_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tools/{id}/call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls a tool. The call is a run: it is written down before the answer comes, goes on whoever watches it, and its events
         *     tell how it goes. Arguments that do not fit the tool's schema are refused, each fault with its place.
         */
        post: operations["call_tool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the backends can run, from the last discovery. */
        get: operations["list_workflows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workflows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One workflow with its ways in and its graph. */
        get: operations["get_workflow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process lives. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures in Prometheus' text format. Asks for a token unless the configuration opens it. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a browser comes back to after a sign-in at a peer. `state` is what lets it in. */
        get: operations["callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The hub can work: its storage answers, and it is not shutting down. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Exchanges the code of a one-time link for a cookie. The code works once, for ten minutes. */
        get: operations["sign_in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Body of `POST /api/v1/runs/{id}/input`. */
        AnswerInput: {
            /** @description The answer; may be left out where the question is a bare "go on". */
            answer?: components["schemas"]["InputAnswer"];
            /** @description Which question: `request_id` of the `input_required` event. */
            request_id: components["schemas"]["InputRequestId"];
        };
        /** @description A token for the hub's API; only its hash is stored. */
        ApiToken: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description Its id. */
            id: components["schemas"]["TokenId"];
            /**
             * Format: date-time
             * @description When it was last used, to about a minute; absent: never.
             */
            last_used_at?: string | null;
            /** @description What it is for. */
            name: string;
        };
        /** @description Data of `artifact`: either `json`, or `blob_id`, or `url`. */
        Artifact: {
            blob_id?: components["schemas"]["BlobId"] | null;
            /** @description A small JSON value itself. */
            json?: unknown;
            /** @description Media type as the peer gave it, without parameters. */
            media_type: string;
            /** @description Name to show and to save under. */
            name: string;
            /**
             * Format: int64
             * @description Size in bytes, where it is known.
             */
            size?: number | null;
            /** @description Where the peer keeps it, when the hub has no copy. */
            url?: string | null;
        };
        /** @description One configured peer, without its secrets. */
        Backend: {
            /** @description Where it is. For a backend that is only a webhook: that webhook's URL. */
            base_url: string;
            /**
             * Format: date-time
             * @description When it was added.
             */
            created_at: string;
            /** @description A disabled backend is neither checked nor run. */
            enabled: boolean;
            /** @description Its id. */
            id: components["schemas"]["BackendId"];
            /** @description Unique name, chosen by the user. */
            name: string;
            /** @description Platform-specific options that are no secrets; their JSON Schema comes with the platform. */
            options: unknown;
            /** @description What it is. */
            platform: components["schemas"]["Platform"];
            /** @description Names of the secrets that are stored for it, never their values. */
            secrets: string[];
            /** @description True for the simulated peers of `--demo`. */
            simulated: boolean;
            /** @description The specification's type, given by the platform. */
            type: components["schemas"]["BackendType"];
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        /** @description Body of `PATCH /api/v1/backends/{id}`: what is absent stays as it is. */
        BackendChange: {
            /**
             * @description New address.
             * @default null
             */
            base_url?: string | null;
            /**
             * @description On or off.
             * @default null
             */
            enabled?: boolean | null;
            /**
             * @description New name.
             * @default null
             */
            name?: string | null;
            /** @description New options; replaces all of them. */
            options?: unknown;
            /**
             * @description Secrets to set; an empty text removes one.
             * @default null
             */
            secrets?: {
                [key: string]: string;
            } | null;
        };
        /**
         * Format: uuid
         * @description One configured peer.
         */
        BackendId: string;
        /**
         * @description The specification's `type` of a backend.
         * @enum {string}
         */
        BackendType: "llm" | "orchestrator" | "mcp";
        /** @description A backend with the state of its connection. */
        BackendView: components["schemas"]["Backend"] & {
            /** @description The state of its connection. */
            health: components["schemas"]["Health"];
            peer?: components["schemas"]["PeerInfo"] | null;
        };
        /** @description Body of `POST /api/v1/backends/{id}/sign-in`. */
        BeginSignIn: {
            /**
             * @description Where the browser is to come back to; absent: to the hub's own `/oauth/callback`, at the address of this request.
             *     Must be on a loopback address or https.
             * @default null
             */
            redirect_uri?: string | null;
        };
        /**
         * Format: uuid
         * @description One payload that is too large for an event.
         */
        BlobId: string;
        /** @description Body of `POST /api/v1/tools/{id}/call`. The answer is the run: its events tell how the call goes. */
        CallTool: {
            /** @description The arguments: an object that fits the tool's input schema. */
            arguments?: Record<string, never>;
            /** @default null */
            conversation_id?: components["schemas"]["ConversationId"] | null;
        };
        /**
         * @description What became of a request to stop a run.
         * @enum {string}
         */
        CancelEffect: "stopped" | "already_ended" | "goes_on" | "not_started";
        /** @description Data of `{"cancel": …}` answers. */
        CancelReport: {
            /** @description What became of it. */
            effect: components["schemas"]["CancelEffect"];
            /** @description In plain words. */
            message: string;
        };
        /** @description One message of a chat. */
        ChatMessage: {
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: int64
             * @description Its number in the conversation, from 1; given by the store.
             */
            position: number;
            /** @description `user` or `assistant`. */
            role: string;
            run_id?: components["schemas"]["RunId"] | null;
            /** @description What was said. */
            text: string;
        };
        /** @description One check of a connection test. */
        Check: {
            failure?: components["schemas"]["Failure"] | null;
            /** @description What was found, in one sentence. */
            message: string;
            /** @description What was checked, for example `reachable`, `api_key`, `scope execution:read`. */
            name: string;
            /** @description How it went. */
            status: components["schemas"]["CheckStatus"];
        };
        /**
         * @description How a check went.
         * @enum {string}
         */
        CheckStatus: "passed" | "warning" | "failed" | "skipped";
        /** @description One button. */
        Choice: {
            /** @description To answer with. */
            id: string;
            /** @description To show. */
            label: string;
        };
        /** @description Data of `citation`. */
        Citation: {
            /** @description The peer's own metadata. */
            metadata?: unknown;
            /** @description What it says. */
            text?: string | null;
            /** @description Title of the source. */
            title?: string | null;
            /** @description Where it is. */
            url?: string | null;
        };
        /** @description Proposals, best first. */
        Completion: {
            /** @description There are more than these. */
            has_more?: boolean;
            /**
             * Format: int64
             * @description How many there are in all, where the peer tells.
             */
            total?: number | null;
            /** @description At most 100. */
            values: string[];
        };
        /** @description What to complete: an argument of a prompt or a variable of a resource template. */
        CompletionRequest: {
            /** @description Name of the argument or variable. */
            argument: string;
            /** @description The other arguments so far. */
            context?: {
                [key: string]: string;
            };
            /** @description Name of the prompt; this or `uri_template`. */
            prompt?: string | null;
            /** @description The resource template; this or `prompt`. */
            uri_template?: string | null;
            /** @description What has been typed so far. */
            value?: string;
        };
        /** @description What a test of a connection found, check by check. */
        ConnectionReport: {
            /** @description What was checked, in order. */
            checks: components["schemas"]["Check"][];
            /**
             * Format: int64
             * @description Milliseconds of one round trip, when the peer was reached.
             */
            latency_ms?: number | null;
            /** @description The state that follows from the checks. */
            state: components["schemas"]["HealthState"];
            /** @description The peer's version: exact, or a bound such as `>= 2.19`; absent when it cannot be had. */
            version?: string | null;
            /**
             * Format: int64
             * @description How many workflows (or tools, or models) the peer has for this key.
             */
            workflows?: number | null;
        };
        /** @description A chat. */
        Conversation: {
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Its id. */
            id: components["schemas"]["ConversationId"];
            /** @description Title to show. */
            title: string;
            /**
             * Format: date-time
             * @description When something was last said.
             */
            updated_at: string;
        };
        /** @description Body of `PATCH /api/v1/conversations/{id}`. */
        ConversationChange: {
            /** @description New title, at most 200 characters; may be empty. */
            title: string;
        };
        /**
         * Format: uuid
         * @description The chat around runs.
         */
        ConversationId: string;
        /** @description Answer of `GET /api/v1/conversations/{id}`. */
        ConversationView: components["schemas"]["Conversation"] & {
            /** @description What was said, in order. */
            messages: components["schemas"]["ChatMessage"][];
        };
        /** @description Answer of `POST /api/v1/tokens`. */
        CreatedToken: components["schemas"]["ApiToken"] & {
            /** @description Its text, shown this once: only its hash is kept. */
            text: string;
        };
        /** @description Body of `PATCH /api/v1/data`. */
        DataChange: {
            /**
             * Format: int32
             * @description For how many days runs and conversations are kept, 1 to 3650; null: for ever. Has to be said: an empty body
             *     must not keep everything.
             */
            retention_days: number | null;
        };
        /** @description What is stored, and how much room it takes. */
        DataUsage: {
            /**
             * Format: int64
             * @description Size of the database on the disk, in bytes.
             */
            bytes: number;
            /**
             * Format: int64
             * @description Number of conversations.
             */
            conversations: number;
            /**
             * Format: int64
             * @description Number of their events.
             */
            events: number;
            /**
             * Format: int64
             * @description Their size in bytes.
             */
            file_bytes: number;
            /**
             * Format: int64
             * @description Number of files and of values too large for an event.
             */
            files: number;
            /**
             * Format: date-time
             * @description When the oldest run was started.
             */
            oldest?: string | null;
            /**
             * Format: int64
             * @description How much of it is free, and used again before the database grows.
             */
            reusable_bytes: number;
            /**
             * Format: int64
             * @description Number of runs.
             */
            runs: number;
        };
        /** @description Answer of `GET /api/v1/data`: what is stored, and for how long. */
        DataView: components["schemas"]["DataUsage"] & {
            removable?: components["schemas"]["Removable"] | null;
            /** @description Old data is being removed. */
            removing: boolean;
            /**
             * Format: int32
             * @description For how many days runs and conversations are kept; null: for ever.
             */
            retention_days: number | null;
        };
        /** @description Data of `delta`: appends, never repeats a whole message. */
        Delta: {
            /** @description What it appends to. */
            part: components["schemas"]["Part"];
            supersedes?: components["schemas"]["MessageId"] | null;
            /** @description What to append; never empty. */
            text: string;
        };
        /** @description Answer of `POST /api/v1/backends/{id}/discover`. */
        DiscoveryReport: {
            /**
             * Format: int64
             * @description Milliseconds it took.
             */
            duration_ms: number;
            /** @description What can be called there. */
            tools: components["schemas"]["Tool"][];
            /** @description What the backend can run. */
            workflows: components["schemas"]["Workflow"][];
        };
        /** @description Data of `done`. */
        Done: {
            /** @description The messages that make up the answer, in order. Empty: every message that was not superseded. */
            answer?: components["schemas"]["MessageId"][];
            /**
             * Format: int64
             * @description Milliseconds that the run took, by the peer's clock where it tells, else by the hub's.
             */
            duration_ms?: number | null;
            /** @description How the run ended. */
            outcome: components["schemas"]["Outcome"];
            /** @description Why, in plain words; always there unless the run succeeded. */
            reason?: string | null;
            usage?: components["schemas"]["Usage"] | null;
            /** @description What the outcome rests on. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description One way into a workflow. */
        EntryPoint: {
            /** @description What it wants to see: `none`, `basic`, `header`, `jwt`, `bearer`, `user`, `oauth2`, `unknown`. */
            auth: string;
            /** @description True when the backend has the secret that `auth` asks for, or none is needed. */
            authorized: boolean;
            /** @description Whether files can be sent. */
            files: boolean;
            /** @description Unique within the workflow, stable across discoveries (for n8n: the trigger node's id). */
            id: string;
            /** @description JSON Schema of the input, as far as it is known. */
            input_schema?: unknown;
            /** @description `webhook`, `chat`, `form`, `mcp`, `schedule`, `manual`, `sub_workflow`, `api`, `model` … */
            kind: string;
            /** @description HTTP methods it takes; the first is used when none is chosen. */
            methods?: string[];
            /** @description Name to show (for n8n: the trigger node's name). */
            name: string;
            /** @description Why not. */
            reason?: string | null;
            /** @description The peer's own name of the way it answers, for example `lastNode`. */
            response_mode?: string | null;
            /** @description Whether the hub can run it. */
            runnable: boolean;
            /** @description Whether text streams while the run goes on; `None`: cannot be told beforehand. */
            streams?: boolean | null;
            /** @description Full URL, with `:param` in place of path parameters. */
            url?: string | null;
        };
        /**
         * @description What kind of error it is. The list is closed: a new kind needs a new page in `errors/`.
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "invalid_json" | "invalid_url" | "invalid_config" | "invalid_input" | "not_found" | "method_not_allowed" | "conflict" | "too_large" | "unsupported_media_type" | "unauthenticated" | "forbidden_host" | "forbidden_origin" | "run_ended" | "not_waiting" | "seq_out_of_range" | "not_runnable" | "too_many_runs" | "too_many_readers" | "shutting_down" | "storage" | "secret_unreadable" | "internal" | "peer_unreachable" | "peer_process" | "peer_connect_timeout" | "peer_tls" | "peer_connection_lost" | "peer_no_answer" | "peer_silent" | "peer_html" | "peer_not_platform" | "peer_too_old" | "peer_unauthorized" | "peer_sign_in" | "peer_scope_missing" | "peer_entry_auth" | "peer_entry_not_found" | "peer_base_differs" | "peer_rejected" | "peer_failed" | "peer_rate_limited" | "peer_bad_answer" | "peer_answer_too_large" | "workflow_failed" | "step_failed" | "tool_failed" | "tool_output_invalid" | "peer_stopped_run" | "peer_lost_run" | "recovery_impossible" | "cancel_unsupported" | "answer_rejected";
        /** @description Data of `error`. */
        ErrorData: {
            /** @description What kind of error: one of a closed list, each with a page at `/api/v1/errors/{code}`. */
            code: components["schemas"]["ErrorCode"];
            /** @description True when it ended the run. */
            fatal: boolean;
            /** @description What to do next. */
            hint?: string | null;
            /** @description What happened, where. */
            message: string;
            /**
             * Format: int32
             * @description HTTP status of the peer's answer, where there was one.
             */
            peer_status?: number | null;
            /** @description True when starting the run again cannot do anything twice. */
            retry_safe: boolean;
        };
        /** @description One error code with its page, as `GET /api/v1/errors/{code}` gives it. */
        ErrorPage: {
            /** @description The stable code. */
            code: components["schemas"]["ErrorCode"];
            /** @description What it means and what to check, in Markdown. */
            page: string;
            /**
             * Format: int32
             * @description The HTTP status that comes with it when a request ends in it.
             */
            status: number;
            /** @description A title of a few words. */
            title: string;
        };
        /**
         * @description Type and data of an event. `start`, `delta`, `tool_start`, `tool_end`, `error` and `done` are the core:
         *     a reader that knows only these shows a correct run. The others may be ignored.
         */
        EventBody: {
            /** @description The run began; always first. */
            data: components["schemas"]["Start"];
            /** @enum {string} */
            type: "start";
        } | {
            /** @description Text to append to a part of a message. */
            data: components["schemas"]["Delta"];
            /** @enum {string} */
            type: "delta";
        } | {
            /** @description A tool call began. */
            data: components["schemas"]["ToolStart"];
            /** @enum {string} */
            type: "tool_start";
        } | {
            /** @description A tool call ended. */
            data: components["schemas"]["ToolEnd"];
            /** @enum {string} */
            type: "tool_end";
        } | {
            /** @description Something went wrong; the run may go on. */
            data: components["schemas"]["ErrorData"];
            /** @enum {string} */
            type: "error";
        } | {
            /** @description The run ended; always last. */
            data: components["schemas"]["Done"];
            /** @enum {string} */
            type: "done";
        } | {
            /** @description A node, block, turn or model call began. */
            data: components["schemas"]["StepStart"];
            /** @enum {string} */
            type: "step_start";
        } | {
            /** @description A step ended. */
            data: components["schemas"]["StepEnd"];
            /** @enum {string} */
            type: "step_end";
        } | {
            /** @description Tokens and cost. */
            data: components["schemas"]["Usage"];
            /** @enum {string} */
            type: "usage";
        } | {
            /** @description A source that the answer relies on. */
            data: components["schemas"]["Citation"];
            /** @enum {string} */
            type: "citation";
        } | {
            /** @description A file, image or document that the run made. */
            data: components["schemas"]["Artifact"];
            /** @enum {string} */
            type: "artifact";
        } | {
            /** @description The run waits for a person (or for time). */
            data: components["schemas"]["InputRequired"];
            /** @enum {string} */
            type: "input_required";
        } | {
            /** @description What the run waited for has come. */
            data: components["schemas"]["InputResolved"];
            /** @enum {string} */
            type: "input_resolved";
        } | {
            /** @description News of the connection between hub and peer. */
            data: components["schemas"]["Link"];
            /** @enum {string} */
            type: "link";
        } | {
            /** @description A frame that nobody understood: kept, never dropped. */
            data: components["schemas"]["Raw"];
            /** @enum {string} */
            type: "raw";
        };
        /**
         * @description For which program servers are exported.
         * @enum {string}
         */
        ExportFormat: "claude_code" | "cursor" | "vscode";
        /** @description A variable that stands in an exported configuration in place of a secret. */
        ExportVariable: {
            /** @description Its name: of an environment variable, or of an input. */
            name: string;
            /** @description Which secret of the backend it stands for. */
            secret: string;
            /** @description Which server needs it. */
            server: string;
        };
        /** @description A failure with everything a person needs: what happened and where, and what to do next. */
        Failure: {
            /** @description What kind. */
            code: components["schemas"]["ErrorCode"];
            /** @description Every single fault of an input, where there may be several. */
            faults?: components["schemas"]["Fault"][];
            /** @description What to do next. */
            hint?: string | null;
            /** @description What happened, where; one or two sentences, no secret in it. */
            message: string;
            /**
             * Format: int32
             * @description HTTP status of the peer's answer, where there was one.
             */
            peer_status?: number | null;
            /** @description Where in the input: a JSON pointer, header or parameter. */
            place?: string | null;
        };
        /** @description One fault of an input. */
        Fault: {
            /** @description What is wrong and what was expected there. */
            message: string;
            /** @description Where: a JSON pointer into the input. */
            place: string;
        };
        /** @description Body of `POST /api/v1/backends/{id}/prompts/get`. */
        GetPrompt: {
            /** @description Its arguments. */
            arguments?: {
                [key: string]: string;
            };
            /** @description Name of the prompt. */
            name: string;
        };
        /** @description Nodes and edges of a workflow. */
        Graph: {
            /** @description The edges. */
            edges: components["schemas"]["GraphEdge"][];
            /** @description The nodes. */
            nodes: components["schemas"]["GraphNode"][];
        };
        /** @description An edge of a workflow's graph. */
        GraphEdge: {
            /** @description Name of the node it leaves. */
            from: string;
            /** @description Name of the node it enters. */
            to: string;
            /** @description The peer's own type of connection, for example `main` or `ai_tool`. */
            type: string;
        };
        /** @description A node of a workflow's graph. */
        GraphNode: {
            /** @description Switched off. */
            disabled?: boolean;
            /** @description Name; unique within the workflow. Steps carry it as `source.node`. */
            name: string;
            /** @description Where the peer's editor puts it. */
            position?: number[] | null;
            /** @description The peer's own type. */
            type: string;
        };
        /** @description State of the connection to a backend. */
        Health: {
            /**
             * Format: date-time
             * @description When it was last checked.
             */
            checked_at?: string | null;
            last_error?: components["schemas"]["Failure"] | null;
            /**
             * Format: int64
             * @description Milliseconds of the last check that reached the peer.
             */
            latency_ms?: number | null;
            /**
             * Format: date-time
             * @description When the next check is due.
             */
            next_check_at?: string | null;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description The state. */
            state: components["schemas"]["HealthState"];
        };
        /**
         * @description What is known of the connection to a backend.
         * @enum {string}
         */
        HealthState: "unknown" | "connecting" | "connected" | "degraded" | "unauthorized" | "sign_in_required" | "unreachable";
        /** @description News of the hub, for pages that show more than one run. */
        HubNews: {
            /** @description A run began, moved on or ended. */
            data: components["schemas"]["Run"];
            /** @enum {string} */
            type: "run";
        } | {
            /** @description The connection to a backend was checked, or changed. */
            data: {
                /** @description Which backend. */
                backend_id: components["schemas"]["BackendId"];
                /** @description Its state now. */
                health: components["schemas"]["Health"];
            };
            /** @enum {string} */
            type: "health";
        } | {
            /** @description Backends, workflows or tools changed: read them again. */
            data: {
                /** @description Which backend. */
                backend_id: components["schemas"]["BackendId"];
            };
            /** @enum {string} */
            type: "catalogue";
        } | {
            /** @enum {string} */
            type: "missed";
        } | {
            /** @description A run was removed with its backend. */
            data: {
                /** @description Which run. */
                run_id: components["schemas"]["RunId"];
            };
            /** @enum {string} */
            type: "run_removed";
        };
        /** @description One server of a document. Holds no secret. */
        ImportEntry: {
            backend?: components["schemas"]["BackendId"] | null;
            /**
             * @description The program and every argument as they will run on the hub's machine, quoted as a shell wants it. Secrets stand
             *     there as `${secret:NAME}`, variables without a value as `${NAME}`.
             */
            command_line?: string | null;
            /** @description The directory it runs in. */
            cwd?: string | null;
            /** @description What it does. */
            description?: string | null;
            /** @description Switched off in the document: the backend is added switched off. */
            disabled?: boolean;
            /** @description Name of the backend, or of the earlier entry, that has the same command line or address. */
            is_duplicate_of?: string | null;
            /** @description Name of the backend that it becomes: allowed, and not taken by another. */
            name: string;
            /** @description What differs from the document, and what a person should look at. */
            notes?: string[];
            /** @description Its name in the document. */
            original_name: string;
            problem?: components["schemas"]["Failure"] | null;
            /** @description Names of the secrets that go to the sealed store. */
            secrets?: string[];
            /** @description Where it stands. */
            status: components["schemas"]["ImportStatus"];
            /** @description Title to show. */
            title?: string | null;
            /** @description How it is spoken to. */
            transport: components["schemas"]["ImportTransport"];
            /** @description The address of a remote server, secrets as in `command_line`. */
            url?: string | null;
            /** @description The environment that the program gets besides the hub's own, or the headers of a remote server. */
            values?: components["schemas"]["ImportValue"][];
            /** @description What has to be given before it can be added. */
            variables_missing?: components["schemas"]["ImportVariable"][];
            /** @description What may be given: it has a default or can be left out, or has been given. */
            variables_optional?: components["schemas"]["ImportVariable"][];
            /**
             * @description Of a `server.json`, which names several ways to one server: which one this is (`remote`, `npm`, `pypi`, `oci`,
             *     `nuget`, `mcpb` …; a second one of its kind has `-2` behind it). Without `choose` only the first way that is ready is
             *     added.
             */
            way?: string | null;
        };
        /**
         * @description The form of a configuration.
         * @enum {string}
         */
        ImportFormat: "claude_desktop" | "claude_code" | "cursor" | "vscode" | "copilot" | "cline" | "librechat" | "server_json" | "mcpb";
        /** @description A file in which another program keeps its MCP servers, on the hub's machine. */
        ImportPlace: {
            /** @description Whether there is one. */
            exists: boolean;
            /** @description The name to ask for it: `claude-desktop`, `claude-code`, `cursor`, `vscode` … */
            name: string;
            /** @description Where the file is or would be. */
            path: string;
            /** @description Name of the program. */
            title: string;
        };
        /** @description What a document holds and what became of it. Holds no secret. */
        ImportReport: {
            /** @description Nothing was added. */
            dry_run: boolean;
            /** @description The servers in it, in the document's order. */
            entries: components["schemas"]["ImportEntry"][];
            /** @description Which form the document has. */
            format: components["schemas"]["ImportFormat"];
            /** @description What is to be said of the document as a whole. */
            notes?: string[];
        };
        /** @description Body of `POST /api/v1/import`: a configuration file that another program wrote. */
        ImportRequest: {
            /**
             * @description Which entries to add, by `name` or `original_name`; absent: every entry that is `ready`.
             * @default null
             */
            choose?: string[] | null;
            /**
             * @description The text of the file: JSON, with comments and trailing commas where there are any.
             * @default
             */
            document?: string;
            /**
             * @description Only tells what would be added; so unless it is set to `false`.
             * @default true
             */
            dry_run?: boolean;
            /**
             * @description In place of `document`: a file on the hub's own machine, by its `name` in `GET /api/v1/import/places`.
             * @default null
             */
            place?: string | null;
            /**
             * @description Where the document comes from, a file's name for example: a hint where the form alone does not tell the program.
             * @default null
             */
            source?: string | null;
            /**
             * @description Values of variables, by their name in the report. They may be secrets.
             * @default {}
             */
            variables?: {
                [key: string]: string;
            };
        };
        /**
         * @description Where an entry stands.
         * @enum {string}
         */
        ImportStatus: "ready" | "needs_variables" | "duplicate" | "alternative" | "unusable" | "added" | "failed" | "skipped";
        /**
         * @description How a server is spoken to.
         * @enum {string}
         */
        ImportTransport: "stdio" | "auto" | "streamable_http" | "http_sse";
        /** @description An environment variable or a header. */
        ImportValue: {
            /** @description Its name. */
            name: string;
            /** @description The value goes to the sealed store. */
            secret?: boolean;
            /** @description Its value; absent for a secret. */
            value?: string | null;
        };
        /** @description A variable of a document. */
        ImportVariable: {
            /** @description The only values that it takes, where they are listed. */
            choices?: string[];
            /** @description What is taken when nothing is given; never shown for a secret. */
            default?: string | null;
            /** @description What it is for. */
            description?: string | null;
            /** @description It has been given. */
            is_given?: boolean;
            /** @description It is the name of a file or directory on the hub's machine. */
            is_path?: boolean;
            /** @description The name to give its value under, in `variables`. */
            name: string;
            /** @description An example of what to give. */
            placeholder?: string | null;
            /** @description Its value is a secret: it is not shown while it is typed. */
            secret: boolean;
        };
        /** @description Something that waits for a person. */
        InboxItem: {
            /**
             * Format: date-time
             * @description Since when.
             */
            asked_at: string;
            /** @description Name of its backend. */
            backend: string;
            /** @enum {string} */
            kind: "question";
            /** @description What it asks. */
            question: components["schemas"]["InputRequired"];
            /** @description The run. */
            run: components["schemas"]["Run"];
        } | {
            /**
             * Format: date-time
             * @description Since when.
             */
            asked_at: string;
            /** @description Its name. */
            backend: string;
            /** @description Which backend. */
            backend_id: components["schemas"]["BackendId"];
            /** @enum {string} */
            kind: "sign_in";
        } | {
            /**
             * Format: date-time
             * @description Since when.
             */
            asked_at: string;
            /** @description Name of its backend. */
            backend: string;
            /** @enum {string} */
            kind: "tool_changed";
            /** @description Its qualified name. */
            tool: string;
            /** @description Which tool. */
            tool_id: components["schemas"]["ToolRowId"];
        };
        /** @description The answer to an `input_required`. */
        InputAnswer: {
            /**
             * @description Id of the chosen button.
             * @default null
             */
            choice?: string | null;
            /** @description An object that fits the schema. */
            data?: unknown;
            /**
             * @description Free text.
             * @default null
             */
            text?: string | null;
        };
        /** @description A file that goes into a run; its bytes are a blob. */
        InputFile: {
            /** @description Its bytes, at `/api/v1/blobs/{id}`. */
            blob_id: components["schemas"]["BlobId"];
            /** @description Form field. */
            field: string;
            /** @description Media type. */
            media_type: string;
            /** @description File name. */
            name: string;
            /**
             * Format: int64
             * @description Size in bytes.
             */
            size: number;
        };
        /**
         * @description What kind of input a run waits for.
         * @enum {string}
         */
        InputKind: "choice" | "text" | "form" | "resume" | "timer" | "external";
        /** @description One question that a run waits for; unique within the run. */
        InputRequestId: string;
        /** @description Data of `input_required`. */
        InputRequired: {
            /** @description The buttons, for [`InputKind::Choice`]. */
            choices?: components["schemas"]["Choice"][];
            /**
             * Format: date-time
             * @description When the peer stops waiting (or, for [`InputKind::Timer`], goes on).
             */
            expires_at?: string | null;
            /** @description What kind of input. */
            kind: components["schemas"]["InputKind"];
            /** @description What the peer asks, in its own words. */
            prompt: string;
            /** @description To answer it with. */
            request_id: components["schemas"]["InputRequestId"];
            /** @description JSON Schema of the answer's `data`, for [`InputKind::Form`]. */
            schema?: unknown;
            /** @description The peer's own page for it. Never holds a signature or token. */
            url?: string | null;
        };
        /** @description Data of `input_resolved`. */
        InputResolved: {
            /** @description Who ended the pause. */
            by: components["schemas"]["ResolvedBy"];
            /** @description The chosen button, where there was one. */
            choice?: string | null;
            /** @description Which question. */
            request_id: components["schemas"]["InputRequestId"];
        };
        /** @description Body of `POST /api/v1/registry/install`. The answer is an [`ImportReport`] with an entry for each way. */
        InstallRequest: {
            /**
             * @description Only tells what would be added; so unless it is set to `false`.
             * @default true
             */
            dry_run?: boolean;
            /**
             * @description What to call the backend; absent: after the server.
             * @default null
             */
            name?: string | null;
            /**
             * @description Address of the registry; absent: the official one.
             * @default null
             */
            registry?: string | null;
            /**
             * @description Name of the server there: `namespace/name`.
             * @default
             */
            server?: string;
            /**
             * @description Values of variables, by name. They may be secrets.
             * @default {}
             */
            variables?: {
                [key: string]: string;
            };
            /**
             * @description Which version; absent: the latest.
             * @default null
             */
            version?: string | null;
            /**
             * @description Which way, as `way` in its entries; absent: the first one that is ready.
             * @default null
             */
            way?: string | null;
        };
        /** @description One line of a backend's journal. */
        JournalLine: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description `stderr`, `stdout` (what is no message) or `hub`. */
            source: string;
            /** @description What was said; cut to 2 KiB. */
            text: string;
        };
        /** @description Answer of `GET /api/v1/licences`. */
        Licences: {
            /** @description The libraries, by name. */
            packages: components["schemas"]["LicensedPackage"][];
            /** @description Texts of licences, each once. */
            texts: string[];
        };
        /** @description One library in the program. */
        LicensedPackage: {
            /** @description The SPDX expression that it declares. */
            licence: string;
            /** @description Its name. */
            name: string;
            /** @description Where its source is. */
            repository?: string | null;
            /** @description Places of its texts in `texts`; empty when it brings none. */
            texts: number[];
            /** @description Its version. */
            version: string;
        };
        /** @description Data of `link`. */
        Link: {
            /**
             * Format: int32
             * @description Number of the attempt, from 1.
             */
            attempt: number;
            /** @description The peer's own name of the run, where it is news. */
            detail?: string | null;
            /** @description Why, in plain words. */
            reason?: string | null;
            /** @description What happened. */
            state: components["schemas"]["LinkState"];
        };
        /**
         * @description What happened to the connection between hub and peer.
         * @enum {string}
         */
        LinkState: "identified" | "lost" | "reconnecting" | "recovering" | "recovered";
        /** @description Answer of `GET /api/v1/export`: a configuration that another program reads. Holds no secret. */
        McpExport: {
            /** @description The configuration itself. */
            document: Record<string, never>;
            /** @description Where that program looks for it, below a project's folder. */
            file: string;
            /** @description For which program. */
            format: components["schemas"]["ExportFormat"];
            /** @description Backends that are not in it, and why. */
            notes?: string[];
            /** @description What the program asks for, or takes from its environment. */
            variables: components["schemas"]["ExportVariable"][];
        };
        /** @description One message of a run. */
        Message: {
            /** @description Its id. */
            id: components["schemas"]["MessageId"];
            /** @description Log lines. */
            log?: string;
            /** @description What the model thought. */
            reasoning?: string;
            /** @description Who said it. */
            source?: components["schemas"]["Source"];
            step_id?: components["schemas"]["StepId"] | null;
            /** @description Another message replaces it. */
            superseded?: boolean;
            /** @description What it says, part by part. */
            text: string;
        };
        /** @description One message inside a run; unique within the run. */
        MessageId: string;
        /** @description Body of `POST /api/v1/backends`. */
        NewBackend: {
            /** @description Where it is. */
            base_url: string;
            /** @description Disabled backends are neither checked nor run. */
            enabled?: boolean;
            /** @description Unique name; 1 to 80 characters. */
            name: string;
            /** @description Platform-specific options. */
            options?: unknown;
            /** @description What it is. */
            platform: components["schemas"]["Platform"];
            /** @description Secrets by name. */
            secrets?: {
                [key: string]: string;
            };
        };
        /** @description Body of `POST /api/v1/conversations`. */
        NewConversation: {
            /**
             * @description Title to show, at most 200 characters; may be empty.
             * @default
             */
            title?: string;
        };
        /** @description Body of `POST /api/v1/tokens`. */
        NewToken: {
            /** @description What it is for; 1 to 80 characters. */
            name: string;
        };
        /**
         * @description How a run ended.
         * @enum {string}
         */
        Outcome: "succeeded" | "failed" | "cancelled" | "unknown";
        /** @description A page of a list. */
        Page_ApiToken: {
            /** @description The entries. */
            items: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /** @description Its id. */
                id: components["schemas"]["TokenId"];
                /**
                 * Format: date-time
                 * @description When it was last used, to about a minute; absent: never.
                 */
                last_used_at?: string | null;
                /** @description What it is for. */
                name: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_BackendView: {
            /** @description The entries. */
            items: (components["schemas"]["Backend"] & {
                /** @description The state of its connection. */
                health: components["schemas"]["Health"];
                peer?: components["schemas"]["PeerInfo"] | null;
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Conversation: {
            /** @description The entries. */
            items: {
                /**
                 * Format: date-time
                 * @description When it began.
                 */
                created_at: string;
                /** @description Its id. */
                id: components["schemas"]["ConversationId"];
                /** @description Title to show. */
                title: string;
                /**
                 * Format: date-time
                 * @description When something was last said.
                 */
                updated_at: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_ErrorPage: {
            /** @description The entries. */
            items: {
                /** @description The stable code. */
                code: components["schemas"]["ErrorCode"];
                /** @description What it means and what to check, in Markdown. */
                page: string;
                /**
                 * Format: int32
                 * @description The HTTP status that comes with it when a request ends in it.
                 */
                status: number;
                /** @description A title of a few words. */
                title: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_ImportPlace: {
            /** @description The entries. */
            items: {
                /** @description Whether there is one. */
                exists: boolean;
                /** @description The name to ask for it: `claude-desktop`, `claude-code`, `cursor`, `vscode` … */
                name: string;
                /** @description Where the file is or would be. */
                path: string;
                /** @description Name of the program. */
                title: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_InboxItem: {
            /** @description The entries. */
            items: ({
                /**
                 * Format: date-time
                 * @description Since when.
                 */
                asked_at: string;
                /** @description Name of its backend. */
                backend: string;
                /** @enum {string} */
                kind: "question";
                /** @description What it asks. */
                question: components["schemas"]["InputRequired"];
                /** @description The run. */
                run: components["schemas"]["Run"];
            } | {
                /**
                 * Format: date-time
                 * @description Since when.
                 */
                asked_at: string;
                /** @description Its name. */
                backend: string;
                /** @description Which backend. */
                backend_id: components["schemas"]["BackendId"];
                /** @enum {string} */
                kind: "sign_in";
            } | {
                /**
                 * Format: date-time
                 * @description Since when.
                 */
                asked_at: string;
                /** @description Name of its backend. */
                backend: string;
                /** @enum {string} */
                kind: "tool_changed";
                /** @description Its qualified name. */
                tool: string;
                /** @description Which tool. */
                tool_id: components["schemas"]["ToolRowId"];
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_JournalLine: {
            /** @description The entries. */
            items: {
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description `stderr`, `stdout` (what is no message) or `hub`. */
                source: string;
                /** @description What was said; cut to 2 KiB. */
                text: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Offered_PromptInfo: {
            /** @description The entries. */
            items: ({
                /** @description Its arguments; all are text. */
                arguments?: components["schemas"]["PromptArgument"][];
                /** @description What it is for. */
                description?: string | null;
                /** @description Its name. */
                name: string;
                /** @description Title to show. */
                title?: string | null;
            } & {
                /** @description Name of its backend. */
                backend: string;
                /** @description Whose it is. */
                backend_id: components["schemas"]["BackendId"];
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Offered_ResourceInfo: {
            /** @description The entries. */
            items: ({
                /** @description The peer's own hints. */
                annotations?: unknown;
                /** @description What it is. */
                description?: string | null;
                /** @description Media type. */
                media_type?: string | null;
                /** @description Its name. */
                name: string;
                /**
                 * Format: int64
                 * @description Size in bytes.
                 */
                size?: number | null;
                /** @description Title to show. */
                title?: string | null;
                /** @description Its address. */
                uri: string;
            } & {
                /** @description Name of its backend. */
                backend: string;
                /** @description Whose it is. */
                backend_id: components["schemas"]["BackendId"];
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Offered_ResourceTemplateInfo: {
            /** @description The entries. */
            items: ({
                /** @description What it is. */
                description?: string | null;
                /** @description Media type. */
                media_type?: string | null;
                /** @description Its name. */
                name: string;
                /** @description Title to show. */
                title?: string | null;
                /** @description Its address as an RFC 6570 template. */
                uri_template: string;
            } & {
                /** @description Name of its backend. */
                backend: string;
                /** @description Whose it is. */
                backend_id: components["schemas"]["BackendId"];
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_PlatformInfo: {
            /** @description The entries. */
            items: {
                /** @description An example of a base URL. */
                base_url_example: string;
                /** @description Its guide, in Markdown. */
                guide: string;
                /** @description JSON Schema of `options`. */
                options_schema: unknown;
                /** @description Which one. */
                platform: components["schemas"]["Platform"];
                /** @description JSON Schema of `secrets` (an object of strings). */
                secrets_schema: unknown;
                /** @description What it is and what is needed, in two sentences. */
                summary: string;
                /** @description Name to show. */
                title: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Run: {
            /** @description The entries. */
            items: {
                /**
                 * Format: int32
                 * @description Number of the current attempt, from 1; 0 before the first.
                 */
                attempt: number;
                /** @description Where it runs. */
                backend_id: components["schemas"]["BackendId"];
                conversation_id?: components["schemas"]["ConversationId"] | null;
                /**
                 * Format: date-time
                 * @description When it was written down.
                 */
                created_at: string;
                done?: components["schemas"]["Done"] | null;
                /**
                 * Format: date-time
                 * @description When it ended.
                 */
                ended_at?: string | null;
                /** @description The way in that was taken. */
                entry?: string | null;
                /** @description The peer's own name of the run, once known (for n8n: the execution id). */
                external_id?: string | null;
                /** @description Its id. */
                id: components["schemas"]["RunId"];
                /** @description What was put in, without the bytes of files. */
                input: components["schemas"]["RunInput"];
                /** @description Number of the last event in its log. */
                last_seq: components["schemas"]["u64"];
                /** @description Where it stands. */
                status: components["schemas"]["RunStatus"];
                tool_id?: components["schemas"]["ToolRowId"] | null;
                /** @description Runs of the same turn of a conversation stand side by side: none of them hears what the others say. */
                turn?: string | null;
                workflow_id?: components["schemas"]["WorkflowId"] | null;
                /** @description Name of what runs, at the time of the run. */
                workflow_name: string;
            }[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_StreamEvent: {
            /** @description The entries. */
            items: (components["schemas"]["EventBody"] & {
                message_id?: components["schemas"]["MessageId"] | null;
                parent_step_id?: components["schemas"]["StepId"] | null;
                /** @description The run this event belongs to. */
                run_id: components["schemas"]["RunId"];
                /** @description Its number in the run's log, from 1, without gaps. */
                seq: components["schemas"]["u64"];
                /** @description Who said it. */
                source?: components["schemas"]["Source"];
                step_id?: components["schemas"]["StepId"] | null;
                /**
                 * Format: date-time
                 * @description When the hub wrote it: RFC 3339, UTC, microseconds. A peer's own times are in `data`.
                 */
                timestamp: string;
                tool_id?: components["schemas"]["ToolCallId"] | null;
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_ToolView: {
            /** @description The entries. */
            items: (components["schemas"]["Tool"] & {
                /** @description Name of its backend. */
                backend: string;
                /** @description Whether it can be called. */
                status: components["schemas"]["ToolStatus"];
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /** @description A page of a list. */
        Page_Workflow: {
            /** @description The entries. */
            items: (components["schemas"]["WorkflowInfo"] & {
                /** @description Whose it is. */
                backend_id: components["schemas"]["BackendId"];
                /**
                 * Format: date-time
                 * @description When a discovery last saw it.
                 */
                discovered_at: string;
                /** @description The hub's id; stable across discoveries. */
                id: components["schemas"]["WorkflowId"];
                /** @description False when the last discovery did not find it any more. */
                present: boolean;
            })[];
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
        };
        /**
         * @description Which part of a message a `delta` appends to.
         * @enum {string}
         */
        Part: "text" | "reasoning" | "tool_arguments" | "log";
        /** @description What the peer says of itself, kept beside the backend (tables `orchestrators` and `mcp_servers`). */
        PeerInfo: {
            /** @description What it can do, in the platform's own words. */
            capabilities: unknown;
            /**
             * Format: date-time
             * @description When workflows and tools were last discovered.
             */
            discovered_at?: string | null;
            /** @description Version, or a bound of it. */
            version?: string | null;
        };
        /** @description A sign-in that waits for its browser. */
        PendingSignIn: {
            /**
             * Format: date-time
             * @description After this it has to be begun anew.
             */
            expires_at: string;
            /** @description What the browser brings back as `state`. */
            state: string;
            /** @description To open in a browser. */
            url: string;
        };
        /**
         * @description A kind of peer.
         * @enum {string}
         */
        Platform: "n8n" | "flowise" | "sim_studio" | "mcp" | "openai";
        /** @description A platform, for forms and documentation. */
        PlatformInfo: {
            /** @description An example of a base URL. */
            base_url_example: string;
            /** @description Its guide, in Markdown. */
            guide: string;
            /** @description JSON Schema of `options`. */
            options_schema: unknown;
            /** @description Which one. */
            platform: components["schemas"]["Platform"];
            /** @description JSON Schema of `secrets` (an object of strings). */
            secrets_schema: unknown;
            /** @description What it is and what is needed, in two sentences. */
            summary: string;
            /** @description Name to show. */
            title: string;
        };
        /**
         * @description An error, as RFC 9457 has it, served as `application/problem+json`.
         * @example {
         *       "type": "/api/v1/errors/not_found",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "There is no run 0198c0de-0000-7000-8000-000000000000.",
         *       "code": "not_found",
         *       "hint": "List them with /api/v1/runs.",
         *       "place": "path:id"
         *     }
         */
        Problem: {
            /** @description The stable code. */
            code: components["schemas"]["ErrorCode"];
            /** @description What happened, where. */
            detail: string;
            /** @description Every single fault of an input, where there may be several. */
            faults?: components["schemas"]["Fault"][];
            /** @description What to do next. */
            hint?: string | null;
            /**
             * Format: int32
             * @description HTTP status of a peer's answer, where there was one.
             */
            peer_status?: number | null;
            /** @description Where in the request: a JSON pointer, header or parameter. */
            place?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The code's title. */
            title: string;
            /** @description Where the page about this code is. */
            type: string;
        };
        /** @description One argument of a prompt. */
        PromptArgument: {
            /** @description What it means. */
            description?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Must be given. */
            required?: boolean;
            /** @description Title to show. */
            title?: string | null;
        };
        /** @description A prompt. */
        PromptInfo: {
            /** @description Its arguments; all are text. */
            arguments?: components["schemas"]["PromptArgument"][];
            /** @description What it is for. */
            description?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Title to show. */
            title?: string | null;
        };
        /** @description One message of a prompt. */
        PromptMessage: {
            /** @description Content as the peer sent it: text, image, audio, resource. */
            content: unknown;
            /** @description `user` or `assistant`. */
            role: string;
        };
        /** @description A prompt filled in. */
        PromptResult: {
            /** @description What it is for. */
            description?: string | null;
            /** @description The messages, in order. */
            messages: components["schemas"]["PromptMessage"][];
        };
        /** @description Data of `raw`. */
        Raw: {
            /** @description The frame, as text, cut to 8 KiB at a character border. */
            frame: string;
            /** @description Why it was not understood. */
            reason: string;
            /**
             * Format: int64
             * @description How many bytes the frame had.
             */
            size: number;
        };
        /** @description Body of `POST /api/v1/backends/{id}/resources/read`. */
        ReadResource: {
            /** @description Address of the resource. */
            uri: string;
        };
        /** @description Answer of `GET /api/v1/registry/servers`. */
        RegistryPage: {
            /** @description Cursor of the next page; absent on the last one. */
            next?: string | null;
            /** @description What is to be said of the answer: entries that could not be read, for example. */
            notes?: string[];
            /** @description The registry that was asked. */
            registry: string;
            /** @description What it has. */
            servers: components["schemas"]["RegistryServer"][];
        };
        /** @description A server in a registry. */
        RegistryServer: {
            /** @description What it does. */
            description: string;
            /** @description Whether there is no later version, where the registry says so. */
            is_latest?: boolean | null;
            /** @description Its name in the registry: `namespace/name`. */
            name: string;
            /** @description When it was published, as the registry writes it. */
            published_at?: string | null;
            /** @description Where its source is. */
            repository_url?: string | null;
            /** @description `active`, `deprecated` or `deleted`, where the registry says so. */
            status?: string | null;
            /** @description Why it has that status. */
            status_message?: string | null;
            /** @description Title to show. */
            title?: string | null;
            /** @description When it was last changed, as the registry writes it. */
            updated_at?: string | null;
            /** @description This version. */
            version: string;
            /** @description How it can be installed, the first one preferred: remote ones before those that run a program here. */
            ways: components["schemas"]["ImportEntry"][];
            /** @description Its page. */
            website_url?: string | null;
        };
        /**
         * @description What is older than a time: runs that ended before it, and conversations that were not used since.
         *
         *     A conversation is kept whole, with its runs, for as long as it is used; a run that goes on is never old.
         */
        Removable: {
            /**
             * Format: int64
             * @description Number of conversations.
             */
            conversations: number;
            /**
             * Format: int64
             * @description Number of runs.
             */
            runs: number;
        };
        /**
         * @description Who ended a pause.
         * @enum {string}
         */
        ResolvedBy: "answer" | "peer" | "run_ended";
        /** @description One part of a resource: `text` or `base64`. */
        ResourceContent: {
            /** @description Bytes, base64. */
            base64?: string | null;
            /** @description Media type. */
            media_type?: string | null;
            /** @description Text. */
            text?: string | null;
            /** @description Its address. */
            uri: string;
        };
        /** @description What was read: one or several parts. */
        ResourceContents: {
            /** @description The parts, in the peer's order. */
            contents: components["schemas"]["ResourceContent"][];
        };
        /** @description Something that can be read. */
        ResourceInfo: {
            /** @description The peer's own hints. */
            annotations?: unknown;
            /** @description What it is. */
            description?: string | null;
            /** @description Media type. */
            media_type?: string | null;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Size in bytes.
             */
            size?: number | null;
            /** @description Title to show. */
            title?: string | null;
            /** @description Its address. */
            uri: string;
        };
        /** @description A family of resources. */
        ResourceTemplateInfo: {
            /** @description What it is. */
            description?: string | null;
            /** @description Media type. */
            media_type?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Title to show. */
            title?: string | null;
            /** @description Its address as an RFC 6570 template. */
            uri_template: string;
        };
        /** @description One execution of a workflow or tool. */
        Run: {
            /**
             * Format: int32
             * @description Number of the current attempt, from 1; 0 before the first.
             */
            attempt: number;
            /** @description Where it runs. */
            backend_id: components["schemas"]["BackendId"];
            conversation_id?: components["schemas"]["ConversationId"] | null;
            /**
             * Format: date-time
             * @description When it was written down.
             */
            created_at: string;
            done?: components["schemas"]["Done"] | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at?: string | null;
            /** @description The way in that was taken. */
            entry?: string | null;
            /** @description The peer's own name of the run, once known (for n8n: the execution id). */
            external_id?: string | null;
            /** @description Its id. */
            id: components["schemas"]["RunId"];
            /** @description What was put in, without the bytes of files. */
            input: components["schemas"]["RunInput"];
            /** @description Number of the last event in its log. */
            last_seq: components["schemas"]["u64"];
            /** @description Where it stands. */
            status: components["schemas"]["RunStatus"];
            tool_id?: components["schemas"]["ToolRowId"] | null;
            /** @description Runs of the same turn of a conversation stand side by side: none of them hears what the others say. */
            turn?: string | null;
            workflow_id?: components["schemas"]["WorkflowId"] | null;
            /** @description Name of what runs, at the time of the run. */
            workflow_name: string;
        };
        /**
         * Format: uuid
         * @description One execution of a workflow, tool or agent loop.
         */
        RunId: string;
        /** @description What a person or program puts into a run. */
        RunInput: {
            /** @description Further fields: a JSON object that becomes the body (with `text` put in), or any JSON when there is no `text`. */
            data?: unknown;
            /**
             * @description Files.
             * @default []
             */
            files?: components["schemas"]["InputFile"][];
            /**
             * @description Additional request headers; no secrets: they are stored as they are.
             * @default {}
             */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description HTTP method, where the entry takes several.
             * @default null
             */
            method?: string | null;
            /**
             * @description Values of `:param` parts of the path.
             * @default {}
             */
            path?: {
                [key: string]: string;
            };
            /**
             * @description Query parameters.
             * @default {}
             */
            query?: {
                [key: string]: string;
            };
            /**
             * @description Session for the peer's memory; default: the conversation's id, else the run's.
             * @default null
             */
            session_id?: string | null;
            /**
             * @description What is said: the chat message, or the field of a webhook that takes text.
             * @default null
             */
            text?: string | null;
        };
        /**
         * @description Where a run stands.
         * @enum {string}
         */
        RunStatus: "queued" | "running" | "waiting" | "recovering" | "succeeded" | "failed" | "cancelled" | "unknown";
        /** @description What a browser brings back from a sign-in. Codes are secrets that work once. */
        SignInAnswer: {
            /**
             * @description The authorization code.
             * @default null
             */
            code?: string | null;
            /**
             * @description Why there is no code.
             * @default null
             */
            error?: string | null;
            /**
             * @description The same in words.
             * @default null
             */
            error_description?: string | null;
            /**
             * @description Who answers (RFC 9207).
             * @default null
             */
            iss?: string | null;
            /**
             * @description Which sign-in.
             * @default
             */
            state?: string;
        };
        /** @description Answer of `POST /api/v1/sign-in`. */
        SignInLink: {
            /**
             * Format: date-time
             * @description Until when it works.
             */
            expires_at: string;
            /** @description Path and query of the link, to be put behind the hub's address; works once. */
            path: string;
        };
        /** @description Who said it: every part that is known. */
        Source: {
            /** @description Name of the agent. */
            agent?: string | null;
            backend_id?: components["schemas"]["BackendId"] | null;
            /** @description Name of the node or block. */
            node?: string | null;
            /** @description Name of the tool. */
            tool?: string | null;
        };
        /** @description Data of `start`. */
        Start: {
            /** @description Name of the backend at the time of the run. */
            backend: string;
            /** @description The way in that was taken (id of an entry point). */
            entry?: string | null;
            /** @description Its platform. */
            platform: components["schemas"]["Platform"];
            /** @description True when the peer is a simulation that replays recordings. */
            simulated?: boolean;
            /** @description The workflow's name at the time of the run. */
            workflow: string;
            workflow_id?: components["schemas"]["WorkflowId"] | null;
        };
        /** @description Body of `POST /api/v1/runs`. Name the workflow by `workflow_id`, or by `backend` and `workflow`. */
        StartRun: {
            /**
             * @description Name or id of the backend.
             * @default null
             */
            backend?: string | null;
            /** @default null */
            conversation_id?: components["schemas"]["ConversationId"] | null;
            /**
             * @description Which way in; absent: the first runnable one.
             * @default null
             */
            entry?: string | null;
            /**
             * @description What to put in.
             * @default {}
             */
            input?: components["schemas"]["RunInput"];
            /**
             * @description Give several runs of a conversation the same turn to ask several workflows side by side: none of them hears what the others say. 1 to
             *     64 letters, digits, `-`, `_` or `.`; only with `conversation_id`.
             * @default null
             */
            turn?: string | null;
            /**
             * @description Name, external id or id of the workflow.
             * @default null
             */
            workflow?: string | null;
            /** @default null */
            workflow_id?: components["schemas"]["WorkflowId"] | null;
        };
        /** @description The parts of a form that starts a run with files. */
        StartRunForm: {
            /**
             * Format: binary
             * @description A file; the part's name is the form field that the workflow expects, and there may be several parts.
             */
            file?: string | null;
            /** @description What to run and what to put in. */
            run: components["schemas"]["StartRun"];
        };
        /** @description Data of `step_end`. */
        StepEnd: components["schemas"]["Times"] & {
            /** @description Why it failed. */
            error?: string | null;
            /** @description What went in, where it was not known at the start. */
            input?: unknown;
            /** @description What came out. */
            output?: unknown;
            /** @description The peer told that it ended, and more of it may follow: one more end with everything, or none. */
            provisional?: boolean;
            /** @description How it ended. */
            status: components["schemas"]["StepStatus"];
            usage?: components["schemas"]["Usage"] | null;
        };
        /**
         * @description One step of a run's trace; unique within the run. Tool calls are steps too: a
         *     [`ToolCallId`] and a `StepId` of one run never collide.
         */
        StepId: string;
        /**
         * @description What kind of step it is.
         * @enum {string}
         */
        StepKind: "node" | "agent" | "turn" | "model" | "tool" | "memory" | "workflow" | "loop" | "wait";
        /** @description Data of `step_start`. */
        StepStart: {
            /**
             * @description True when the hub concluded it (for example from a gap in a stream). The fold drops it once the
             *     peer's record of the run has told what really happened there.
             */
            inferred?: boolean;
            /** @description What went in, where it is known. */
            input?: unknown;
            /**
             * Format: int64
             * @description Which item of the input, from 0.
             */
            item?: number | null;
            /**
             * Format: int64
             * @description Which repetition of the same node, from 0.
             */
            iteration?: number | null;
            /** @description What kind of step it is. */
            kind: components["schemas"]["StepKind"];
            /** @description Name to show. */
            name: string;
            /** @description The peer's own type, for example `n8n-nodes-base.code`. */
            node_type?: string | null;
            /**
             * Format: int64
             * @description The peer's own number of this step among all steps of the run, to sort by.
             */
            order?: number | null;
            /**
             * Format: date-time
             * @description When the peer says that it began.
             */
            started_at?: string | null;
        };
        /**
         * @description How a step or tool call ended.
         * @enum {string}
         */
        StepStatus: "succeeded" | "failed" | "cancelled" | "skipped" | "unknown";
        /** @description One entry of a run's log, as every reader sees it and as it is stored. */
        StreamEvent: components["schemas"]["EventBody"] & {
            message_id?: components["schemas"]["MessageId"] | null;
            parent_step_id?: components["schemas"]["StepId"] | null;
            /** @description The run this event belongs to. */
            run_id: components["schemas"]["RunId"];
            /** @description Its number in the run's log, from 1, without gaps. */
            seq: components["schemas"]["u64"];
            /** @description Who said it. */
            source?: components["schemas"]["Source"];
            step_id?: components["schemas"]["StepId"] | null;
            /**
             * Format: date-time
             * @description When the hub wrote it: RFC 3339, UTC, microseconds. A peer's own times are in `data`.
             */
            timestamp: string;
            tool_id?: components["schemas"]["ToolCallId"] | null;
        };
        /** @description When the peer says that a step ran. What is absent is not known; readers then use the events' own times. */
        Times: {
            /**
             * Format: int64
             * @description Milliseconds from begin to end.
             */
            duration_ms?: number | null;
            /**
             * Format: int64
             * @description The peer's own number of this step among all steps of the run, to sort by.
             */
            order?: number | null;
            /**
             * Format: date-time
             * @description Begin, by the peer's clock.
             */
            started_at?: string | null;
        };
        /**
         * Format: uuid
         * @description One API token of the hub.
         */
        TokenId: string;
        /** @description A tool of a backend. */
        Tool: components["schemas"]["ToolInfo"] & {
            /** @description The definition that was accepted, while another one is there. */
            accepted?: unknown;
            /** @description Whose it is. */
            backend_id: components["schemas"]["BackendId"];
            /** @description The definition differs from the one that was accepted (the first one seen, or the last one that a person accepted). */
            changed?: boolean;
            /**
             * Format: date-time
             * @description When a discovery last saw it.
             */
            discovered_at: string;
            /** @description The hub's id; stable across discoveries. */
            id: components["schemas"]["ToolRowId"];
            /** @description False when the last discovery did not find it any more. */
            present: boolean;
            /** @description Unique among all tools of the hub, and stable: `server__tool`, at most 64 characters of `[A-Za-z0-9_-]`. */
            qualified_name?: string;
        };
        /** @description One call of a tool inside a run; unique within the run. */
        ToolCallId: string;
        /** @description Data of `tool_end`. */
        ToolEnd: components["schemas"]["Times"] & {
            /** @description Arguments, where they were not known at the start. */
            arguments?: unknown;
            /** @description Why it failed. */
            error?: string | null;
            /** @description The peer told that it ended, and more of it may follow: one more end with everything, or none. */
            provisional?: boolean;
            /** @description What it gave. */
            result?: unknown;
            /** @description How it ended. */
            status: components["schemas"]["StepStatus"];
        };
        /** @description A tool as its backend describes it. */
        ToolInfo: {
            /** @description The peer's own hints (`readOnlyHint`, `destructiveHint`, …). Nobody has checked them. */
            annotations?: unknown;
            /** @description The whole definition as the peer sent it, every key kept. */
            definition?: unknown;
            /** @description What it does. */
            description?: string | null;
            /** @description SHA-256 of the definition in canonical form, 64 hexadecimal digits: another fingerprint is another tool. */
            fingerprint?: string;
            /** @description JSON Schema of its arguments, as the peer wrote it. */
            input_schema: unknown;
            /** @description The peer's own name of it. */
            name: string;
            /** @description JSON Schema of its result. */
            output_schema?: unknown;
            /** @description Why it cannot be called, for a definition that is not valid. The tool is shown, and the others work. */
            problem?: string | null;
            /** @description Whether it can run as a task: `required`, `optional` or `forbidden`, in the peer's words. */
            task_support?: string | null;
            /** @description Title to show. */
            title?: string | null;
            /** @description What a person should see before trusting the description: hidden characters and such. */
            warnings?: string[];
        };
        /**
         * Format: uuid
         * @description One tool of one backend; stable across discoveries.
         */
        ToolRowId: string;
        /** @description Data of `tool_start`. */
        ToolStart: {
            /** @description Arguments, when they are known at the start. */
            arguments?: unknown;
            /** @description Name of the tool. */
            name: string;
            /**
             * Format: int64
             * @description The peer's own number of this call among all steps of the run, to sort by.
             */
            order?: number | null;
            /**
             * Format: date-time
             * @description When the peer says that it began.
             */
            started_at?: string | null;
        };
        /**
         * @description Whether a tool can be called right now.
         * @enum {string}
         */
        ToolStatus: "available" | "changed" | "quarantined" | "gone" | "backend_down" | "backend_disabled";
        /** @description A tool with what is known around it. */
        ToolView: components["schemas"]["Tool"] & {
            /** @description Name of its backend. */
            backend: string;
            /** @description Whether it can be called. */
            status: components["schemas"]["ToolStatus"];
        };
        /** @description Answer of `GET /api/v1/runs/{id}/trace`. */
        Trace: {
            /** @description Messages, in order of their first delta. */
            messages: components["schemas"]["Message"][];
            /** @description The run. */
            run: components["schemas"]["Run"];
            /** @description Steps, parents before children, siblings by order. */
            steps: components["schemas"]["TraceStep"][];
        };
        /** @description One step of a trace: a span. */
        TraceStep: {
            /**
             * Format: int64
             * @description Milliseconds it took; absent while it is going on.
             */
            duration_ms?: number | null;
            /** @description Why it failed. */
            error?: string | null;
            /** @description Its id. */
            id: components["schemas"]["StepId"];
            /** @description Concluded by the hub, not told by the peer. */
            inferred?: boolean;
            /** @description What went in. */
            input?: unknown;
            /**
             * @description Arguments of a tool call as they are being written (deltas of the part `tool_arguments`): not yet JSON.
             *     Empty once `input` says them; stays when they turned out not to be JSON.
             */
            input_text?: string;
            /** @description Opened by `tool_start`: arguments are in `input`, the result is in `output`. */
            is_tool_call: boolean;
            /**
             * Format: int64
             * @description Which item, from 0.
             */
            item?: number | null;
            /**
             * Format: int64
             * @description Which repetition, from 0.
             */
            iteration?: number | null;
            /** @description What kind of step. */
            kind: components["schemas"]["StepKind"];
            /** @description Name to show. */
            name: string;
            /** @description The peer's own type. */
            node_type?: string | null;
            /**
             * Format: int64
             * @description The peer's own number of the step.
             */
            order?: number | null;
            /** @description What came out. */
            output?: unknown;
            parent_id?: components["schemas"]["StepId"] | null;
            /** @description Whether the times are the peer's own. */
            peer_times: boolean;
            /** @description Ended, but the peer may tell more of it: what went in and what came out. */
            provisional?: boolean;
            /** @description Seq of the event that opened it. */
            seq: components["schemas"]["u64"];
            /** @description Who said it. */
            source?: components["schemas"]["Source"];
            /**
             * Format: date-time
             * @description When it began: by the peer's clock if `peer_times`, else when the hub heard of it.
             */
            started_at: string;
            status?: components["schemas"]["StepStatus"] | null;
            usage?: components["schemas"]["Usage"] | null;
        };
        /** Format: int64 */
        u64: number;
        /** @description Data of `usage`. The figures of one event are added to those of the others. */
        Usage: {
            /**
             * Format: double
             * @description Cost in US dollars, where the peer tells it.
             */
            cost_usd?: number | null;
            /** @description True when the peer estimated the figures. */
            estimated?: boolean;
            /**
             * Format: int64
             * @description Tokens that went in.
             */
            input_tokens: number;
            /** @description The model, where it is known. */
            model?: string | null;
            /**
             * Format: int64
             * @description Tokens that came out.
             */
            output_tokens: number;
        };
        /**
         * @description What the outcome of a run rests on.
         * @enum {string}
         */
        Verdict: "verified" | "unverified";
        /** @description What an orchestrator or LLM backend can run. */
        Workflow: components["schemas"]["WorkflowInfo"] & {
            /** @description Whose it is. */
            backend_id: components["schemas"]["BackendId"];
            /**
             * Format: date-time
             * @description When a discovery last saw it.
             */
            discovered_at: string;
            /** @description The hub's id; stable across discoveries. */
            id: components["schemas"]["WorkflowId"];
            /** @description False when the last discovery did not find it any more. */
            present: boolean;
        };
        /**
         * Format: uuid
         * @description One workflow of one backend; stable across discoveries.
         */
        WorkflowId: string;
        /** @description A workflow as its platform describes it. */
        WorkflowInfo: {
            /** @description Switched on at the peer. */
            active: boolean;
            /** @description What it does. */
            description?: string | null;
            /** @description Where the peer's own editor shows it. */
            editor_url?: string | null;
            /** @description Ways in, the preferred one first. */
            entries?: components["schemas"]["EntryPoint"][];
            /** @description The peer's own id. */
            external_id: string;
            graph?: components["schemas"]["Graph"] | null;
            /** @description Name to show. */
            name: string;
            /** @description What the backend wants to remember of it for running it (settings and such); no secrets. */
            private?: unknown;
            /** @description Why nothing of it can be run. */
            reason?: string | null;
            /** @description At least one entry can be run by the hub. */
            runnable: boolean;
            /** @description Tags. */
            tags?: string[];
            /** @description When the peer says it was last changed. */
            updated_at?: string | null;
            /** @description The peer's version of the definition that runs. */
            version?: string | null;
            /** @description What the user should know before running it. */
            warnings?: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_backends: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All backends, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_BackendView"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_backend: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "my n8n",
                 *       "platform": "n8n",
                 *       "base_url": "https://n8n.example.com",
                 *       "secrets": {
                 *         "api_key": "…"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewBackend"];
            };
        };
        responses: {
            /** @description Added. */
            201: {
                headers: {
                    /** @description Where the backend is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendView"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. `invalid_url`: URL cannot be used. `invalid_config`: Configuration does not fit the platform. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_backend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my n8n
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The backend. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_backend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my n8n
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_backend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my n8n
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "enabled": false
                 *     }
                 */
                "application/json": components["schemas"]["BackendChange"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendView"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. `invalid_url`: URL cannot be used. `invalid_config`: Configuration does not fit the platform. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    complete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "prompt": "review",
                 *       "argument": "language",
                 *       "value": "Ru"
                 *     }
                 */
                "application/json": components["schemas"]["CompletionRequest"];
            };
        };
        responses: {
            /** @description Proposals, best first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Completion"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_runnable`: Workflow cannot be run. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_process`: Server process failed. `peer_unauthorized`: Peer refuses the key. `peer_sign_in`: Sign-in needed. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discover_backend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my n8n
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveryReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_tls`: TLS fault. `peer_html`: Web page in place of an answer. `peer_unauthorized`: Peer refuses the key. `peer_scope_missing`: Key lacks a scope. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_connect_timeout`: Peer did not accept the connection in time. `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_journal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_JournalLine"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_prompt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "review",
                 *       "arguments": {
                 *         "language": "Rust"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["GetPrompt"];
            };
        };
        responses: {
            /** @description The messages. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromptResult"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_runnable`: Workflow cannot be run. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_input`: Input does not fit. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_process`: Server process failed. `peer_unauthorized`: Peer refuses the key. `peer_sign_in`: Sign-in needed. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. `peer_answer_too_large`: Answer too large. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_resource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "uri": "file:///notes.txt"
                 *     }
                 */
                "application/json": components["schemas"]["ReadResource"];
            };
        };
        responses: {
            /** @description Its content, in one or several parts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceContents"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_runnable`: Workflow cannot be run. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_process`: Server process failed. `peer_unauthorized`: Peer refuses the key. `peer_sign_in`: Sign-in needed. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. `peer_answer_too_large`: Answer too large. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    begin_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["BeginSignIn"];
            };
        };
        responses: {
            /** @description What to open, and what the browser brings back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingSignIn"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_runnable`: Workflow cannot be run. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_tls`: TLS fault. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_connect_timeout`: Peer did not accept the connection in time. `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out; the backend is checked now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_failed`: Peer failed. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finish_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my files
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "…",
                 *       "code": "…"
                 *     }
                 */
                "application/json": components["schemas"]["SignInAnswer"];
            };
        };
        responses: {
            /** @description Signed in; the backend is checked now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackendView"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_unauthorized`: Peer refuses the key. `peer_sign_in`: Sign-in needed. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_backend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my n8n
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found, check by check; also when a check failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or name of the backend.
                 * @example my n8n
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "base_url": "https://n8n.example.com"
                 *     }
                 */
                "application/json": components["schemas"]["BackendChange"];
            };
        };
        responses: {
            /** @description What was found, check by check; also when a check failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. `invalid_url`: URL cannot be used. `invalid_config`: Configuration does not fit the platform. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_new_backend: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "my n8n",
                 *       "platform": "n8n",
                 *       "base_url": "https://n8n.example.com",
                 *       "secrets": {
                 *         "api_key": "…"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NewBackend"];
            };
        };
        responses: {
            /** @description What was found, check by check; also when a check failed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectionReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. `invalid_url`: URL cannot be used. `invalid_config`: Configuration does not fit the platform. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_blob: {
        parameters: {
            query?: {
                /**
                 * @description File name to save it under.
                 * @example report.pdf
                 */
                name?: string;
            };
            header?: never;
            path: {
                /** @description Id of the blob. */
                id: components["schemas"]["BlobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_conversations: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /**
                 * @description At most this many, 1 to 500; default 50.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Only with this text in the title or in what was said; case does not matter.
                 * @example parcel
                 */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Conversations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Conversation"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Travel plans"
                 *     }
                 */
                "application/json": components["schemas"]["NewConversation"];
            };
        };
        responses: {
            /** @description Begun. */
            201: {
                headers: {
                    /** @description Where the conversation is. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the conversation. */
                id: components["schemas"]["ConversationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The conversation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the conversation. */
                id: components["schemas"]["ConversationId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_conversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the conversation. */
                id: components["schemas"]["ConversationId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Travel plans for June"
                 *     }
                 */
                "application/json": components["schemas"]["ConversationChange"];
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_data: {
        parameters: {
            query?: {
                /** @description Count what is older than so many days. */
                older_than_days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_data: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "retention_days": 90
                 *     }
                 */
                "application/json": components["schemas"]["DataChange"];
            };
        };
        responses: {
            /** @description As it is now; `removing` while old data goes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataView"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_errors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The closed list of codes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ErrorPage"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_error: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The code.
                 * @example peer_unreachable
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorPage"];
                    "text/html": string;
                    "text/markdown": string;
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hub_events: {
        parameters: {
            query?: {
                /**
                 * @description `{run id}@{seq of the last known event}`; may be repeated, up to 32 times.
                 * @example 0198c0de-0000-7000-8000-000000000000@0
                 */
                run?: string;
            };
            header?: {
                /** @description As browsers send it when they reconnect. */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description News, and the events of runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["HubNews"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seq_out_of_range`: Cursor beyond the log. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_readers`: Too many readers. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export: {
        parameters: {
            query: {
                /** @description Id or name of a backend; may be repeated. None: every MCP server. */
                backend?: string[];
                /** @description For which program. */
                format: components["schemas"]["ExportFormat"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The configuration. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["McpExport"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "document": "{\"mcpServers\": {\"time\": {\"command\": \"uvx\", \"args\": [\"mcp-server-time\"]}}}",
                 *       "dry_run": true
                 *     }
                 */
                "application/json": components["schemas"]["ImportRequest"];
            };
        };
        responses: {
            /** @description What it holds and what was added; also when single servers could not be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_places: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where they are or would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ImportPlace"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_inbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What waits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_InboxItem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_licences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Libraries and texts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Licences"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_spans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description ExportTraceServiceRequest. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "resourceSpans": []
                 *     }
                 */
                "application/json": unknown;
                "application/x-protobuf": number[];
            };
        };
        responses: {
            /** @description ExportTraceServiceResponse, empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": unknown;
                    "application/x-protobuf": number[];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    probe_spans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_platforms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All platforms. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PlatformInfo"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_prompts: {
        parameters: {
            query?: {
                /**
                 * @description Only of this backend (id or name).
                 * @example my files
                 */
                backend?: string;
                /**
                 * @description Only with this text in name, title or description; case does not matter.
                 * @example review
                 */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prompts, by backend. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Offered_PromptInfo"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registry_install: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "server": "io.github.example/weather",
                 *       "version": "1.0.2",
                 *       "way": "npm",
                 *       "variables": {
                 *         "WEATHER_API_KEY": "…"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["InstallRequest"];
            };
        };
        responses: {
            /** @description In which ways it can be had, and what was added. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. `invalid_url`: URL cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_tls`: TLS fault. `peer_connection_lost`: Connection to the peer lost. `peer_html`: Web page in place of an answer. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_rate_limited`: Peer limits the rate. `peer_bad_answer`: Answer not understood. `peer_answer_too_large`: Answer too large. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_connect_timeout`: Peer did not accept the connection in time. `peer_no_answer`: Peer did not answer in time. `peer_silent`: Peer fell silent. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    registry_servers: {
        parameters: {
            query?: {
                /** @description `next` of the page before. */
                cursor?: string;
                /** @description Servers on a page; 30 unless given. */
                limit?: number;
                /**
                 * @description Part of a server's name.
                 * @example filesystem
                 */
                q?: string;
                /**
                 * @description Address of the registry; absent: the official one.
                 * @example https://registry.modelcontextprotocol.io
                 */
                registry?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The latest versions, in the registry's order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistryPage"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_url`: URL cannot be used. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_tls`: TLS fault. `peer_connection_lost`: Connection to the peer lost. `peer_html`: Web page in place of an answer. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_rate_limited`: Peer limits the rate. `peer_bad_answer`: Answer not understood. `peer_answer_too_large`: Answer too large. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_connect_timeout`: Peer did not accept the connection in time. `peer_no_answer`: Peer did not answer in time. `peer_silent`: Peer fell silent. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_resource_templates: {
        parameters: {
            query?: {
                /**
                 * @description Only of this backend (id or name).
                 * @example my files
                 */
                backend?: string;
                /**
                 * @description Only with this text in template, name, title or description; case does not matter.
                 * @example readme
                 */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Templates, by backend. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Offered_ResourceTemplateInfo"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_resources: {
        parameters: {
            query?: {
                /**
                 * @description Only of this backend (id or name).
                 * @example my files
                 */
                backend?: string;
                /**
                 * @description Only with this text in address, name, title or description; case does not matter.
                 * @example readme
                 */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Resources, by backend. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Offered_ResourceInfo"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_runs: {
        parameters: {
            query?: {
                /**
                 * @description Only of this backend (id or name).
                 * @example my n8n
                 */
                backend?: string;
                /** @description Only of this conversation. */
                conversation_id?: components["schemas"]["ConversationId"];
                /** @description `next` of the page before. */
                cursor?: string;
                /**
                 * @description At most this many, 1 to 500; default 50.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Only with this text in the name of what ran, in what was put in, in the reason of its end, or in one of its ids; case does not matter.
                 * @example parcel
                 */
                q?: string;
                /**
                 * @description Only with this status; may be repeated.
                 * @example running
                 */
                status?: string;
                /** @description Only calls of this tool. */
                tool_id?: components["schemas"]["ToolRowId"];
                /** @description Only of this workflow. */
                workflow_id?: components["schemas"]["WorkflowId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of runs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Run"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_run: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request that had no answer with the same key: the run is started once, and given again. 1 to 200 visible ASCII characters. */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        /** @description What to run and what to put in. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "backend": "my n8n",
                 *       "workflow": "Support agent",
                 *       "input": {
                 *         "text": "Where is my parcel?"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["StartRun"];
                "multipart/form-data": components["schemas"]["StartRunForm"];
            };
        };
        responses: {
            /** @description Written down. */
            201: {
                headers: {
                    /** @description Where the run is; its events are below it. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. `not_runnable`: Workflow cannot be run. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_input`: Input does not fit. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_runs`: Too many runs. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the run. */
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the run. */
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "effect": "stopped",
                     *       "message": "n8n stopped execution 118."
                     *     }
                     */
                    "application/json": components["schemas"]["CancelReport"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `run_ended`: Run has ended. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_events: {
        parameters: {
            query?: {
                /**
                 * @description Seq of the last event that is known; default 0.
                 * @example 0
                 */
                after?: number;
                /**
                 * @description JSON only: at most this many, 1 to 1000; default 500.
                 * @example 500
                 */
                limit?: number;
                /**
                 * @description JSON only: seconds to wait for an event when there is none yet, 0 to 60.
                 * @example 0
                 */
                wait?: number;
            };
            header?: {
                /**
                 * @description As browsers send it when they reconnect.
                 * @example 0
                 */
                "Last-Event-ID"?: number | null;
            };
            path: {
                /** @description Id of the run. */
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_StreamEvent"];
                    "text/event-stream": components["schemas"]["StreamEvent"];
                };
            };
            /** @description The run has ended, and the reader has everything. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `seq_out_of_range`: Cursor beyond the log. */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_readers`: Too many readers. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answer_input: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the run. */
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "request_id": "wait-1",
                 *       "answer": {
                 *         "choice": "approve"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AnswerInput"];
            };
        };
        responses: {
            /** @description The run after the answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `run_ended`: Run has ended. `not_waiting`: Run does not wait for this. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_input`: Input does not fit. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `answer_rejected`: Peer did not take the answer. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_trace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the run. */
                id: components["schemas"]["RunId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The trace. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trace"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_sign_in_link: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInLink"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ApiToken"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "backup script"
                 *     }
                 */
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description Made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedToken"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the token. */
                id: components["schemas"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken back. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tools: {
        parameters: {
            query?: {
                /**
                 * @description Only of this backend (id or name).
                 * @example my files
                 */
                backend?: string;
                /** @description `next` of the page before. */
                cursor?: string;
                /**
                 * @description At most this many, 1 to 1000; default 500.
                 * @example 500
                 */
                limit?: number;
                /**
                 * @description Only with this text in name, title or description; case does not matter.
                 * @example search
                 */
                q?: string;
                /** @description Only with this status; may be repeated. */
                status?: components["schemas"]["ToolStatus"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of tools, by qualified name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ToolView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_tool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or qualified name of the tool; or its own name where only one backend has such a tool.
                 * @example my_files__read_file
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tool. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_tool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id or qualified name of the tool.
                 * @example my_files__read_file
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToolView"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    call_tool: {
        parameters: {
            query?: never;
            header?: {
                /** @description Repeat a request that had no answer with the same key: the run is started once, and given again. 1 to 200 visible ASCII characters. */
                "Idempotency-Key"?: string | null;
            };
            path: {
                /**
                 * @description Id or qualified name of the tool; or its own name where only one backend has such a tool.
                 * @example my_files__read_file
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "arguments": {
                 *         "path": "notes.txt"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CallTool"];
            };
        };
        responses: {
            /** @description Written down. */
            201: {
                headers: {
                    /** @description Where the run is; its events are below it. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description `invalid_request`: Invalid request. `invalid_json`: Not valid JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. `not_runnable`: Workflow cannot be run. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large`: Body too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: Unsupported media type. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_input`: Input does not fit. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_many_runs`: Too many runs. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `secret_unreadable`: Secret cannot be opened. `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_workflows: {
        parameters: {
            query?: {
                /**
                 * @description Only of this backend (id or name).
                 * @example my n8n
                 */
                backend?: string;
                /**
                 * @description Only with this text in name, description, tags or the peer's own id; case does not matter.
                 * @example support
                 */
                q?: string;
                /**
                 * @description Only those that the hub can run, or only those that it cannot.
                 * @example true
                 */
                runnable?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Workflows, by backend and name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Workflow"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the workflow. */
                id: components["schemas"]["WorkflowId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workflow. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Always `ok`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # TYPE jackfield_active_runs gauge
                     *     jackfield_active_runs 2
                     */
                    "text/plain": string;
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    callback: {
        parameters: {
            query: {
                /** @description The authorization code. */
                code?: string;
                /** @description Why there is no code. */
                error?: string;
                /** @description The same in words. */
                error_description?: string;
                /** @description Who answers (RFC 9207). */
                iss?: string;
                /** @description Which sign-in; it works once. */
                state: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that says that it worked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: Conflict. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_unreachable`: Peer not reachable. `peer_unauthorized`: Peer refuses the key. `peer_sign_in`: Sign-in needed. `peer_rejected`: Peer rejects the request. `peer_failed`: Peer failed. `peer_bad_answer`: Answer not understood. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `peer_no_answer`: Peer did not answer in time. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `ready`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `shutting_down`: Hub is shutting down. `storage`: Storage failed. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query: {
                /** @description The code of the link. */
                code: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in; goes on to the page of the hub. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid_request`: Invalid request. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthenticated`: Not signed in. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden_host`: Host not allowed. `forbidden_origin`: Origin not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Defect in Jackfield. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}

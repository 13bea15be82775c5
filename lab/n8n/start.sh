#!/usr/bin/env bash
# Starts the fake LLM and n8n on loopback, prepares the owner, API key, credentials and workflows, prints one JSON object.
#   LAB_DIR, N8N_VERSION as in install.sh; N8N_PORT (5678), LLM_PORT (18080), BROKER_PORT (N8N_PORT+1), RUN_DIR ($LAB_DIR/run-$N8N_PORT)
#   TOKENS, DELAY_MS go to the fake LLM. Further N8N_* variables of the caller's environment reach n8n. SETUP=0 leaves out the preparation.
set -euo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LAB_DIR="${LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/jackfield-lab}"
N8N_VERSION="${N8N_VERSION:-2.41.1}"; export N8N_PORT="${N8N_PORT:-5678}"; LLM_PORT="${LLM_PORT:-18080}"
RUN_DIR="${RUN_DIR:-$LAB_DIR/run-$N8N_PORT}"; mkdir -p "$RUN_DIR/home"
export PATH="$LAB_DIR/node24/node_modules/node-linux-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')/bin:$PATH"
for f in n8n llm; do if [ -f "$RUN_DIR/$f.pid" ] && kill -0 "$(cat "$RUN_DIR/$f.pid")" 2>/dev/null; then echo "already running: $f (stop.sh first)" >&2; exit 1; fi; done
PORT="$LLM_PORT" TOKENS="${TOKENS:-20}" DELAY_MS="${DELAY_MS:-30}" LOG_FILE="${LLM_LOG_FILE:-}" nohup node "$HERE/../fake-llm/server.mjs" > "$RUN_DIR/llm.log" 2>&1 & echo $! > "$RUN_DIR/llm.pid"
export N8N_USER_FOLDER="$RUN_DIR/home" N8N_HOST=127.0.0.1 N8N_LISTEN_ADDRESS=127.0.0.1 N8N_PROTOCOL=http
export N8N_ENCRYPTION_KEY=lab-only-not-a-secret N8N_SECURE_COOKIE=false NODE_ENV=production N8N_LOG_LEVEL="${N8N_LOG_LEVEL:-warn}"
export N8N_DIAGNOSTICS_ENABLED=false N8N_VERSION_NOTIFICATIONS_ENABLED=false N8N_TEMPLATES_ENABLED=false N8N_PERSONALIZATION_ENABLED=false
export N8N_COMMUNITY_PACKAGES_ENABLED=false N8N_DYNAMIC_BANNERS_ENABLED=false N8N_RUNNERS_BROKER_PORT="${BROKER_PORT:-$((N8N_PORT + 1))}"
export DB_TYPE=sqlite
nohup nice -n "${NICE:-5}" node "$LAB_DIR/n8n-$N8N_VERSION/node_modules/n8n/bin/n8n" start > "$RUN_DIR/n8n.log" 2>&1 & echo $! > "$RUN_DIR/n8n.pid"
t0=$(date +%s%3N)
for _ in $(seq 1 240); do
  kill -0 "$(cat "$RUN_DIR/n8n.pid")" 2>/dev/null || { tail -30 "$RUN_DIR/n8n.log" >&2; exit 1; }
  # 200 alone is not enough: while migrations run some paths already answer; the login page data tells that the API is there
  curl -sf -m 2 "http://127.0.0.1:$N8N_PORT/healthz/readiness" > /dev/null && curl -sf -m 2 "http://127.0.0.1:$N8N_PORT/rest/settings" > /dev/null && break
  sleep 0.5
done
ready_ms=$(( $(date +%s%3N) - t0 ))
STATE="$RUN_DIR/state.json"
[ "${SETUP:-1}" = 0 ] || node "$HERE/setup.mjs" "http://127.0.0.1:$N8N_PORT" "http://127.0.0.1:$LLM_PORT" "$STATE" "$N8N_VERSION" > /dev/null
node -e '
const fs = require("fs"); const [f, run, ready, ver] = process.argv.slice(1);
const s = fs.existsSync(f) ? JSON.parse(fs.readFileSync(f, "utf8")) : {};
const urls = {}; for (const [k, w] of Object.entries(s.wf ?? {})) urls[k] = { id: w.id, active: w.active, name: w.name, urls: w.urls };
console.log(JSON.stringify({ n8nVersion: ver, baseUrl: s.baseUrl, apiKey: s.apiKey, readOnlyApiKey: s.readKey, mcp: s.mcp, llmUrl: s.llmUrl, owner: s.owner, webhookSecrets: s.secrets, problems: s.problems, readyMs: Number(ready), stateFile: f, logs: run, pids: { n8n: Number(fs.readFileSync(run + "/n8n.pid")), llm: Number(fs.readFileSync(run + "/llm.pid")) }, workflows: urls }, null, 2));
' "$STATE" "$RUN_DIR" "$ready_ms" "$N8N_VERSION"

#!/usr/bin/env bash
# Starts the scripted LLM and Flowise on loopback, registers the first account, makes API keys and the flows of ./flows, and writes what a test needs to
# $RUN/state.json. FLOWISE_PORT (18300), LLM_PORT (18180), TOKENS, DELAY_MS; SETUP=0 leaves out the preparation (a restart with the data it had).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ -f "$APP/node_modules/sqlite3/build/Release/node_sqlite3.node" ] || { say "run install.sh first"; exit 1; }
export PATH="$NODE24_DIR/bin:$PATH"
mkdir -p "$DATA"
runs() { [ -f "$RUN/$1.pid" ] && kill -0 "$(cat "$RUN/$1.pid")" 2>/dev/null; }
if runs flowise; then say "flowise runs already (pid $(cat "$RUN/flowise.pid")); run stop.sh"; exit 1; fi
if ! runs llm; then
  PORT="$LLM_PORT" TOKENS="${TOKENS:-20}" DELAY_MS="${DELAY_MS:-30}" nohup nice -n 10 node "$HERE/../fake-llm/server.mjs" > "$RUN/llm.log" 2>&1 &
  echo $! > "$RUN/llm.pid"
fi
# A clean environment: nothing of the caller's (keys, proxies, DEBUG) reaches Flowise. HTTP_SECURITY_CHECK=false lets Execute Flow and MCP nodes call loopback.
cd "$APP"
nohup nice -n 10 env -i PATH="$PATH" HOME="$DATA" LANG=C.UTF-8 HOST=127.0.0.1 PORT="$PORT" \
  DATABASE_TYPE=sqlite DATABASE_PATH="$DATA" SECRETKEY_PATH="$DATA" APIKEY_PATH="$DATA" BLOB_STORAGE_PATH="$DATA/storage" LOG_PATH="$DATA/logs" LOG_LEVEL=info \
  DISABLE_FLOWISE_TELEMETRY=true HTTP_SECURITY_CHECK=false FLOWISE_DIR="$APP" NODE_OPTIONS="--require $HERE/offline-shim.cjs" \
  node node_modules/flowise/bin/run start > "$RUN/flowise.log" 2>&1 &
echo $! > "$RUN/flowise.pid"
for i in $(seq 1 480); do
  curl -fsS -m 2 "http://127.0.0.1:$PORT/api/v1/ping" > /dev/null 2>&1 && break
  runs flowise || { say "flowise died:"; tail -20 "$RUN/flowise.log" >&2; exit 1; }
  [ "$i" = 480 ] && { say "no answer after 120 s"; exit 1; }
  sleep 0.25
done
[ "${SETUP:-1}" = 0 ] || BASE="http://127.0.0.1:$PORT" LLM="http://127.0.0.1:$LLM_PORT/v1" OUT="$RUN/state.json" node "$HERE/setup.mjs" > /dev/null
say "flowise $VERSION at http://127.0.0.1:$PORT; state in $RUN/state.json"

#!/usr/bin/env bash
# Stops what start.sh started (by pid). With "--wipe" the instance's data folder is removed too.
set -uo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LAB_DIR="${LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/jackfield-lab}"; RUN_DIR="${RUN_DIR:-$LAB_DIR/run-${N8N_PORT:-5678}}"
for f in n8n llm; do
  [ -f "$RUN_DIR/$f.pid" ] || continue
  pid=$(cat "$RUN_DIR/$f.pid"); kill "$pid" 2>/dev/null
  for _ in $(seq 1 70); do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done   # n8n waits up to 30 s for running executions
  kill -0 "$pid" 2>/dev/null && kill -9 "$pid"
  rm -f "$RUN_DIR/$f.pid"
done
[ "${1:-}" = "--wipe" ] && rm -rf "$RUN_DIR"
echo stopped

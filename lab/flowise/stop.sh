#!/usr/bin/env bash
# Stops what start.sh started, by pid; with an argument ("flowise", "llm") only that. With "--wipe" the instance's data is removed too.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
case "${1:-}" in flowise | llm) WHICH="$1" ;; *) WHICH="flowise llm" ;; esac
for name in $WHICH; do
  [ -f "$RUN/$name.pid" ] || continue
  pid="$(cat "$RUN/$name.pid")"
  kill "$pid" 2>/dev/null
  for _ in $(seq 1 60); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
  kill -0 "$pid" 2>/dev/null && kill -9 "$pid"
  rm -f "$RUN/$name.pid"
  say "stopped $name ($pid)"
done
[ "${1:-}" = "--wipe" ] && rm -rf "$RUN"
exit 0

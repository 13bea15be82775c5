#!/usr/bin/env bash
# Stops what start.sh started, by pid; with a name only that. With "--wipe" what the servers wrote is removed too.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
case "${1:-}" in '' | --wipe) WHICH="$(cd "$RUN" 2>/dev/null && ls ./*.pid 2>/dev/null | sed 's|^\./||; s|\.pid$||')" ;; *) WHICH="$1" ;; esac
for name in $WHICH; do
  [ -f "$RUN/$name.pid" ] || continue
  pid="$(cat "$RUN/$name.pid")"
  kill "$pid" 2>/dev/null
  for _ in $(seq 1 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
  kill -0 "$pid" 2>/dev/null && kill -9 "$pid"
  rm -f "$RUN/$name.pid"
  say "stopped $name ($pid)"
done
[ "${1:-}" = "--wipe" ] && rm -rf "$RUN"
exit 0

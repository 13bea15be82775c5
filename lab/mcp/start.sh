#!/usr/bin/env bash
# Starts the servers that listen at an address, on loopback from MCP_PORT (18500) on, and writes what a test needs to $RUN/state.json: addresses of these and
# commands of the local ones. A server that is running already is left alone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ -x "$LAB/bin/node" ] && [ -f "$LAB/py/.done" ] || { say "run install.sh first"; exit 1; }
mkdir -p "$RUN"
# Name, offset of the port, path.
SERVERS="everything-http:0:/mcp everything-sse:1:/sse time-http:2:/mcp lab-http:3:/mcp lab-sse:4:/sse listen-http:5:/mcp"
LOCAL="everything filesystem memory thinking time git fetch lab listen"
runs() { [ -f "$RUN/$1.pid" ] && kill -0 "$(cat "$RUN/$1.pid")" 2>/dev/null; }
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
for entry in $SERVERS; do
  IFS=: read -r name offset path <<<"$entry"
  port=$((PORT + offset))
  runs "$name" && { say "$name runs already"; continue; }
  listens "$port" && { say "port $port is taken by something that is not $name of the lab"; exit 1; }
  # server.sh ends in exec: the pid is the server's. A clean environment: nothing of the caller's reaches it.
  nohup nice -n 10 env -i PATH="$PATH" HOME="$RUN" LANG=C.UTF-8 LAB_DIR="$LAB_DIR" MCP_PORT="$PORT" bash "$HERE/server.sh" "$name" "$port" \
    >"$RUN/$name.log" 2>&1 </dev/null &
  echo $! >"$RUN/$name.pid"
done
for entry in $SERVERS; do
  IFS=: read -r name offset path <<<"$entry"
  for i in $(seq 1 240); do
    listens "$((PORT + offset))" && break
    runs "$name" || { say "$name died:"; tail -20 "$RUN/$name.log" >&2; exit 1; }
    [ "$i" = 240 ] && { say "$name does not listen after 60 s"; exit 1; }
    sleep 0.25
  done
done
{
  printf '{\n  "http": {'
  separator=''
  for entry in $SERVERS; do
    IFS=: read -r name offset path <<<"$entry"
    printf '%s\n    "%s": "http://127.0.0.1:%d%s"' "$separator" "$name" "$((PORT + offset))" "$path"; separator=','
  done
  printf '\n  },\n  "stdio": {'
  separator=''
  for name in $LOCAL; do
    printf '%s\n    "%s": {"command": "bash", "args": ["%s/server.sh", "%s"], "env": {"LAB_DIR": "%s"}}' "$separator" "$name" "$HERE" "$name" "$LAB_DIR"; separator=','
  done
  printf '\n  }\n}\n'
} >"$RUN/state.json"
say "servers on ports $PORT to $((PORT + 5)); state in $RUN/state.json"

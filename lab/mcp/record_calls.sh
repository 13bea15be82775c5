#!/usr/bin/env bash
# Records what the running servers of the lab (start.sh) say to calls that the other recordings do not have: tasks, resources, prompts, completions, refusals.
#   record_calls.sh everything|lab OUT.json
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
which="$1"; out="$2"
proxy=$((PORT + 50))
case "$which" in everything) upstream=$PORT ;; lab) upstream=$((PORT + 3)) ;; *) say "everything or lab"; exit 2 ;; esac
python3 "$HERE/record_http.py" "$proxy" "$upstream" "$out" &
recorder=$!
trap 'kill $recorder 2>/dev/null || true' EXIT
for _ in $(seq 1 100); do (exec 3<>"/dev/tcp/127.0.0.1/$proxy") 2>/dev/null && break; sleep 0.1; done
url="http://127.0.0.1:$proxy/mcp"
both='accept: application/json, text/event-stream'; kind='content-type: application/json'
number=0
head="$(mktemp)"; body="$(mktemp)"
if [ "$which" = everything ]; then
  ask() { # method, params, extra curl options
    number=$((number + 1))
    curl -s -m 20 -D "$head" -o "$body" -H "$both" -H "$kind" ${session:+-H "mcp-session-id: $session"} ${session:+-H "mcp-protocol-version: 2025-11-25"} "${@:3}" "$url" \
      -d "{\"jsonrpc\":\"2.0\",\"id\":$number,\"method\":\"$1\",\"params\":$2}"
  }
  ask initialize '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"0"}}'
  session="$(tr -d '\r' <"$head" | grep -i '^mcp-session-id' | cut -d' ' -f2)"
  curl -s -m 20 -o /dev/null -H "$both" -H "$kind" -H "mcp-session-id: $session" "$url" -d '{"jsonrpc":"2.0","method":"notifications/initialized"}'
  ask tools/call '{"name":"simulate-research-query","arguments":{"topic":"bees"},"task":{"ttl":60000}}'
  task="$(grep -o '"taskId":"[^"]*"' "$body" | head -1 | cut -d'"' -f4)"
  ask tasks/get "{\"taskId\":\"$task\"}"
  ask tasks/list '{}'
  ask tasks/result "{\"taskId\":\"$task\"}"
  ask tasks/cancel "{\"taskId\":\"$task\"}"
  ask tasks/get '{"taskId":"none"}'
  ask tools/call '{"name":"simulate-research-query","arguments":{"topic":"bees"}}'
  ask tools/call '{"name":"echo","arguments":{}}'
  ask resources/templates/list '{}'
  ask resources/read '{"uri":"demo://resource/dynamic/text/3"}'
  ask resources/read '{"uri":"none://x"}'
  ask prompts/list '{}'
  ask prompts/get '{"name":"simple-prompt"}'
  ask completion/complete '{"ref":{"type":"ref/prompt","name":"completable-prompt"},"argument":{"name":"department","value":"E"}}'
  ask no/such '{}'
  curl -s -m 20 -o /dev/null -H "$both" -X DELETE -H "mcp-session-id: $session" "$url"
else
  ask() { # method, params without _meta, name
    number=$((number + 1))
    curl -s -m 20 -o "$body" -H "$both" -H "$kind" -H 'mcp-protocol-version: 2026-07-28' -H "mcp-method: $1" ${3:+-H "mcp-name: $3"} "$url" \
      -d "{\"jsonrpc\":\"2.0\",\"id\":$number,\"method\":\"$1\",\"params\":{$2\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}"
  }
  ask server/discover ''
  ask resources/list ''
  ask resources/templates/list ''
  ask resources/read '"uri":"lab://fixed",' lab://fixed
  ask resources/read '"uri":"lab://note/7",' lab://note/7
  ask resources/read '"uri":"lab://none",' lab://none
  ask prompts/list ''
  ask prompts/get '"name":"greet","arguments":{"name":"Ada"},' greet
  ask prompts/get '"name":"nope",' nope
  ask tools/call '"name":"none","arguments":{},' none
  ask no/such ''
  for wrong in 'mcp-method: tools/call' 'mcp-protocol-version: 2027-01-01' 'mcp-session-id: nope'; do
    number=$((number + 1))
    curl -s -m 20 -o "$body" -H "$both" -H "$kind" -H 'mcp-protocol-version: 2026-07-28' -H 'mcp-method: tools/list' -H "$wrong" "$url" \
      -d "{\"jsonrpc\":\"2.0\",\"id\":$number,\"method\":\"tools/list\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}}}"
  done
  curl -s -m 20 -o "$body" -H "$both" -H "$kind" "$url" -d '{"jsonrpc":"2.0","id":90,"method":"tools/list"}'
  curl -s -m 20 -o "$body" -H "$both" -H "$kind" -H 'mcp-session-id: nope' "$url" -d '{"jsonrpc":"2.0","id":91,"method":"tools/list"}'
  curl -s -m 20 -o "$body" -H 'accept: application/json' -H "$kind" "$url" -d '{"jsonrpc":"2.0","id":92,"method":"tools/list"}'
  curl -s -m 20 -o "$body" -H "$both" "$url" -H "$kind" -d '{"jsonrpc":'
fi
rm -f "$head" "$body"
kill -TERM $recorder; wait $recorder 2>/dev/null || true
say "recorded: $out"

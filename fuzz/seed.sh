#!/usr/bin/env bash
# Fills the corpus with the bodies of recorded exchanges, one seed a recording. Needs jq.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p corpus/json_lines corpus/sse
for recording in ../fixtures/wire/*/*/*.json; do
  name="$(basename "$(dirname "$recording")")-$(basename "$recording" .json)"
  body="$(jq -j '[.chunks[]? | if type == "array" then .[1] else .chunk // empty end] | join("")' "$recording")"
  [ -n "$body" ] || continue
  printf '%s\n' "$body" > "corpus/json_lines/$name"
  printf '%s\n' "$body" | sed 's/^/data: /; s/$/\n/' > "corpus/sse/$name"
done
# What MCP servers said: lines over stdio, event streams over HTTP.
for recording in ../fixtures/wire/mcp/*/*.json; do
  name="mcp-$(basename "$recording" .json)"
  jq -c '.messages[]? | select(.dir == "s2c") | .msg' "$recording" > "corpus/json_lines/$name"
  jq -r '.exchanges[]?.response.sse[]?
    | (if .event then "event: " + .event else empty end), (if .id then "id: " + .id else empty end),
      (if .data then "data: " + (.data | if type == "string" then . else tojson end) else empty end), ""' "$recording" > "corpus/sse/$name"
done
find corpus -type f -empty -delete
echo "seeds: $(find corpus -type f | wc -l)"

#!/usr/bin/env bash
# Fills the corpus with the bodies of recorded exchanges, one seed a recording. Needs jq.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p corpus/json_lines corpus/sse
for recording in ../fixtures/wire/*/*/*.json; do
  name="$(basename "$(dirname "$recording")")-$(basename "$recording" .json)"
  body="$(jq -j '[.chunks[]?.chunk // empty] | join("")' "$recording")"
  [ -n "$body" ] || continue
  printf '%s\n' "$body" > "corpus/json_lines/$name"
  printf '%s\n' "$body" | sed 's/^/data: /; s/$/\n/' > "corpus/sse/$name"
done
echo "seeds: $(find corpus -type f | wc -l)"

#!/usr/bin/env bash
# Draws the pictures of the README from real output: starts a hub with its demo peer, runs a workflow in a terminal,
# and writes what the terminal shows as SVG. Needs tmux and Python with `rich` (pip install rich).
#   docs/pictures/make.sh [path of the built jackfield]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
program="$(realpath "${1:-../../target/release/jackfield}")"
python3 -c 'import rich' || { echo "missing: Python's rich — pip install rich" >&2; exit 1; }
command -v tmux > /dev/null || { echo "missing: tmux" >&2; exit 1; }

folder="$(mktemp -d)"
"$program" serve --demo --data-dir "$folder/data" --listen 127.0.0.1:0 > "$folder/log" 2>&1 &
hub=$!
trap 'kill "$hub"; tmux -L pictures kill-server 2> /dev/null || true; wait "$hub" || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do grep -q '^  sign in' "$folder/log" && break; sleep 0.1; done
server="$(sed -n 's/^  address *//p' "$folder/log")"

ln -s "$program" "$folder/jackfield"
cat > "$folder/rc" <<RC
PS1='\$ '
export PATH="$folder:\$PATH" JACKFIELD_SERVER="$server" JACKFIELD_TOKEN="$(cat "$folder/data/token")"
RC
draw() { # name: what the terminal shows now
  tmux -L pictures capture-pane -e -p -t shot > "$folder/$1.ansi"
  python3 - "$folder/$1.ansi" "$1.svg" <<'PY'
import io, sys
from rich.console import Console
from rich.text import Text
lines = open(sys.argv[1]).read().rstrip("\n ").split("\n")
console = Console(record=True, width=100, file=io.StringIO())
for line in lines:
    console.print(Text.from_ansi(line), no_wrap=True)
console.save_svg(sys.argv[2], title="jackfield")
PY
}
tmux -L pictures -f /dev/null new-session -d -s shot -x 100 -y 42 "bash --rcfile $folder/rc"
say() { tmux -L pictures send-keys -t shot "$1" Enter; }
until_shown() { for _ in $(seq 100); do tmux -L pictures capture-pane -p -t shot | grep -q "$1" && return; sleep 0.1; done; echo "never shown: $1" >&2; exit 1; }
say "clear; jackfield run 'AI: streaming agent with three tools and memory' 'Is the sky clear in Rome?'"
until_shown 'succeeded in'
draw run
run="$(tmux -L pictures capture-pane -p -t shot | sed -n 's/.*jackfield trace \([0-9a-f-]*\).*/\1/p' | tail -1)"
say "clear; jackfield trace $run"
until_shown '^answer'
draw trace

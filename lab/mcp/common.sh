# Shared by the scripts of this folder. Everything that is installed or written lives in LAB_DIR, outside the tree.
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LAB_DIR="${LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/jackfield-lab}"
LAB="$LAB_DIR/mcp"
PORT="${MCP_PORT:-18500}"
RUN="${RUN_DIR:-$LAB_DIR/run-mcp-$PORT}"
say() { echo "[mcp lab] $*" >&2; }

# Shared by the scripts of this folder. Everything that is installed or written lives in LAB_DIR, outside the tree.
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LAB_DIR="${LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/jackfield-lab}"
VERSION="${FLOWISE_VERSION:-3.1.4}"
PORT="${FLOWISE_PORT:-18300}"; LLM_PORT="${LLM_PORT:-18180}"
APP="$LAB_DIR/flowise-$VERSION"; RUN="${RUN_DIR:-$LAB_DIR/run-flowise-$PORT}"; DATA="$RUN/data"
NODE_PKG="node-linux-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')"
NODE24_DIR="$LAB_DIR/node24/node_modules/$NODE_PKG"
say() { echo "[flowise lab] $*" >&2; }

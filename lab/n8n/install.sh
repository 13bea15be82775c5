#!/usr/bin/env bash
# Installs Node 24 and n8n from the npm registry into LAB_DIR (default: ~/.cache/jackfield-lab, outside the tree). Nothing outside LAB_DIR is changed.
#   LAB_DIR=/somewhere N8N_VERSION=2.41.1 ./install.sh
# Needs: npm, python3, make, g++ (one native module, sqlite3, is compiled: about a minute). About 3 GB of disk, 4-5 minutes.
set -euo pipefail
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LAB_DIR="${LAB_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/jackfield-lab}"
N8N_VERSION="${N8N_VERSION:-2.41.1}"   # 2.41.3 could not be installed: a package it pins was not in the registry then
mkdir -p "$LAB_DIR/node24" "$LAB_DIR/n8n-$N8N_VERSION"
NODE_PKG="node-linux-$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')"
if [ ! -x "$LAB_DIR/node24/node_modules/$NODE_PKG/bin/node" ]; then
  echo "== Node 24 ($NODE_PKG)"
  [ -f "$LAB_DIR/node24/package.json" ] || echo '{"name":"lab-node24","private":true,"version":"0.0.0"}' > "$LAB_DIR/node24/package.json"
  (cd "$LAB_DIR/node24" && npm install "$NODE_PKG@24" --no-audit --no-fund --loglevel=error)
fi
NODE_DIR="$LAB_DIR/node24/node_modules/$NODE_PKG"
export PATH="$NODE_DIR/bin:$PATH"
node -v
cd "$LAB_DIR/n8n-$N8N_VERSION"
# n8n 1.x takes its spreadsheet library from a host outside the registry; the registry's own (older) release does for a lab
case "$N8N_VERSION" in 1.*) OVERRIDES=',"overrides":{"xlsx":"0.18.5"}' ;; *) OVERRIDES='' ;; esac
[ -f package.json ] || echo '{"name":"lab-n8n","private":true,"version":"0.0.0"'"$OVERRIDES"'}' > package.json
if [ "$(node -p "try{require('./node_modules/n8n/package.json').version}catch{''}")" != "$N8N_VERSION" ]; then
  echo "== n8n $N8N_VERSION (install scripts off)"
  nice -n 10 npm install "n8n@$N8N_VERSION" --no-audit --no-fund --ignore-scripts --loglevel=error
fi
if [ ! -f node_modules/sqlite3/build/Release/node_sqlite3.node ]; then
  echo "== compiling sqlite3"
  nice -n 10 npm rebuild sqlite3 --ignore-scripts=false --nodedir="$NODE_DIR" --loglevel=error --foreground-scripts > sqlite3-build.log 2>&1 || { tail -20 sqlite3-build.log; exit 1; }
  [ -f node_modules/sqlite3/build/Release/node_sqlite3.node ] || { echo "sqlite3 was not built (see sqlite3-build.log; npm may be refusing install scripts)"; exit 1; }
fi
echo "== ready: n8n $(node node_modules/n8n/bin/n8n --version) in $LAB_DIR/n8n-$N8N_VERSION"

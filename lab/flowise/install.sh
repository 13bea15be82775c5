#!/usr/bin/env bash
# Installs Node 24 and Flowise from the npm registry into LAB_DIR (default: ~/.cache/jackfield-lab). Nothing outside LAB_DIR is changed.
# Needs npm, python3, make, g++ (one native module, sqlite3, is compiled: about 80 s), about 3 GB of disk, 4-8 minutes. Finished parts are skipped.
#   FLOWISE_VERSION picks a version; NO_LOCK=1 leaves out the lock file of the install that was tested.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
FLAGS=(--no-audit --no-fund --loglevel=error --ignore-scripts)
mkdir -p "$LAB_DIR/node24" "$APP"
if [ ! -x "$NODE24_DIR/bin/node" ]; then
  say "Node 24 ($NODE_PKG)"
  [ -f "$LAB_DIR/node24/package.json" ] || echo '{"name":"lab-node24","private":true,"version":"0.0.0"}' > "$LAB_DIR/node24/package.json"
  (cd "$LAB_DIR/node24" && nice -n 10 npm install "${FLAGS[@]}" "$NODE_PKG@24")
fi
export PATH="$NODE24_DIR/bin:$PATH"
cd "$APP"
# Install scripts stay off: some (faiss-node, couchbase, puppeteer) download from outside the registry and fail the whole install. Of the native
# modules only sqlite3 is needed, and it is built below.
if [ "$(node -p "try{require('./node_modules/flowise/package.json').version}catch{''}")" != "$VERSION" ]; then
  say "flowise $VERSION (about 3000 packages, 2.7 GB)"
  rm -rf node_modules package-lock.json
  echo "{\"name\":\"flowise-lab\",\"private\":true,\"dependencies\":{\"flowise\":\"$VERSION\"}}" > package.json
  # "install" and not "ci": the lock has only the packages of the platform that it was made on.
  if [ "$VERSION" = 3.1.4 ] && [ -z "${NO_LOCK:-}" ]; then gunzip -c "$HERE/package-lock.json.gz" > package-lock.json; fi
  nice -n 10 npm install "${FLAGS[@]}" --legacy-peer-deps
fi
if [ ! -f node_modules/sqlite3/build/Release/node_sqlite3.node ]; then
  say "compiling sqlite3"
  GYP=""
  for candidate in "$APP/node_modules/node-gyp/bin/node-gyp.js" "$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js"; do
    [ -f "$candidate" ] && [ "$(node -p "+require('$(dirname "$candidate")/../package.json').version.split('.')[0]")" -ge 10 ] && GYP="$candidate"
  done
  [ -n "$GYP" ] || { (cd "$LAB_DIR/node24" && nice -n 10 npm install "${FLAGS[@]}" node-gyp); GYP="$LAB_DIR/node24/node_modules/node-gyp/bin/node-gyp.js"; }
  (cd node_modules/sqlite3 && nice -n 10 node "$GYP" rebuild --nodedir="$NODE24_DIR") > sqlite3-build.log 2>&1 || { tail -20 sqlite3-build.log >&2; exit 1; }
fi
node -e "new (require('sqlite3').Database)(':memory:').get('select 1', (error) => { if (error) throw error })"
say "ready: flowise $VERSION in $APP"

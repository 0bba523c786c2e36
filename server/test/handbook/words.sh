# Stand before the blocks of a page. They stand for a terminal in which a server runs, and for systemd.
set -euo pipefail
cd "$SANDBOX"

block() { printf '\n## block %s\n' "$1"; }

# A server runs beside what follows, as in a terminal of its own; one on the same port ends first.
consentry() {
  if [ "${1:-}" != serve ]; then
    node "$CONSENTRY" "$@"
    return
  fi
  end_server "$PORT"
  CONSENTRY_DIALECTS="${CONSENTRY_DIALECTS:-none}" node "$CONSENTRY" "$@" >>"server-$PORT.log" 2>&1 &
  echo $! >"server-$PORT.pid"
  local tries
  for tries in $(seq 150); do
    # Alive is enough: a restored server is not ready before its operator has looked at it.
    if answers http || answers https; then return 0; fi
    kill -0 "$(cat "server-$PORT.pid")" 2>/dev/null || break
    sleep 0.1
  done
  cat "server-$PORT.log"
  return 1
}

answers() { curl --silent --insecure --fail --output /dev/null "$1://127.0.0.1:$PORT/healthz"; }

end_server() {
  [ -e "$SANDBOX/server-$1.pid" ] || return 0
  local pid
  pid=$(cat "$SANDBOX/server-$1.pid")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 150); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  rm -f "$SANDBOX/server-$1.pid"
}

systemctl() {
  case "$1 $2" in
    'stop consentry') end_server "$PORT" ;;
    'start consentry' | 'restart consentry') consentry serve ;;
    'reload nginx') if [ -s "$SANDBOX/nginx.pid" ]; then nginx -s reload; else nginx; fi ;;
    *) echo "systemctl $* is not known here"; return 1 ;;
  esac
}

nginx() { command nginx -p "$SANDBOX" -c "$SANDBOX/etc/nginx/nginx.conf" "$@"; }

end_all() {
  local file
  for file in "$SANDBOX"/server-*.pid; do
    [ ! -e "$file" ] || { file=${file##*/server-}; end_server "${file%.pid}"; }
  done
  [ ! -s "$SANDBOX/nginx.pid" ] || nginx -s stop
}

case " $PARTS " in
  *' installed '*)
    mkdir -p etc/consentry var/lib/consentry
    export CONSENTRY_CONFIG=$SANDBOX/etc/consentry/consentry.json
    consentry init --yes --issuer "$ISSUER" --port "$PORT" --data "$SANDBOX/var/lib/consentry" >/dev/null
    if [ -n "$SCENE" ]; then cp -p "$SCENE/etc/consentry/secret" etc/consentry
    else (umask 077; openssl rand -hex 32 >etc/consentry/secret); fi
    export CONSENTRY_SECRET_FILE=$SANDBOX/etc/consentry/secret
    ;;
esac
case " $PARTS " in
  *' running '*)
    if [ -n "$SCENE" ]; then
      cp -rp "$SCENE/var/lib/consentry/." var/lib/consentry
      consentry serve
    else
      # It was begun an hour ago: its next signing keys are old enough to be used.
      CONSENTRY_DEV=1 CONSENTRY_CLOCK_OFFSET=-3660 consentry serve
      for name in ada bela grace; do
        echo 'a long sentence that nobody else knows' |
          consentry user create "$name" --email "$name@example.com" --role owner --password-stdin >/dev/null
      done
      consentry client create 'Meadow Journal' --client-id meadow --owner ada \
        --redirect-uri https://meadow.example/callback --json >etc/meadow.json
      # What has happened until now is sealed before anything else.
      consentry serve
      for _ in $(seq 60); do
        [ -z "$(consentry audit seals)" ] || break
        sleep 0.2
      done
    fi
    SECRET=$(node -p 'JSON.parse(require("fs").readFileSync(0)).client_secret' <"${SCENE:-$SANDBOX}/etc/meadow.json")
    ;;
esac

#!/usr/bin/env bash
# mariadb.sh - a real MariaDB server for tests, on loopback, from Debian's own package.
#
#   mariadb.sh start [DIR]   start; prints `export ...` lines on stdout
#   mariadb.sh env   DIR     print the same lines again
#   mariadb.sh stop  DIR     stop it
#   mariadb.sh kill  DIR     end it as a power cut does
#   mariadb.sh wipe  DIR     stop it and remove DIR
#
# Settings (environment): MARIADB_PORT (default: a free one), MARIADB_OPTIONS (more options of the server, one word each).
# The server is made anew in DIR and runs as the user mysql where root starts it. It keeps a binary log of rows, whose files
# are called m-bin.000001 and so on, in a time zone that is not this machine's. Its superuser is `tester`, with a password.
# Nothing in it survives a power cut: it is for tests.
set -euo pipefail

. "$(dirname "$0")/common.sh"

USER_NAME=tester
PASSWORD='open sesame: 1/2&3 "#\'

require_packages() {
  command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null ||
    die "not installed: mariadb-server (./build.sh test does it)"
}

# The server's account, where root may not run it.
owner() { if [ "$(id -u)" = 0 ]; then echo mysql; else id -un; fi; }

make_server() {
  mkdir -m 700 "$DIR/data" "$DIR/socket" "$DIR/tmp"
  chmod 711 "$DIR/socket"
  cat >"$DIR/my.cnf" <<CONF
[mariadbd]
user = $(owner)
datadir = $DIR/data
socket = $DIR/socket/s
pid-file = $DIR/data/server.pid
log-error = $DIR/data/server.log
tmpdir = $DIR/tmp
bind-address = 127.0.0.1
port = $1
server-id = 7
log-bin = m-bin
binlog-format = ROW
default-time-zone = +13:00
skip-name-resolve
innodb-flush-log-at-trx-commit = 2
innodb-buffer-pool-size = 64M
innodb-log-file-size = 32M
CONF
  if [ "$(id -u)" = 0 ]; then chown -R mysql: "$DIR"/{data,socket,tmp}; fi
  # A server that starts removes the temporary tables of others from a folder that it shares with them.
  mariadb-install-db --no-defaults --user="$(owner)" --datadir="$DIR/data" --tmpdir="$DIR/tmp" --skip-test-db \
    --auth-root-authentication-method=normal >"$DIR/install.log" 2>&1 || die "mariadb-install-db failed, see $DIR/install.log"
}

run_server() {
  read -ra options <<<"${MARIADB_OPTIONS:-}"
  setsid mariadbd --defaults-file="$DIR/my.cnf" ${options[@]+"${options[@]}"} </dev/null >>"$DIR/start.log" 2>&1 &
  local i
  for ((i = 0; i < 300; i++)); do
    if mariadb-admin --no-defaults --socket="$DIR/socket/s" --user=nobody ping >/dev/null 2>&1; then return 0; fi
    kill -0 $! 2>/dev/null || die "the server did not come up, see $DIR/data/server.log"
    sleep 0.1
  done
  die "the server did not answer within 30 s, see $DIR/data/server.log"
}

make_superuser() {
  local quoted=${PASSWORD//\\/\\\\}
  mariadb --no-defaults --socket="$DIR/socket/s" --user=root <<SQL
CREATE USER '$USER_NAME'@'%' IDENTIFIED BY '$quoted';
GRANT ALL PRIVILEGES ON *.* TO '$USER_NAME'@'%' WITH GRANT OPTION;
SQL
  (umask 077; printf '%s' "$PASSWORD" >"$DIR/secret")
}

start() {
  require_packages
  DIR=${1:-$(mktemp -d "${TMPDIR:-/tmp}/mariadb.XXXXXX")}
  mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd)
  chmod 711 "$DIR"
  trap 'say "start failed; logs are in $DIR"; stop "$DIR" || true' EXIT
  local port
  if [ -e "$DIR/port" ]; then
    port=$(cat "$DIR/port")
    run_server
  else
    port=${MARIADB_PORT:-$(free_port)}
    make_server "$port"
    run_server
    make_superuser
    echo "$port" >"$DIR/port"
  fi
  {
    echo "export MARIADB_DIR='$DIR'"
    echo "export MARIADB_HOST='127.0.0.1'"
    echo "export MARIADB_PORT='$port'"
    echo "export MARIADB_USER='$USER_NAME'"
    echo "export MARIADB_PASSWORD_FILE='$DIR/secret'"
  } >"$DIR/env"
  trap - EXIT
  cat "$DIR/env"
}

stop() { # DIR [signal]
  [ -n "${1:-}" ] && [ -d "$1" ] || die "usage: mariadb.sh stop DIR"
  DIR=$(cd "$1" && pwd)
  if [ -e "$DIR/data/server.pid" ]; then
    local pid i
    pid=$(cat "$DIR/data/server.pid")
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    for ((i = 0; i < 300; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f "$DIR/data/server.pid"
  fi
  rm -f "$DIR/env"
}

case ${1:-} in
  start)   start "${2:-}" ;;
  env)     [ -r "${2:-.}/env" ] || die "no server in ${2:-?}"; cat "$2/env" ;;
  stop)    stop "${2:-}" ;;
  kill)    stop "${2:-}" KILL ;;
  wipe)    stop "${2:-}" KILL; [ ! -e "$DIR/my.cnf" ] || rm -rf -- "$DIR" ;;
  *)       sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

#!/usr/bin/env bash
# postgres.sh - a real PostgreSQL server for tests, on loopback, from Debian's own package.
#
#   postgres.sh start [DIR]   start; prints `export ...` lines on stdout
#   postgres.sh env   DIR     print the same lines again
#   postgres.sh stop  DIR     stop it
#   postgres.sh wipe  DIR     stop it and remove DIR
#
# Settings (environment): POSTGRES_PORT (default: a free one); POSTGRES_KIND=cluster for one to back up: its pages have
# checksums, its log is archived to DIR/archive, and a role `backup` with the same password may replicate and read.
# The cluster is made anew in DIR and owned by the user postgres where root starts it, since the server refuses to run
# as root. Its superuser is `tester`, whose password is asked for over TCP (scram-sha-256); it speaks TLS with a
# certificate of its own (PGSSLROOTCERT). Nothing in it survives a power cut: it is for tests.
set -euo pipefail

. "$(dirname "$0")/common.sh"

USER_NAME=tester
PASSWORD='open sesame: 1/2&3'

# The newest version's programs; Debian keeps them out of the PATH.
BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
[ -x "$BIN/initdb" ] || BIN=$(dirname "$(command -v initdb || echo /nowhere/initdb)")

require_packages() {
  [ -x "$BIN/initdb" ] && command -v openssl >/dev/null || die "not installed: postgresql openssl (./build.sh test does it)"
}

# Runs a program of the server as a user that it accepts.
as_server() {
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups env HOME=/ "$@"); else "$@"; fi
}

make_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=127.0.0.1' \
    -addext 'subjectAltName=IP:127.0.0.1' -keyout "$DIR/server.key" -out "$DIR/server.pem" 2>>"$DIR/openssl.log" ||
    die "openssl failed, see $DIR/openssl.log"
  chmod 600 "$DIR/server.key"
}

make_cluster() {
  make_certificate
  printf '%s' "$PASSWORD" >"$DIR/password"
  mkdir -m 700 "$DIR/data" "$DIR/socket"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$DIR"/{data,socket,server.key,password}; fi
  local options=() ; [ "${POSTGRES_KIND:-}" != cluster ] || options=(--data-checksums)
  as_server "$BIN/initdb" -D "$DIR/data" -U "$USER_NAME" --pwfile="$DIR/password" --auth=scram-sha-256 \
    --locale=C.UTF-8 --no-sync "${options[@]}" >"$DIR/initdb.log" 2>&1 || die "initdb failed, see $DIR/initdb.log"
  rm -f "$DIR/password"
  (umask 077; printf '%s' "$PASSWORD" >"$DIR/secret")
  cat >>"$DIR/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$DIR/socket'
ssl = on
ssl_cert_file = '$DIR/server.pem'
ssl_key_file = '$DIR/server.key'
max_connections = 60
timezone = 'Pacific/Auckland'
CONF
  if [ "${POSTGRES_KIND:-}" = cluster ]; then make_source; else make_fast; fi
}

make_fast() {
  cat >>"$DIR/data/postgresql.conf" <<CONF
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
}

make_source() {
  mkdir -p -m 700 "$DIR/archive"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$DIR/archive"; fi
  cat >>"$DIR/data/postgresql.conf" <<CONF
shared_buffers = 128MB
fsync = off
max_slot_wal_keep_size = '2GB'
max_wal_size = '512MB'
archive_mode = on
archive_command = 'cp %p $DIR/archive/%f'
CONF
}

start() {
  require_packages
  DIR=${1:-$(mktemp -d "${TMPDIR:-/tmp}/postgres.XXXXXX")}
  mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd)
  chmod 711 "$DIR"
  trap 'say "start failed; logs are in $DIR"; stop "$DIR" || true' EXIT
  local port
  if [ -e "$DIR/port" ]; then
    port=$(cat "$DIR/port")
  else
    port=${POSTGRES_PORT:-$(free_port)}
    make_cluster "$port"
    echo "$port" >"$DIR/port"
  fi
  as_server "$BIN/pg_ctl" -D "$DIR/data" -w -t 60 start -l "$DIR/data/server.log" </dev/null >"$DIR/start.log" 2>&1 ||
    die "the server did not come up, see $DIR/data/server.log"
  if [ "${POSTGRES_KIND:-}" = cluster ] && [ ! -e "$DIR/source" ]; then
    PGPASSWORD=$PASSWORD "$BIN/psql" -q -h 127.0.0.1 -p "$port" -U "$USER_NAME" -d postgres -v ON_ERROR_STOP=1 -v word="$PASSWORD" >>"$DIR/start.log" 2>&1 <<'SQL' ||
CREATE ROLE backup LOGIN REPLICATION PASSWORD :'word';
GRANT pg_monitor, pg_read_all_data TO backup;
SQL
      die "the role backup could not be made, see $DIR/start.log"
    touch "$DIR/source"
  fi
  {
    echo "export POSTGRES_DIR='$DIR'"
    echo "export POSTGRES_BIN='$BIN'"
    echo "export PGHOST='127.0.0.1'"
    echo "export PGPORT='$port'"
    echo "export PGUSER='$USER_NAME'"
    echo "export PGPASSWORD='$PASSWORD'"
    echo "export POSTGRES_PASSWORD_FILE='$DIR/secret'"
    echo "export PGSSLROOTCERT='$DIR/server.pem'"
  } >"$DIR/env"
  trap - EXIT
  cat "$DIR/env"
}

stop() { # DIR [mode]
  [ -n "${1:-}" ] && [ -d "$1" ] || die "usage: postgres.sh stop DIR"
  DIR=$(cd "$1" && pwd)
  [ ! -e "$DIR/data/postmaster.pid" ] ||
    as_server "$BIN/pg_ctl" -D "$DIR/data" -w -t 30 -m "${2:-fast}" stop </dev/null >>"$DIR/stop.log" 2>&1 || true
  rm -f "$DIR/env"
}

case ${1:-} in
  start)   start "${2:-}" ;;
  env)     [ -r "${2:-.}/env" ] || die "no server in ${2:-?}"; cat "$2/env" ;;
  stop)    stop "${2:-}" ;;
  wipe)    stop "${2:-}" immediate; [ ! -e "$DIR/port" ] || rm -rf -- "$DIR" ;;
  *)       sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

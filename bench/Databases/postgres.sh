#!/usr/bin/env bash
# postgres.sh - base backups of a pgbench cluster beside pgbackrest, in one run, alternating.
#
#   bench/Databases/postgres.sh FOLDER [SCALE] [ROUNDS]
#
# FOLDER is made, needs about six times the cluster's size, and is removed at the end; SCALE is pgbench's (80: 1.2 GiB).
# Needs root, the packages postgresql and pgbackrest, and a built console (./build.sh build). Prints seconds and bytes.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
FOLDER=$1 SCALE=${2:-80} ROUNDS=${3:-3}
mkdir "$FOLDER"; FOLDER=$(cd "$FOLDER" && pwd); chmod 711 "$FOLDER"
BIN=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
as_server() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); }
trap 'bash "$ROOT/tests/servers/postgres.sh" wipe "$FOLDER/server" >/dev/null 2>&1 || true; rm -rf "$FOLDER"' EXIT

POSTGRES_KIND=cluster bash "$ROOT/tests/servers/postgres.sh" start "$FOLDER/server" >"$FOLDER/env"
. "$FOLDER/env"
as_server sed -i "/^archive_/d" "$FOLDER/server/data/postgresql.conf"
mkdir -p "$FOLDER/pgbackrest/log" "$FOLDER/pgbackrest/lock" "$FOLDER/pgbackrest/repo"
cat >"$FOLDER/pgbackrest.conf" <<CONF
[global]
repo1-path=$FOLDER/pgbackrest/repo
log-path=$FOLDER/pgbackrest/log
lock-path=$FOLDER/pgbackrest/lock
process-max=2
compress-type=zst
compress-level=3
start-fast=y
log-level-console=warn
[demo]
pg1-path=$FOLDER/server/data
pg1-port=$PGPORT
pg1-socket-path=$FOLDER/server/socket
pg1-user=tester
CONF
chown -R postgres: "$FOLDER/pgbackrest" "$FOLDER/pgbackrest.conf"
rest() { as_server env PGPASSWORD="$PGPASSWORD" pgbackrest --config="$FOLDER/pgbackrest.conf" --stanza=demo "$@"; }
as_server tee -a "$FOLDER/server/data/postgresql.conf" >/dev/null <<CONF
archive_mode = on
archive_command = 'pgbackrest --config=$FOLDER/pgbackrest.conf --stanza=demo archive-push %p'
CONF
as_server "$BIN/pg_ctl" -D "$FOLDER/server/data" -w restart -l "$FOLDER/server/data/server.log" >/dev/null
"$BIN/pgbench" -i -q -s "$SCALE" postgres >/dev/null 2>&1
rest stanza-create

export BACKUPMODULE_HOME="$FOLDER/home" REPOSITORY_PASSWORD=benchmark
ours() { "$ROOT/out/psbackup/psbackup" -NoProfile -NonInteractive -Command "Import-Module '$ROOT/out/BackupModule'; $1" >>"$FOLDER/ours.log" 2>&1 || { tail -5 "$FOLDER/ours.log" >&2; exit 1; }; }
seconds() { local start=$EPOCHREALTIME; "$@" >>"$FOLDER/run.log" 2>&1; awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'; }
bytes() { du -sb "$1" | cut -f1; }
make_policy() {
  ours "\$null = New-BackupRepository -Name main -Location $FOLDER/repo -Password env:REPOSITORY_PASSWORD
    \$db = New-BackupDatabase -Name main -Engine PostgreSql -ConnectionString 'Host=127.0.0.1;Port=$PGPORT;Username=backup' -Password env:PGPASSWORD
    \$null = New-BackupPolicy -Name shop -RepositoryName main -Database \$db"
}
report() { printf '%-9s %-34s %8s s %14s bytes\n' "$1" "$2" "$3" "$4"; }

for round in $(seq "$ROUNDS"); do
  rm -rf "$FOLDER/home" "$FOLDER/repo"

  # The other tool counts no rows.
  "$BIN/psql" -qc 'REVOKE pg_read_all_data FROM backup' postgres
  make_policy
  "$BIN/psql" -qc 'CHECKPOINT' postgres
  t=$(seconds rest --type=full backup); rest_full=$(bytes "$FOLDER/pgbackrest/repo/backup"); report pgbackrest "full" "$t" "$rest_full"
  t=$(seconds ours 'Invoke-Backup -PolicyName shop'); ours_full=$(bytes "$FOLDER/repo"); report ours "full" "$t" "$ours_full"
  "$BIN/pgbench" -n -t 1000 postgres >/dev/null 2>&1
  "$BIN/psql" -qc 'CHECKPOINT' postgres
  t=$(seconds ours 'Invoke-Backup -PolicyName shop'); report ours "after 1,000 transactions" "$t" "$(($(bytes "$FOLDER/repo") - ours_full))"
  t=$(seconds rest --type=incr backup); report pgbackrest "after 1,000 transactions" "$t" "$(($(bytes "$FOLDER/pgbackrest/repo/backup") - rest_full))"
  as_server mkdir -m 700 "$FOLDER/pgbackrest/restored"
  sync
  t=$(seconds rest --pg1-path="$FOLDER/pgbackrest/restored" --type=immediate --target-action=promote restore); report pgbackrest "restore of files" "$t" "$(bytes "$FOLDER/pgbackrest/restored")"
  rm -rf "$FOLDER/pgbackrest/restored"; sync
  t=$(seconds ours "Restore-Backup -PolicyName shop -Include /.backup/databases/main -Destination $FOLDER/restored"); report ours "restore of files" "$t" "$(bytes "$FOLDER/restored")"
  rm -rf "$FOLDER/restored"; sync
  t=$(seconds ours "Restore-Backup -PolicyName shop -Component Database -Destination $FOLDER/recovered -NoStart | Select-Object -ExpandProperty Phases | Out-String | Write-Output"); report ours "restore, recovery, checks" "$t" "$(bytes "$FOLDER/recovered")"
  rm -rf "$FOLDER/recovered" "$FOLDER/home" "$FOLDER/repo"; sync
  "$BIN/psql" -qc 'GRANT pg_read_all_data TO backup' -c 'CHECKPOINT' postgres
  make_policy
  t=$(seconds ours 'Invoke-Backup -PolicyName shop'); report ours "full, rows counted" "$t" "$(bytes "$FOLDER/repo")"
done

# How far the stream is behind while pgbench writes: sampled ten times a second for half a minute.
"$BIN/pgbench" -n -c 4 -T 45 postgres >/dev/null 2>&1 &
ours "\$null = Start-BackupLogStream shop
  \$lags = foreach (\$i in 1..350) { [System.Threading.Thread]::Sleep(100); if (\$i -gt 50) { (Get-BackupLogStream shop).Lag.TotalSeconds } }
  \$stream = Get-BackupLogStream shop
  [System.IO.File]::WriteAllText('$FOLDER/lag', ('{0:0.0} s at most, {1:0.0} s on average, {2} MiB streamed' -f (\$lags | Measure-Object -Maximum).Maximum, (\$lags | Measure-Object -Average).Average, [int](\$stream.ReceivedBytes / 1MB)))
  \$null = Stop-BackupLogStream shop -Confirm:\$false"
wait
echo "stream behind pgbench: $(cat "$FOLDER/lag")"

# What the scripts of test servers share; they source it.

say() { echo "$(basename "$0" .sh): $*" >&2; }
die() { say "$*"; exit 1; }

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# COUNT consecutive ports below the ephemeral range that nobody on 127.0.0.1 listens on; prints the first.
free_ports() {
  local p i k
  for ((i = 0; i < 200; i++)); do
    p=$((15000 + RANDOM % 15000))
    for ((k = 0; k < $1; k++)); do port_is_free $((p + k)) || continue 2; done
    echo "$p"; return 0
  done
  die "found no free port"
}

free_port() { free_ports 1; }

#!/usr/bin/env bash
# Builds, tests and shows the module on a machine that has the .NET SDK, with or without PowerShell.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    echo "usage: ./build.sh build | demo | test | bench [-Data LIST] [-Steps LIST] [-Tools LIST] [-Rounds N] [-Scale N]"
    echo "       ./build.sh bench -Stages [-Filter PATTERN]"
}

host_folder="out/psbackup"
host="$host_folder/psbackup"
minimum_powershell="7.6"

has_powershell() {
    local version
    command -v pwsh > /dev/null || return 1
    version="$(pwsh -NoProfile -Version | awk '{ print $2 }')"
    [ "$(printf '%s\n' "$minimum_powershell" "$version" | sort -V | head -n 1)" = "$minimum_powershell" ]
}

host_is_current() {
    [ -x "$host" ] && [ -z "$(find src/BackupModule.Host Directory.Build.props Directory.Packages.props global.json \
        \( -name bin -o -name obj \) -prune -o -type f -newer "$host_folder/psbackup.dll" -print -quit)" ]
}

runtime_identifier() {
    local system=linux machine
    [ "$(uname -s)" = Darwin ] && system=osx
    compgen -G '/lib/ld-musl-*' > /dev/null && system=linux-musl
    case "$(uname -m)" in
        aarch64 | arm64) machine=arm64 ;;
        *) machine=x64 ;;
    esac
    echo "$system-$machine"
}

# Keep in step with Publish-Host in build/Stage.ps1, which does this where PowerShell runs the build.
publish_host() {
    local log
    log="$(mktemp)"
    echo "Building the console (psbackup), once."
    # A program that runs cannot be overwritten, but it can be replaced.
    rm -rf "$host_folder"
    if ! dotnet publish src/BackupModule.Host --configuration Release --runtime "$(runtime_identifier)" \
        --output "$host_folder" > "$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
    touch "$host_folder/psbackup.dll"
}

task="${1:-build}"
[ "$#" -eq 0 ] || shift
case "$task" in
    build | demo | test | bench) ;;
    -h | --help | -help) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
esac

if ! command -v dotnet > /dev/null; then
    echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download (Debian: package dotnet-sdk-10.0)." >&2
    exit 1
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 HOME="${HOME:-/tmp}"
if has_powershell; then
    exec pwsh -NoProfile -NonInteractive -File ./build.ps1 -Task "$task" "$@"
fi

host_is_current || publish_host
exec "$host" -NonInteractive -File ./build.ps1 -Task "$task" "$@"

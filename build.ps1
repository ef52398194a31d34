# The one build, for PowerShell 7.6 and for psbackup: only the language, the engine's own cmdlets and .NET calls.
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Demo', 'Test')]
    [string]$Task = 'Build'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$root = $PSScriptRoot
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

. "$root/build/Tools.ps1"
. "$root/build/Stage.ps1"

switch ($Task) {
    'Build' {
        Publish-Everything $root
    }
    'Demo' {
        Publish-Everything $root
        & "$root/build/Demo.ps1"
    }
    'Test' {
        . "$root/build/Test.ps1"
        if (-not (Invoke-AllTests $root)) {
            exit 1
        }
    }
}

exit 0

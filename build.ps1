# The one build, for PowerShell 7.6 and for psbackup: only the language, the engine's own cmdlets and .NET calls.
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Demo', 'Test', 'Bench')]
    [string]$Task = 'Build',

    # The rest is for Bench alone; docs/benchmarks.md says what they mean. Lists may be one text with commas.
    [string[]]$Data,
    [string[]]$Steps,
    [string[]]$Tools,
    [int]$Rounds,
    [double]$Scale,
    [string]$Folder,
    [switch]$Stages,
    [string]$Filter
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
    'Bench' {
        . "$root/build/Bench.ps1"
        $options = [hashtable]::new($PSBoundParameters)
        $options.Remove('Task')
        exit (Invoke-Bench $root $options)
    }
}

exit 0

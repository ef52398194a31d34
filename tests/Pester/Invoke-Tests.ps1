# Runs the test files with Pester 5 where it is installed and else with the runner beside this file. Both read the same
# files; the answer has PassedCount, FailedCount, SkippedCount and Tests either way.
param([string[]]$Path = @(), [string[]]$Tag = @(), [string[]]$ExcludeTag = @())

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if ($Path.Count -eq 0) {
    $Path = [string[]]@([System.IO.Directory]::GetFiles($PSScriptRoot, '*.Tests.ps1'))
    [Array]::Sort($Path, [StringComparer]::Ordinal)
}

$pester = @(Get-Module -ListAvailable -Name Pester).Where({ $_.Version.Major -eq 5 }, 'First')
if ($pester) {
    Import-Module $pester[0].Path
    $configuration = [PesterConfiguration]@{
        Run = @{ Path = $Path; PassThru = $true }
        Filter = @{ Tag = $Tag; ExcludeTag = $ExcludeTag }
        Output = @{ Verbosity = 'Detailed' }
    }
    Invoke-Pester -Configuration $configuration
}
else {
    Import-Module "$PSScriptRoot/Runner/Runner.psm1" -Force
    Invoke-TestRun -Path $Path -Tag $Tag -ExcludeTag $ExcludeTag
}

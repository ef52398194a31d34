# Runs ordinary Pester 5 files where Pester itself is not at hand. Only the language, the engine's own cmdlets and .NET.
Set-StrictMode -Version Latest

. "$PSScriptRoot/Discovery.ps1"
. "$PSScriptRoot/Execution.ps1"
. "$PSScriptRoot/Run.ps1"
. "$PSScriptRoot/Invokers.ps1"
. "$PSScriptRoot/TestDrive.ps1"
. "$PSScriptRoot/Reporter.ps1"
. "$PSScriptRoot/Should.ps1"
. "$PSScriptRoot/Assertions.ps1"

# The run in progress; a test may start another run, so it is put back when that one ends.
$script:Run = $null

Export-ModuleMember -Function @(
    'Describe', 'Context', 'It', 'BeforeDiscovery', 'BeforeAll', 'AfterAll', 'BeforeEach', 'AfterEach', 'Should'
    'Set-ItResult', 'Invoke-TestRun'
)

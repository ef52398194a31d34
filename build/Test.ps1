# Runs every test there is and closes with one line that counts them.
. "$PSScriptRoot/Prerequisites.ps1"

# True when nothing failed; with CI=true a test skipped because something "needs " to be there is a failure too.
function Invoke-AllTests([string]$Root) {
    Install-Prerequisites
    Publish-Everything $Root
    $results = @(
        Invoke-UnitTests $Root
        Invoke-PesterTests $Root
    )

    $passed = $failed = $skipped = 0
    $unmet = [System.Collections.Generic.List[string]]::new()
    foreach ($result in $results) {
        $passed += $result.Passed
        $failed += $result.Failed
        $skipped += $result.Skipped
        $unmet.AddRange([string[]]@($result.SkipReasons -like 'needs *'))
    }

    $isMissed = $env:CI -eq 'true' -and $unmet.Count -gt 0
    if ($unmet.Count -gt 0) {
        Write-Step "Skipped for want of something: $($unmet -join '; ')"
    }

    $Host.UI.WriteLine("$passed passed, $failed failed, $skipped skipped")
    $passed -gt 0 -and $failed -eq 0 -and -not $isMissed
}

function Invoke-UnitTests([string]$Root) {
    Write-Step 'Unit tests'
    Invoke-Dotnet 'build', "$Root/tests/Unit", '--configuration', 'Release'
    Reset-Folder "$Root/out/test-results"
    $report = "$Root/out/test-results/unit.xml"
    $name = if ($IsWindows) { 'BackupModule.Tests.exe' } else { 'BackupModule.Tests' }

    # Many of them wait for a server or a clock; on two cores, three at a time leave less of the cores idle.
    & "$Root/tests/Unit/bin/Release/net10.0/$name" -maxThreads 1.5x -noLogo -noColor -result-xml $report | Out-Host
    $exitCode = $LASTEXITCODE
    if (-not [System.IO.File]::Exists($report)) {
        Write-Step "The unit tests ended without a report (exit code $exitCode)"
        return New-TestTotal 0 1 0 @()
    }

    $passed = $failed = $skipped = 0
    $assemblies = ([xml][System.IO.File]::ReadAllText($report)).DocumentElement
    foreach ($assembly in $assemblies.SelectNodes('assembly')) {
        $passed += [int]$assembly.GetAttribute('passed')
        $failed += [int]$assembly.GetAttribute('failed') + [int]$assembly.GetAttribute('errors')
        $skipped += [int]$assembly.GetAttribute('skipped')
    }

    if ($exitCode -ne 0 -and $failed -eq 0) {
        Write-Step "The unit tests ended with exit code $exitCode though none failed"
        $failed = 1
    }

    $reasons = foreach ($reason in $assemblies.SelectNodes('//test[@result="Skip"]/reason')) { $reason.InnerText }
    New-TestTotal $passed $failed $skipped $reasons
}

function Invoke-PesterTests([string]$Root) {
    Write-Step 'Pester tests'
    $result = & "$Root/tests/Pester/Invoke-Tests.ps1"
    $reasons = foreach ($test in $result.Tests) {
        if ($test.Result -eq 'Skipped' -and $test.ErrorRecord) {
            $test.ErrorRecord.Exception.Message -replace '^is \w+, because '
        }
    }

    New-TestTotal $result.PassedCount $result.FailedCount $result.SkippedCount $reasons
}

function New-TestTotal([int]$Passed, [int]$Failed, [int]$Skipped, [string[]]$SkipReasons) {
    [pscustomobject]@{ Passed = $Passed; Failed = $Failed; Skipped = $Skipped; SkipReasons = @($SkipReasons) }
}

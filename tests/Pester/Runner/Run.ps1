# A run: each file discovered, then executed, and the counts of all of them.

function Select-Test([string[]]$Tag, [string[]]$ExcludeTag) {
    foreach ($test in @($script:Run.Tests)) {
        $wanted = $Tag.Count -eq 0 -or @($test.Tag).Where({ $_ -in $Tag }).Count -gt 0
        if (-not $wanted -or @($test.Tag).Where({ $_ -in $ExcludeTag }).Count -gt 0) {
            $null = $test.Block.Children.Remove($test)
            $null = $script:Run.Tests.Remove($test)
        }
    }
}

# Runs test files and gives the counts and the tests, with the property names of Pester's own result.
function Invoke-TestRun {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string[]]$Path,
        [string[]]$Tag = @(),
        [string[]]$ExcludeTag = @(),
        [switch]$Quiet
    )

    $outer = $script:Run
    $tests = [System.Collections.Generic.List[object]]::new()
    $failedBlocks = 0
    try {
        foreach ($file in $Path) {
            $script:Run = [pscustomobject]@{
                Invokers = New-Invokers $PSCmdlet.SessionState
                CurrentBlock = New-Block $file $null ([pscustomobject]@{ HasValue = $false; Value = $null }) @() $false
                Tests = [System.Collections.Generic.List[object]]::new()
                TestDrive = $null
                FailedBlocks = 0
                Quiet = [bool]$Quiet
            }
            Invoke-TestFile $file $Tag $ExcludeTag
            $tests.AddRange($script:Run.Tests)
            $failedBlocks += $script:Run.FailedBlocks
        }
    }
    finally {
        $script:Run = $outer
    }

    [pscustomobject]@{
        PassedCount = $tests.FindAll({ $args[0].Result -eq 'Passed' }).Count
        FailedCount = $tests.FindAll({ $args[0].Result -eq 'Failed' }).Count + $failedBlocks
        SkippedCount = $tests.FindAll({ $args[0].Result -eq 'Skipped' }).Count
        Tests = $tests.ToArray()
    }
}

function Invoke-TestFile([string]$File, [string[]]$Tag, [string[]]$ExcludeTag) {
    $root = $script:Run.CurrentBlock
    Write-FileStart $File
    try {
        $null = & $script:Run.Invokers.File $File
    }
    catch {
        $root.Failure = $_
        Write-BlockFailure $root
        $script:Run.FailedBlocks++
        return
    }

    Select-Test $Tag $ExcludeTag
    New-TestDrive
    try {
        Invoke-Block $root
    }
    finally {
        Remove-TestDrive
    }
}

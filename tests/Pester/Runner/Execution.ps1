# The run phase: each block and each test in a scope of its own, inside the scope of the block around it.

function Set-ItResult {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory, ParameterSetName = 'Skipped')] [switch]$Skipped,
        [Parameter(Mandatory, ParameterSetName = 'Inconclusive')] [switch]$Inconclusive,
        [string]$Because = ''
    )

    $record = [System.Management.Automation.ErrorRecord]::new(
        [System.Exception]::new("is $($PSCmdlet.ParameterSetName.ToLowerInvariant()), because $Because"),
        "PesterTest$($PSCmdlet.ParameterSetName)", 'OperationStopped', $Because)
    throw $record
}

function Test-IsBlock($Node) {
    $null -ne $Node.PSObject.Properties['Children']
}

# A block whose tests are all skipped needs no setup.
function Test-HasWork($Block) {
    foreach ($child in $Block.Children) {
        if (Test-IsBlock $child) {
            if (Test-HasWork $child) {
                return $true
            }
        }
        elseif (-not $child.Skip) {
            return $true
        }
    }

    $false
}

function Invoke-Block($Block) {
    if (-not (Test-HasWork $Block)) {
        Invoke-Children $Block
        return
    }

    $children = ${function:Invoke-Children}
    $before = Get-TestDriveContent
    try {
        $null = & $script:Run.Invokers.Block $Block.Data $Block $children $script:Run.TestDrive
    }
    catch {
        Set-BlockFailure $Block $_
    }

    Clear-TestDrive -Except $before
}

function Invoke-Children($Block) {
    if ($Block.Parent) {
        Write-BlockStart $Block
    }

    foreach ($child in $Block.Children) {
        if (Test-IsBlock $child) {
            Invoke-Block $child
        }
        else {
            Invoke-Test $child
        }
    }
}

function Invoke-Test($Test) {
    $Test.ExpandedPath = Get-ExpandedPath $Test
    if ($Test.Skip) {
        $Test.Result = 'Skipped'
        Write-TestResult $Test
        return
    }

    $before = [System.Collections.Generic.List[scriptblock]]::new()
    $after = [System.Collections.Generic.List[scriptblock]]::new()
    for ($block = $Test.Block; $block; $block = $block.Parent) {
        $before.InsertRange(0, $block.BeforeEach)
        $after.AddRange($block.AfterEach)
    }

    try {
        $null = & $script:Run.Invokers.Test $Test.Data $before $Test.Body $after
        $Test.Result = 'Passed'
    }
    catch {
        Set-TestFailure $Test $_
    }

    Write-TestResult $Test
}

function Set-TestFailure($Test, [System.Management.Automation.ErrorRecord]$ErrorRecord) {
    $Test.ErrorRecord = $ErrorRecord
    $Test.Result = 'Failed'
    if ($ErrorRecord.FullyQualifiedErrorId -in 'PesterTestSkipped', 'PesterTestInconclusive') {
        $Test.Result = 'Skipped'
        $Test.SkippedBecause = [string]$ErrorRecord.TargetObject
    }
}

# A setup that fails takes all tests with it that it was for; a teardown that fails is a failure of the block alone.
function Set-BlockFailure($Block, [System.Management.Automation.ErrorRecord]$ErrorRecord) {
    $Block.Failure = $ErrorRecord
    $notRun = @(Get-TestOf $Block).Where({ $_.Result -eq 'NotRun' })
    foreach ($test in $notRun) {
        $test.ExpandedPath = Get-ExpandedPath $test
        Set-TestFailure $test $ErrorRecord
        Write-TestResult $test
    }

    if ($notRun.Count -eq 0) {
        Write-BlockFailure $Block
        $script:Run.FailedBlocks++
    }
}

function Get-TestOf($Block) {
    foreach ($child in $Block.Children) {
        if (Test-IsBlock $child) {
            Get-TestOf $child
        }
        else {
            $child
        }
    }
}

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

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

# The discovery phase: Describe, Context and It build a tree of blocks and tests; nothing under test runs yet.

function New-Block([string]$Name, $Parent, $Data, [string[]]$Tag, [bool]$Skip) {
    [pscustomobject]@{
        Name = $Name
        Parent = $Parent
        Data = $Data
        Tag = @($Tag) + @(if ($Parent) { $Parent.Tag })
        Skip = $Skip -or ($Parent -and $Parent.Skip)
        BeforeAll = [System.Collections.Generic.List[scriptblock]]::new()
        AfterAll = [System.Collections.Generic.List[scriptblock]]::new()
        BeforeEach = [System.Collections.Generic.List[scriptblock]]::new()
        AfterEach = [System.Collections.Generic.List[scriptblock]]::new()
        Children = [System.Collections.Generic.List[object]]::new()
        Failure = $null
    }
}

function New-Test([string]$Name, $Block, [scriptblock]$Body, $Data, [string[]]$Tag, [bool]$Skip) {
    [pscustomobject]@{
        Name = $Name
        Block = $Block
        Body = $Body
        Data = $Data
        Tag = @($Tag) + @($Block.Tag)
        Skip = $Skip -or $Block.Skip
        ExpandedPath = $null
        Result = 'NotRun'
        ErrorRecord = $null
        SkippedBecause = ''
    }
}

# Gives one item for each element of -ForEach and a single one without data when -ForEach was not given.
function Get-DataItem([bool]$IsGiven, $ForEach) {
    if (-not $IsGiven) {
        return [pscustomobject]@{ HasValue = $false; Value = $null }
    }

    foreach ($value in $ForEach) {
        [pscustomobject]@{ HasValue = $true; Value = $value }
    }
}

function Add-Block([string]$Name, [scriptblock]$Body, $Items, [string[]]$Tag, [bool]$Skip) {
    $parent = $script:Run.CurrentBlock
    foreach ($item in $Items) {
        $block = New-Block $Name $parent $item $Tag $Skip
        $parent.Children.Add($block)
        $script:Run.CurrentBlock = $block
        try {
            $null = & $script:Run.Invokers.Discover $item $Body
        }
        finally {
            $script:Run.CurrentBlock = $parent
        }
    }
}

function Describe {
    param(
        [Parameter(Mandatory, Position = 0)] [string]$Name,
        [Parameter(Mandatory, Position = 1)] [scriptblock]$Fixture,
        [Alias('TestCases')] $ForEach,
        [string[]]$Tag = @(),
        [switch]$Skip
    )

    Add-Block $Name $Fixture (Get-DataItem $PSBoundParameters.ContainsKey('ForEach') $ForEach) $Tag $Skip
}

function Context {
    param(
        [Parameter(Mandatory, Position = 0)] [string]$Name,
        [Parameter(Mandatory, Position = 1)] [scriptblock]$Fixture,
        [Alias('TestCases')] $ForEach,
        [string[]]$Tag = @(),
        [switch]$Skip
    )

    Add-Block $Name $Fixture (Get-DataItem $PSBoundParameters.ContainsKey('ForEach') $ForEach) $Tag $Skip
}

function It {
    param(
        [Parameter(Mandatory, Position = 0)] [string]$Name,
        [Parameter(Mandatory, Position = 1)] [scriptblock]$Test,
        [Alias('TestCases')] $ForEach,
        [string[]]$Tag = @(),
        [switch]$Skip
    )

    $block = $script:Run.CurrentBlock
    foreach ($item in Get-DataItem $PSBoundParameters.ContainsKey('ForEach') $ForEach) {
        $case = New-Test $Name $block $Test $item $Tag $Skip
        $block.Children.Add($case)
        $script:Run.Tests.Add($case)
    }
}

function BeforeDiscovery([scriptblock]$ScriptBlock) {
    # Dot-sourced, a block of the test file runs in the scope that called us.
    . $ScriptBlock
}

function BeforeAll([scriptblock]$ScriptBlock) {
    $script:Run.CurrentBlock.BeforeAll.Add($ScriptBlock)
}

function AfterAll([scriptblock]$ScriptBlock) {
    $script:Run.CurrentBlock.AfterAll.Add($ScriptBlock)
}

function BeforeEach([scriptblock]$ScriptBlock) {
    $script:Run.CurrentBlock.BeforeEach.Add($ScriptBlock)
}

function AfterEach([scriptblock]$ScriptBlock) {
    $script:Run.CurrentBlock.AfterEach.Add($ScriptBlock)
}

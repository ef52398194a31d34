# What a run prints: a line a test, and for a failure its message and where it is.

function Get-Depth($Block) {
    $depth = 0
    for ($parent = $Block.Parent; $parent; $parent = $parent.Parent) {
        $depth++
    }

    $depth
}

function Write-Report([int]$Depth, [string]$Text) {
    if (-not $script:Run.Quiet) {
        $Host.UI.WriteLine((' ' * 2 * $Depth) + $Text)
    }
}

function Write-FileStart([string]$File) {
    Write-Report 0 "Running $File"
}

function Write-BlockStart($Block) {
    Write-Report (Get-Depth $Block) (Expand-Name $Block.Name $Block)
}

function Write-BlockFailure($Block) {
    Write-Report (Get-Depth $Block) "[-] $(Expand-Name $Block.Name $Block)"
    Write-Failure (Get-Depth $Block) $Block.Failure
}

function Write-TestResult($Test) {
    $depth = (Get-Depth $Test.Block) + 1
    $mark = @{ Passed = '+'; Failed = '-'; Skipped = '!' }[$Test.Result]
    $because = if ($Test.SkippedBecause) { " ($($Test.SkippedBecause))" }
    Write-Report $depth "[$mark] $(Expand-Name $Test.Name $Test)$because"
    if ($Test.Result -eq 'Failed') {
        Write-Failure $depth $Test.ErrorRecord
        Write-Report ($depth + 2) "in $($Test.ExpandedPath)"
    }
}

function Write-Failure([int]$Depth, [System.Management.Automation.ErrorRecord]$ErrorRecord) {
    foreach ($line in $ErrorRecord.Exception.Message.Split("`n")) {
        Write-Report ($Depth + 2) $line.TrimEnd()
    }

    if ($ErrorRecord.FullyQualifiedErrorId -eq 'PesterAssertionFailed') {
        $place = $ErrorRecord.TargetObject
        Write-Report ($Depth + 2) "at $($place.LineText), $($place.File):$($place.Line)"
    }
    elseif ($ErrorRecord.ScriptStackTrace) {
        Write-Report ($Depth + 2) $ErrorRecord.ScriptStackTrace.Split("`n")[0].TrimEnd()
    }
}

function Get-ExpandedPath($Test) {
    $names = [System.Collections.Generic.List[string]]::new()
    $names.Add((Expand-Name $Test.Name $Test))
    for ($block = $Test.Block; $block.Parent; $block = $block.Parent) {
        $names.Insert(0, (Expand-Name $block.Name $block))
    }

    $names -join '.'
}

# Puts the data of a node and of the blocks around it for <name>, <name.property> and <_>.
function Expand-Name([string]$Name, $Node) {
    [regex]::Replace($Name, '<([\w.]+)>', {
            param($match)
            $steps = $match.Groups[1].Value.Split('.')
            $found = Find-Data $steps[0] $Node
            if (-not $found) {
                return $match.Value
            }

            $value = $found.Value
            for ($i = 1; $i -lt $steps.Count; $i++) {
                $value = $value.($steps[$i])
            }

            if ($null -eq $value) { '$null' } else { [string]$value }
        })
}

function Find-Data([string]$Name, $Node) {
    while ($Node) {
        $data = $Node.Data
        if ($data.HasValue) {
            if ($Name -eq '_') {
                return $data
            }

            if ($data.Value -is [hashtable] -and $data.Value.ContainsKey($Name)) {
                return [pscustomobject]@{ Value = $data.Value[$Name] }
            }
        }

        $Node = if ($Node.PSObject.Properties['Block']) { $Node.Block } else { $Node.Parent }
    }
}

# Should: reads its arguments as Pester does, asks the assertion, and throws when the answer is no.

# A function without parameters keeps its arguments as they were typed, operators included.
function Should {
    $actual = @($input)
    $request = Read-ShouldArgument $args
    if ($request.Contains('ActualValue')) {
        $actual = @(, $request.ActualValue)
    }

    $assertion = $script:Assertions[$request.Operator]
    $value = if ($actual.Count -eq 1) { $actual[0] } elseif ($actual.Count -gt 1) { $actual }
    $outcome = & $assertion.Check $value $request
    $succeeded = if ($outcome -is [bool]) { $outcome } else { $outcome.Succeeded }
    if ($succeeded -eq $request.Not) {
        $because = if ($request.Because) { ", because $($request.Because)," }
        $expected = if ($request.Contains('Expected')) { " $(Format-Value $request.Expected)" }
        $got = if ($outcome -is [bool]) { Format-Value $value } else { $outcome.Got }
        $negation = if ($request.Not) { ' not' }
        $message = "Expected$negation $($assertion.Phrase)$expected$because but got $got."
        $place = @{ File = $MyInvocation.ScriptName; Line = $MyInvocation.ScriptLineNumber; LineText = $MyInvocation.Line.Trim() }
        throw [System.Management.Automation.ErrorRecord]::new(
            [System.Exception]::new($message), 'PesterAssertionFailed', 'InvalidResult', $place)
    }

    if ($request.Contains('PassThru')) {
        $outcome.ErrorRecord
    }
}

function Read-ShouldArgument([object[]]$Arguments) {
    $request = @{ Not = $false; Because = ''; Operator = $null }
    for ($i = 0; $i -lt $Arguments.Count; $i++) {
        $name = Get-ParameterName $Arguments[$i]
        if ($null -eq $name) {
            $request.Expected = $Arguments[$i]
        }
        elseif ($name -in 'Not', 'PassThru') {
            $request[$name] = $true
        }
        elseif ($name -in 'Because', 'ErrorId', 'ExceptionType', 'ActualValue') {
            $request[$name] = $Arguments[++$i]
        }
        elseif ($name -in 'ExpectedValue', 'ExpectedMessage', 'ExpectedType', 'RegularExpression') {
            $request.Expected = $Arguments[++$i]
        }
        elseif ($script:Assertions.ContainsKey($name)) {
            $request.Operator = $name
        }
        else {
            throw "Should has no operator or parameter -$name."
        }
    }

    if (-not $request.Operator) {
        throw 'Should needs an operator, such as -Be.'
    }

    $request
}

# The engine marks what was typed as a parameter name; a value that only looks like one has no mark.
function Get-ParameterName($Argument) {
    if ($Argument -is [string]) {
        $mark = $Argument.PSObject.Properties['<CommandParameterName>']
        if ($mark) {
            $mark.Value
        }
    }
}

function Format-Value($Value) {
    if ($null -eq $Value) {
        '$null'
    }
    elseif ($Value -is [string]) {
        "'$Value'"
    }
    elseif ($Value -is [bool]) {
        "`$$Value"
    }
    elseif ($Value -is [type]) {
        "[$($Value.FullName)]"
    }
    elseif ($Value -is [scriptblock]) {
        "{$Value}"
    }
    elseif ($Value -is [System.Collections.IEnumerable] -and $Value -isnot [System.Collections.IDictionary]) {
        "@($(@(foreach ($item in $Value) { Format-Value $item }) -join ', '))"
    }
    else {
        "$Value"
    }
}

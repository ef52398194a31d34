# The operators of Should. Each check gets the value and the request and answers yes or no, or says more in an object.

function Test-Equality($Actual, $Expected, [bool]$CaseSensitive) {
    $areLists = foreach ($value in $Actual, $Expected) {
        $value -is [System.Collections.IList]
    }
    if ($areLists[0] -or $areLists[1]) {
        # One element and a list of that one element cannot be told apart after a pipeline.
        $left = @($Actual)
        $right = @($Expected)
        if ($left.Count -ne $right.Count) {
            return $false
        }

        for ($i = 0; $i -lt $left.Count; $i++) {
            $isNested = $left[$i] -is [System.Collections.IList] -or $right[$i] -is [System.Collections.IList]
            $isEqual = if ($isNested) { Test-Equality $left[$i] $right[$i] $CaseSensitive }
            else { Test-ItemEquality $left[$i] $right[$i] $CaseSensitive }
            if (-not $isEqual) {
                return $false
            }
        }

        return $true
    }

    Test-ItemEquality $Actual $Expected $CaseSensitive
}

function Test-ItemEquality($Actual, $Expected, [bool]$CaseSensitive) {
    if ($CaseSensitive) { [bool]($Expected -ceq $Actual) } else { [bool]($Expected -eq $Actual) }
}

function Resolve-FilePath([string]$Path) {
    $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
}

function Test-Throw($Block, $Request) {
    if ($Block -isnot [scriptblock]) {
        throw 'Should -Throw needs a script block in braces as its input.'
    }

    $record = $null
    try {
        $null = & $Block
    }
    catch {
        $record = $_
    }

    $fits = $null -ne $record
    if ($fits -and $Request.Contains('Expected')) {
        $fits = $record.Exception.Message -like $Request.Expected
    }

    if ($fits -and $Request.Contains('ErrorId')) {
        $fits = $record.FullyQualifiedErrorId -like $Request.ErrorId
    }

    if ($fits -and $Request.Contains('ExceptionType')) {
        $fits = $record.Exception -is $Request.ExceptionType
    }

    [pscustomobject]@{
        Succeeded = $fits
        ErrorRecord = $record
        Got = if ($record) { "$($record.Exception.GetType().Name) '$($record.Exception.Message)' with id '$($record.FullyQualifiedErrorId)'" }
        else { 'no error' }
    }
}

function Test-Empty($Value) {
    if ($Value -is [System.Collections.ICollection]) {
        return $Value.Count -eq 0
    }

    [string]::IsNullOrEmpty($Value)
}

$script:Assertions = @{
    Be = @{ Phrase = 'equal to'; Check = { param($a, $r) Test-Equality $a $r.Expected $false } }
    BeExactly = @{ Phrase = 'exactly equal to'; Check = { param($a, $r) Test-Equality $a $r.Expected $true } }
    BeNullOrEmpty = @{ Phrase = 'null or empty'; Check = { param($a) Test-Empty $a } }
    BeTrue = @{ Phrase = '$true'; Check = { param($a) [bool]$a } }
    BeFalse = @{ Phrase = '$false'; Check = { param($a) -not $a } }
    BeGreaterThan = @{ Phrase = 'greater than'; Check = { param($a, $r) [bool]($a -gt $r.Expected) } }
    BeGreaterOrEqual = @{ Phrase = 'at least'; Check = { param($a, $r) [bool]($a -ge $r.Expected) } }
    BeLessThan = @{ Phrase = 'less than'; Check = { param($a, $r) [bool]($a -lt $r.Expected) } }
    BeLessOrEqual = @{ Phrase = 'at most'; Check = { param($a, $r) [bool]($a -le $r.Expected) } }
    BeIn = @{ Phrase = 'one of'; Check = { param($a, $r) $a -in $r.Expected } }
    BeLike = @{ Phrase = 'like'; Check = { param($a, $r) [bool]($a -like $r.Expected) } }
    BeLikeExactly = @{ Phrase = 'exactly like'; Check = { param($a, $r) [bool]($a -clike $r.Expected) } }
    BeOfType = @{
        Phrase = 'of type'
        Check = {
            param($a, $r)
            # Unquoted, [int] reaches us as a text.
            $wanted = if ($r.Expected -is [string]) { [type]$r.Expected.Trim('[', ']') } else { $r.Expected }
            $type = if ($null -ne $a) { $a.GetType() }
            [pscustomobject]@{ Succeeded = $a -is $wanted; Got = "$(Format-Value $a) of type $(Format-Value $type)" }
        }
    }
    Contain = @{ Phrase = 'a collection with'; Check = { param($a, $r) @($a) -contains $r.Expected } }
    HaveCount = @{
        Phrase = 'a collection of size'
        Check = {
            param($a, $r)
            $count = if ($null -eq $a) { 0 } else { @($a).Count }
            [pscustomobject]@{ Succeeded = $count -eq $r.Expected; Got = "$count in $(Format-Value $a)" }
        }
    }
    Match = @{ Phrase = 'a match of'; Check = { param($a, $r) [bool]($a -match $r.Expected) } }
    MatchExactly = @{ Phrase = 'an exact match of'; Check = { param($a, $r) [bool]($a -cmatch $r.Expected) } }
    Exist = @{ Phrase = 'an existing path'; Check = { param($a) [System.IO.Path]::Exists((Resolve-FilePath $a)) } }
    FileContentMatch = @{
        Phrase = 'a file with a line like'
        Check = { param($a, $r) @([System.IO.File]::ReadAllLines((Resolve-FilePath $a)) -match $r.Expected).Count -gt 0 }
    }
    Throw = @{ Phrase = 'an error'; Check = { param($a, $r) Test-Throw $a $r } }
}

# The rules that our other test files lean on. They hold under real Pester too; what is particular to our runner is at
# the end and is skipped there.
BeforeDiscovery {
    $isOurRunner = $null -ne (Get-Command Invoke-TestRun -ErrorAction Ignore)
    $words = 'alpha', 'beta'
    $atDiscovery = 'seen at discovery only'
}

BeforeAll {
    $fromFile = 'file'
    $log = [System.Collections.Generic.List[string]]::new()

    function Get-FromBeforeAll {
        "function sees $fromFile"
    }
}

Describe 'Scopes' {
    BeforeAll {
        $fromDescribe = 'describe'
        $changed = 'before'
    }

    It 'shows what the setups around a test have set' {
        $fromFile | Should -Be 'file'
        $fromDescribe | Should -Be 'describe'
        Get-FromBeforeAll | Should -Be 'function sees file'
    }

    It 'does not show what was set at discovery' {
        Get-Command Get-FromBeforeAll | Should -Not -BeNullOrEmpty
        $ExecutionContext.SessionState.PSVariable.Get('atDiscovery') | Should -BeNullOrEmpty
    }

    It 'lets a test change its own copy' {
        $changed = 'after'
        $changed | Should -Be 'after'
    }

    It 'keeps that change from the next test' {
        $changed | Should -Be 'before'
    }

    Context 'inside another block' {
        BeforeAll {
            $fromContext = "$fromDescribe and context"
        }

        It 'adds to what the outer block has set' {
            $fromContext | Should -Be 'describe and context'
        }
    }

    It 'forgets what an inner block has set' {
        $ExecutionContext.SessionState.PSVariable.Get('fromContext') | Should -BeNullOrEmpty
    }
}

Describe 'Order' {
    BeforeAll { $log.Add('all') }
    BeforeEach { $log.Add('each'); $fresh = 'set for each test' }
    AfterEach { $log.Add('after') }

    Context 'in a context' {
        BeforeEach { $log.Add('inner each') }
        AfterEach { $log.Add('inner after') }

        It 'runs setups from the outside in' {
            $fresh | Should -Be 'set for each test'
            $log -join ',' | Should -Be 'all,each,inner each'
        }

        It 'runs teardowns from the inside out' {
            $log -join ',' | Should -Be 'all,each,inner each,inner after,after,each,inner each'
        }
    }
}

Describe 'Data' {
    It 'turns hashtables into variables: <a> and <b> make <sum>' -TestCases @(
        @{ a = 1; b = 2; sum = 3 }
        @{ a = 2; b = 2; sum = 4 }
    ) {
        $a + $b | Should -Be $sum
        $_.sum | Should -Be $sum
    }

    It 'gives plain values as $_: <_>' -ForEach $words {
        $_ | Should -BeIn 'alpha', 'beta'
    }

    Context 'for a block: <word>' -ForEach @(@{ word = 'one' }, @{ word = 'two' }) {
        BeforeAll { $fromSetup = "setup saw $word" }

        It 'reaches the setup and the tests' {
            $fromSetup | Should -Be "setup saw $word"
        }

        It 'combines with the data of a test: <letter>' -ForEach @(@{ letter = 'x' }) {
            "$word$letter" | Should -BeIn 'onex', 'twox'
        }
    }
}

Describe 'TestDrive' {
    It 'is a folder, by variable and by drive' {
        [System.IO.File]::WriteAllText("$TestDrive/file.txt", "first`nsecond line")
        'TestDrive:/file.txt' | Should -Exist
        "$TestDrive/file.txt" | Should -FileContentMatch 'sec.nd'
        'TestDrive:/other.txt' | Should -Not -Exist
    }

    Context 'inside a block' {
        It 'still has what was made before the block' {
            "$TestDrive/file.txt" | Should -Exist
            [System.IO.File]::WriteAllText("$TestDrive/inner.txt", '')
        }
    }

    It 'loses what a block has made' {
        "$TestDrive/inner.txt" | Should -Not -Exist
    }
}

Describe 'Should' {
    It 'compares values' {
        'ABC' | Should -Be 'abc'
        'ABC' | Should -Not -BeExactly 'abc'
        1, 2 | Should -Be @(1, 2)
        1, 2 | Should -Not -Be @(1, 3)
        $null | Should -Be $null
        '-Not' | Should -Be '-Not'
        5 | Should -BeGreaterThan 4
        5 | Should -BeGreaterOrEqual 5
        5 | Should -BeLessThan 6
        5 | Should -BeLessOrEqual 5
        $true | Should -BeTrue
        0 | Should -BeFalse
    }

    It 'compares texts and types' {
        'abcd' | Should -BeLike 'AB*'
        'abcd' | Should -Not -BeLikeExactly 'AB*'
        'abcd' | Should -Match '^A'
        'abcd' | Should -Not -MatchExactly '^A'
        1 | Should -BeOfType [int]
        'x' | Should -Not -BeOfType ([int])
    }

    It 'looks into collections' {
        @() | Should -BeNullOrEmpty
        @() | Should -HaveCount 0
        1, 2, 3 | Should -HaveCount 3
        1, 2, 3 | Should -Contain 2
        1, 2, 3 | Should -Not -Contain 4
        2 | Should -BeIn 1, 2
        '' | Should -BeNullOrEmpty
        Should -ActualValue @(1) -HaveCount 1
    }

    It 'catches errors by message, id and type' {
        { throw 'a bad thing' } | Should -Throw
        { throw 'a bad thing' } | Should -Throw 'a * thing'
        { throw [System.ArgumentException]::new('x') } | Should -Throw -ExceptionType ([System.ArgumentException])
        { Get-Command no-such-command -ErrorAction Stop } | Should -Throw -ErrorId 'CommandNotFoundException*'
        { 'fine' } | Should -Not -Throw
        $record = { throw 'passed on' } | Should -Throw -PassThru
        $record.Exception.Message | Should -Be 'passed on'
    }

    It 'fails when <what>' -ForEach @(
        @{ what = 'values differ'; block = { 1 | Should -Be 2 } }
        @{ what = 'values agree and must not'; block = { 1 | Should -Not -Be 1 } }
        @{ what = 'the length differs'; block = { 1, 2 | Should -Be @(1, 2, 3) } }
        @{ what = 'nothing is thrown'; block = { {} | Should -Throw } }
        @{ what = 'another message is thrown'; block = { { throw 'x' } | Should -Throw 'y' } }
        @{ what = 'another type is thrown'; block = { { throw 'x' } | Should -Throw -ExceptionType ([System.IO.IOException]) } }
        @{ what = 'something is thrown and must not'; block = { { throw 'x' } | Should -Not -Throw } }
        @{ what = 'a path is missing'; block = { '/no/such/path' | Should -Exist } }
        @{ what = 'a value is not empty'; block = { 'x' | Should -BeNullOrEmpty } }
        @{ what = 'the count is another'; block = { 1, 2 | Should -HaveCount 3 } }
        @{ what = 'the element is missing'; block = { 1, 2 | Should -Contain 3 } }
        @{ what = 'the type is another'; block = { 1 | Should -BeOfType [string] } }
        @{ what = 'the text does not fit'; block = { 'abc' | Should -BeLike 'x*' } }
    ) {
        $block | Should -Throw -ErrorId 'PesterAssertionFailed*'
    }

    It 'says why' {
        { 1 | Should -Be 2 -Because 'two was promised' } | Should -Throw '*because two was promised*'
    }
}

Describe 'Our runner' -Skip:(-not $isOurRunner) {
    BeforeAll {
        $file = [System.IO.Path]::Combine($TestDrive, 'Sample.Tests.ps1')
        [System.IO.File]::WriteAllText($file, @'
BeforeAll { $marks = [System.Collections.Generic.List[string]]::new() }
Describe 'D <n>' -ForEach @(@{ n = 1 }) {
    It 'passes' { 1 | Should -Be 1 }
    It 'fails' { 1 | Should -Be 2 }
    It 'throws' { throw 'bad' }
    It 'is skipped' { Set-ItResult -Skipped -Because 'needs a server'; throw 'never reached' }
    It 'is not run' -Skip { throw 'never run' }
    It 'is slow' -Tag slow { 1 | Should -Be 1 }
    Context 'broken setup' {
        BeforeAll { throw 'setup' }
        It 'cannot run' { 1 | Should -Be 1 }
    }
    Context 'broken teardown' {
        AfterAll { throw 'teardown' }
        It 'ran' { 1 | Should -Be 1 }
    }
}
'@)
        $result = Invoke-TestRun -Path $file -Quiet
    }

    It 'counts' {
        $result.PassedCount | Should -Be 3
        $result.FailedCount | Should -Be 4 -Because 'two tests, one setup and one teardown are broken'
        $result.SkippedCount | Should -Be 2
    }

    It 'names tests by their path' {
        $result.Tests[0].ExpandedPath | Should -Be 'D 1.passes'
    }

    It 'tells where an assertion failed' {
        $result.Tests[1].ErrorRecord.TargetObject.Line | Should -Be 4
        $result.Tests[1].ErrorRecord.TargetObject.File | Should -Be $file
    }

    It 'keeps the reason of a skip' {
        $result.Tests[3].SkippedBecause | Should -Be 'needs a server'
    }

    It 'selects by tag' {
        (Invoke-TestRun -Path $file -Quiet -Tag slow).Tests | Should -HaveCount 1
        (Invoke-TestRun -Path $file -Quiet -ExcludeTag slow).PassedCount | Should -Be 2
    }

    It 'counts a file that cannot be read as a failure' {
        $broken = [System.IO.Path]::Combine($TestDrive, 'Broken.Tests.ps1')
        [System.IO.File]::WriteAllText($broken, "throw 'at discovery'")
        (Invoke-TestRun -Path $broken -Quiet).FailedCount | Should -Be 1
    }
}

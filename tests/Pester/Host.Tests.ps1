# psbackup as scripts and schedulers see it.
BeforeAll {
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $console = if ($IsWindows) { "$root/out/psbackup/psbackup.exe" } else { "$root/out/psbackup/psbackup" }

    function Invoke-Host([string[]]$Arguments, [string]$StandardInput = '') {
        Invoke-Console $console $Arguments $StandardInput
    }
}

Describe 'The exit code' {
    BeforeDiscovery {
        $terminate = '$PSCmdlet.ThrowTerminatingError(' +
            '[System.Management.Automation.ErrorRecord]::new([System.Exception]::new("x"), "X", "OpenError", $null))'
    }

    It 'is <code> for <what>' -ForEach @(
        @{ code = 0; what = 'a script without errors'; script = '1' }
        @{ code = 0; what = 'an error that was caught'; script = 'try { throw 1 } catch { }' }
        @{ code = 0; what = 'an error that was not shown'; script = 'Get-Command no-such -ErrorAction Ignore' }
        @{ code = 1; what = 'a terminating error'; script = 'throw "bad"; exit 9' }
        @{ code = 1; what = 'a script that does not parse'; script = 'if (' }
        @{ code = 1; what = 'a command that is not there'; script = 'no-such-command; 1' }
        @{ code = 1; what = 'an exception in a statement'; script = '[int]::Parse("x"); 1' }
        @{ code = 1; what = 'a command that gave up'; script = "function f { [CmdletBinding()] param() $terminate }; f; 1" }
        @{ code = 3; what = 'an error that its command survived'; script = 'Get-Command no-such; 1' }
        @{ code = 3; what = 'such an error in a function'; script = 'function f { Write-Error e; Get-Item /no/such }; f; 1' }
        @{ code = 7; what = 'exit 7'; script = 'exit 7' }
    ) {
        (Invoke-Host '-Command', $script).ExitCode | Should -Be $code
        $file = "$TestDrive/script.ps1"
        [System.IO.File]::WriteAllText($file, $script)
        (Invoke-Host '-File', $file).ExitCode | Should -Be $code -Because 'a file must not differ from a command'
    }

    It 'is 64 for <what>' -ForEach @(
        @{ what = 'an unknown argument'; arguments = @('-bogus') }
        @{ what = 'a missing script text'; arguments = @('-Command') }
        @{ what = 'a script that is not there'; arguments = @('-File', '/no/such/script.ps1') }
    ) {
        $result = Invoke-Host $arguments
        $result.ExitCode | Should -Be 64
        $result.Error | Should -BeLike 'psbackup: *'
    }

    It 'is that of the signal after SIGTERM, and SIGHUP is ignored' -Skip:$IsWindows {
        $process = Start-Console $console '-Command', "'ready'; while (`$true) { [System.Threading.Thread]::Sleep(20) }"
        Read-ConsoleLine $process | Should -Be 'ready'
        /bin/kill -HUP $process.Id
        /bin/kill -TERM $process.Id
        (Wait-Console $process '').ExitCode | Should -Be 143
    }

    It 'leaves time to clean up after SIGTERM' -Skip:$IsWindows {
        $mark = "$TestDrive/cleaned"
        $process = Start-Console $console '-Command', (
            "try { 'ready'; while (`$true) { [System.Threading.Thread]::Sleep(20) } } " +
            "finally { [System.IO.File]::WriteAllText('$mark', '') }")
        Read-ConsoleLine $process | Should -Be 'ready'
        /bin/kill -TERM $process.Id
        $null = Wait-Console $process ''
        $mark | Should -Exist
    }
}

Describe 'The services of the engine' {
    It 'are off, unless the environment wants them' -Skip:$IsWindows {
        $before = $env:POWERSHELL_DIAGNOSTICS_OPTOUT
        $pipes = '[System.IO.Directory]::GetFiles([System.IO.Path]::GetTempPath(), "CoreFxPipe_PSHost.*.$PID.*").Count; ' +
            '$env:POWERSHELL_TELEMETRY_OPTOUT'
        try {
            $env:POWERSHELL_DIAGNOSTICS_OPTOUT = $null
            (Invoke-Host '-Command', $pipes).Output.Split("`n").Trim() | Should -Be '0', '1'
            $env:POWERSHELL_DIAGNOSTICS_OPTOUT = '0'
            (Invoke-Host '-Command', $pipes).Output.Split("`n").Trim() | Should -Be '1', '1'
        }
        finally {
            $env:POWERSHELL_DIAGNOSTICS_OPTOUT = $before
        }
    }
}

Describe 'Arguments' {
    BeforeAll {
        $file = "$TestDrive/arguments.ps1"
        [System.IO.File]::WriteAllText($file, 'param($Name, [switch]$Force) "$Name|$Force|$args|$PSScriptRoot"')
    }

    It 'reach a script file as <expected>' -ForEach @(
        @{ arguments = @('-Name', 'a b', '-Force', 'rest'); expected = 'a b|True|rest' }
        @{ arguments = @('-Name:x', '-Force:$false'); expected = 'x|False|' }
        @{ arguments = @('x,y', 'z'); expected = 'x,y|False|z' }
    ) {
        (Invoke-Host (@('-NoProfile', '-NonInteractive', '-File', $file) + $arguments)).Output |
            Should -Be "$expected|$TestDrive"
    }

    It 'may be a script on standard input' {
        (Invoke-Host @('-Command', '-') "function f {`n 'from f' }`nf").Output | Should -Be 'from f'
        (Invoke-Host @() "'piped'").Output | Should -Be 'piped'
    }
}

Describe 'Streams' {
    It 'keeps messages out of the output' {
        $result = Invoke-Host '-Command', "'data'; Write-Warning w; Write-Verbose v -Verbose; Write-Error e; throw 'end'"
        $result.Output | Should -Be 'data'
        $result.Error | Should -BeLike 'WARNING: w*VERBOSE: v*e*end'
    }

    It 'has no escape sequences where there is no terminal' {
        $result = Invoke-Host '-Command', "`$PSVersionTable; Write-Error e; Write-Host red -ForegroundColor Red"
        $result.Output + $result.Error | Should -Not -Match "`e"
    }

    It 'asks nothing when it is not interactive' {
        $result = Invoke-Host '-NonInteractive', '-Command', "Read-Host 'name'"
        $result.ExitCode | Should -Be 1
        $result.Error | Should -BeLike '*NonInteractive*'
    }

    It 'reads answers from standard input' {
        (Invoke-Host @('-Command', "'got ' + (Read-Host)") "answer`n").Output | Should -Be 'got answer'
    }
}

Describe 'Stand-ins for everyday commands' {
    It 'gives <expected> for <script>' -ForEach @(
        @{ script = '(1..9 | Select-Object -First 2) -join " "'; expected = '1 2' }
        @{ script = '& { while ($true) { 5 } } | Select-Object -First 1'; expected = '5' }
        @{ script = '(3, 1, 2, 3 | Sort-Object -Descending -Unique) -join " "'; expected = '3 2 1' }
        @{ script = '([pscustomobject]@{ A = 2 } | Select-Object @{ n = "B"; e = { $_.A * 2 } }).B'; expected = '4' }
        @{ script = '(1..4 | Measure-Object -Sum -Average).Average'; expected = '2.5' }
        @{ script = '("a", "b", "a" | Group-Object | Sort-Object Count)[-1].Name'; expected = 'a' }
        @{ script = '@{ a = 1, $null } | ConvertTo-Json -Compress'; expected = '{"a":[1,null]}' }
        @{ script = '("{`"a`":{`"b`":7}}" | ConvertFrom-Json).a.b'; expected = '7' }
        @{ script = 'Split-Path (Join-Path /a b c.txt) -Leaf'; expected = 'c.txt' }
        @{ script = 'Test-Path /no/such/path'; expected = 'False' }
        @{ script = '([pscustomobject]@{ A = 1 } | Format-List | Out-String).Trim()'; expected = 'A : 1' }
    ) {
        (Invoke-Host '-Command', $script).Output | Should -Be $expected
    }

    It 'writes, reads, lists and removes files' {
        $script = "Set-Location '$TestDrive'; `$null = New-Item -ItemType Directory d/e -Force; 'x', 'y' | Set-Content d/f.txt; " +
            "(Get-Content d/f.txt) -join ','; (Get-ChildItem d -Recurse).Name -join ','; Remove-Item d -WhatIf; " +
            'Test-Path d; Remove-Item d -Recurse; Test-Path d'
        (Invoke-Host '-Command', $script).Output.Split("`n").Trim() -notlike 'What if:*' |
            Should -Be 'x,y', 'e,f.txt', 'True', 'False'
    }
}

# Ctrl+C, typed at a terminal while psbackup works.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    . "$PSScriptRoot/Terminal.ps1"
    $console = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/psbackup/psbackup")
    $restic = @(Get-Command restic -CommandType Application -ErrorAction Ignore).ForEach('Source')[0]
    $world = Enter-BackupWorld "$TestDrive/world"
    $shop = $env:TEST_SHOP = $world.Shop
    foreach ($number in 1..2000) {
        Write-Text "$shop/folders/$number/file" "$number"
    }

    $bytes = [byte[]]::new(64MB)
    [System.Random]::new(1).NextBytes($bytes)
    [System.IO.File]::WriteAllBytes("$shop/big", $bytes)
    $backupId = (Invoke-Backup -Path $shop).BackupId

    # So slow that every phase lasts long enough to be shown, on any machine.
    Set-BackupRepository -Name main -BandwidthLimit 20MB

    # The command runs over and over, so that it is at work whenever the signal comes.
    function Test-Interrupt([string]$Command, [string]$Until) {
        $script = "`$shop = `$env:TEST_SHOP; Import-Module '$($world.Module)'; 'ready'; " +
            "for (`$i = 0; `$true; `$i++) { `$null = $Command }"
        $terminal = Start-Terminal $console $script
        Wait-Text $terminal $Until
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Send-Text $terminal "`u{3}"
        $result = Wait-Terminal $terminal
        Write-Verbose "$($clock.Elapsed.TotalSeconds) s for: $Command"
        [pscustomobject]@{ ExitCode = $result.ExitCode; Seconds = $clock.Elapsed.TotalSeconds; Shown = $result.Shown }
    }
}

AfterAll {
    Exit-BackupWorld $world
    $env:TEST_SHOP = $env:RESTIC_PASSWORD = $null
}

Describe 'Ctrl+C' -Skip:(-not $IsLinux) {
    It 'ends <what>, which releases its lock and leaves the repository in order' -ForEach @(
        @{ what = 'the opening of a repository'; until = 'ready'; command = 'Get-Backup' }
        @{
            what = 'a backup that scans'
            until = 'again'
            command = '& { Invoke-Backup -Path $shop; [Console]::Out.WriteLine("again") }'
        }
        @{
            what = 'a backup that stores'
            until = 'Backing up'
            command = '& { [System.IO.File]::AppendAllText("$shop/big", $i); Invoke-Backup -Path $shop -Full -Tag "$i" }'
        }
        @{ what = 'a restore'; until = 'Restoring'; command = 'Restore-Backup latest -Destination "$shop/../r/$i"' }
        @{ what = 'a check of the backups'; until = 'Checking backups'; command = 'Test-BackupRepository' }
        @{ what = 'a check of the data'; until = 'Reading packs'; command = 'Test-BackupRepository -ReadData' }
        @{ what = 'a prune that searches'; until = 'Finding what'; command = 'Optimize-BackupRepository' }
        @{ what = 'a job that is waited for'; until = 'Reading packs'; command = 'Test-BackupRepository -ReadData -AsJob | Receive-Job -Wait' }
    ) {
        $result = Test-Interrupt $command $until
        $result.ExitCode | Should -Be 130 -Because $result.Shown
        $result.Seconds | Should -BeLessThan 5 -Because 'it should be one, on a machine that does nothing else'
        [System.IO.Directory]::GetFiles("$($world.Location)/locks") | Should -BeNullOrEmpty
        if ($restic) {
            $env:RESTIC_PASSWORD = $env:BACKUP_PW
            $check = Invoke-Console $restic '--no-cache', '-r', $world.Location, 'check'
            $check.ExitCode | Should -Be 0 -Because ($check.Output + $check.Error)
        }
    }

    It 'ends the wait for a lock, which says for whom it waits' {
        if (-not $restic) {
            Set-ItResult -Skipped -Because 'needs restic'
        }

        $env:RESTIC_PASSWORD = $env:BACKUP_PW
        $holder = Start-Console $restic '--no-cache', '-r', $world.Location, 'backup', '--stdin'
        Wait-Lock $holder $world.Location
        try {
            $result = Test-Interrupt 'Optimize-BackupRepository -LockWait 1h' 'Waiting for the lock'
            $result.ExitCode | Should -Be 130 -Because $result.Shown
            $result.Seconds | Should -BeLessThan 5
            $result.Shown | Should -BeLike "*Waiting for the lock: $([System.Environment]::UserName) on * (process $($holder.Id)*"
        }
        finally {
            (Wait-Console $holder 'some text').ExitCode | Should -Be 0
        }

        [System.IO.Directory]::GetFiles("$($world.Location)/locks") | Should -BeNullOrEmpty
    }
}

Describe 'Ctrl+C in psbackup' -Skip:(-not $IsLinux) {
    It 'ends a script, whenever it comes while the console starts' {
        foreach ($delay in 0, 50, 100, 150, 200, 250, 300) {
            $terminal = Start-Terminal $console 'while ($true) { }'
            Wait-Text $terminal 'starting'
            [System.Threading.Thread]::Sleep($delay)
            Send-Text $terminal "`u{3}"
            (Wait-Terminal $terminal).ExitCode | Should -Be 130 -Because "it came after $delay ms"
        }
    }

    It 'ends <what>' -ForEach @(
        @{ what = 'a loop of pipelines'; until = 'ready'; script = '"ready"; while ($true) { 1..9 | ForEach-Object { $_ } }' }
        @{ what = 'a loop that catches all'; until = 'ready'; script = '"ready"; while ($true) { try { 1 } catch { } }' }
        @{ what = 'a program'; until = 'ready'; script = '"ready"; while ($true) { sleep 60 }' }
        @{ what = 'a question'; until = 'name: '; script = 'while ($true) { try { Read-Host name } catch { } }' }
        @{
            what = 'a choice'
            until = 'default'
            script = 'while ($true) { try { $Host.UI.PromptForChoice("", "Go on?", ("&Yes", "&No"), 0) } catch { } }'
        }
    ) {
        $terminal = Start-Terminal $console $script
        Wait-Text $terminal $until
        Send-Text $terminal "`u{3}"
        (Wait-Terminal $terminal).ExitCode | Should -Be 130
    }

    It 'ends what an answer begins, typed right behind it' {
        $terminal = Start-Terminal $console '$null = Read-Host name; while ($true) { }'
        Wait-Text $terminal 'name: '
        Send-Text $terminal "x`r`u{3}"
        (Wait-Terminal $terminal).ExitCode | Should -Be 130
    }

    It 'ends the reading of a script, and runs none of it' {
        $terminal = Start-Terminal $console '' '-NonInteractive'
        Wait-Text $terminal 'starting'
        Send-Text $terminal "'ran' + 1`n`u{3}"
        $result = Wait-Terminal $terminal
        $result.ExitCode | Should -Be 130
        $result.Shown | Should -Not -Match 'ran1'
    }

    It 'ends a command, typed right behind it, and not the session' {
        $terminal = Start-Terminal $console ''
        Wait-Text $terminal '> '
        Send-Text $terminal "while (`$true) { }`r`u{3}exit 5`r"
        (Wait-Terminal $terminal).ExitCode | Should -Be 5
    }

    It 'ends the prompt function, in place of which a plain prompt is shown' {
        $terminal = Start-Terminal $console ''
        Wait-Text $terminal '> '
        Send-Text $terminal "function prompt { [Console]::Out.WriteLine('in ' + 'it'); while (`$true) { } }`r"
        Wait-Text $terminal 'in it'
        Send-Text $terminal "`u{3}"
        Wait-Text $terminal 'PS> '
        Send-Text $terminal "exit 5`r"
        (Wait-Terminal $terminal).ExitCode | Should -Be 5
    }

    It 'ends what runs at a nested prompt, and not what waits for its end' {
        $terminal = Start-Terminal $console ''
        Wait-Text $terminal '> '
        Send-Text $terminal "`$Host.EnterNestedPrompt(); exit (2 + 3)`r"
        Wait-Text $terminal '>> '
        Send-Text $terminal "while (`$true) { }`r`u{3}exit`r"
        (Wait-Terminal $terminal).ExitCode | Should -Be 5
    }
}

Describe 'The progress line' -Skip:(-not $IsLinux) {
    It 'has the share and the amounts of the phases of a restore, and is wiped at its end' {
        $terminal = Start-Terminal $console (
            "Import-Module '$($world.Module)'; (Restore-Backup $backupId -Destination '$TestDrive/shown').Status")
        $result = Wait-Terminal $terminal
        $result.ExitCode | Should -Be 0 -Because $result.Shown
        # Which phases last long enough to be shown depends on the machine.
        $result.Shown | Should -Match '(Planning the restore|Restoring) \d{1,2}%: [\d.,]+[ \w]* of [\d.,]+ \w+'
        $result.Shown | Should -Match "\r`e\[KCompleted\s*$"
    }

    It 'has the time left in words' {
        $terminal = Start-Terminal $console 'Write-Progress -Activity Busy -Status half -SecondsRemaining 92 -PercentComplete 50'
        (Wait-Terminal $terminal).Shown | Should -BeLike '*Busy 50[%]: half, 1 min 32 s left*'
    }

    It 'is not there where nobody watches' {
        $terminal = Start-Terminal $console (
            "Import-Module '$($world.Module)'; (Restore-Backup $backupId -Destination '$TestDrive/quiet').Status"
        ) '-NonInteractive'
        $shown = (Wait-Terminal $terminal).Shown
        $shown | Should -Match 'Completed\s*$'
        $shown | Should -Not -Match 'Restoring'
    }
}

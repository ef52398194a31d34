# A stream of a PostgreSQL server's log, killed with SIGKILL at random moments under load: no byte of the log may be missing.
BeforeDiscovery {
    # The same moments again: KILL_SEED=123.
    $seed = if ($env:KILL_SEED) { [int]$env:KILL_SEED } else { [System.Random]::Shared.Next(100000) }
}

BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $console = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/psbackup/psbackup")
    $script = [System.IO.Path]::GetFullPath("$PSScriptRoot/../servers/postgres.sh")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('backupmodule-kill-').FullName
    $restic = @(Get-Command restic -CommandType Application -ErrorAction Ignore).ForEach('Source')[0]
    $canRun = $restic -and [System.IO.Directory]::Exists('/usr/lib/postgresql')
    $mine = [System.Collections.Generic.List[System.Diagnostics.Process]]::new()
    if ($canRun) {
        # The server's user has to reach what is restored.
        $null = Invoke-Console 'chmod' @('711', $TestDrive)
        $env:POSTGRES_KIND = 'cluster'
        foreach ($line in (Invoke-Console 'bash' @($script, 'start', $folder)).Output -split "`n") {
            if ($line -match "^export (\w+)='(.*)'$") {
                [System.Environment]::SetEnvironmentVariable($Matches[1], $Matches[2])
            }
        }
    }

    function Invoke-Server([string]$Program, [string[]]$Arguments, [string]$Port = $env:PGPORT) {
        $result = Invoke-Console "$env:POSTGRES_BIN/$Program" (@('-h', '127.0.0.1', '-p', $Port, '-U', 'tester') + $Arguments)
        $result.ExitCode | Should -Be 0 -Because $result.Error
        $result.Output.Trim()
    }

    function Invoke-Sql([string]$Sql, [string]$Port = $env:PGPORT) {
        Invoke-Server 'psql' @('-qAtX', '-d', 'postgres', '-c', $Sql) $Port
    }

    # A program that runs beside the test, and whose output nobody waits for.
    function Start-Beside([string]$Program, [string[]]$Arguments) {
        $process = Start-Console $Program $Arguments
        $null = $process.StandardOutput.ReadToEndAsync()
        $null = $process.StandardError.ReadToEndAsync()
        $mine.Add($process)
        $process
    }

    function Start-Stream([string]$BackupInterval = '1s') {
        Start-Beside $console @('-NoProfile', '-NonInteractive', '-Command',
            "Import-Module '$($world.Module)'; Start-BackupLogStream -PolicyName shop -Interval 200ms -BackupInterval $BackupInterval -Wait")
    }

    function Wait-Until([scriptblock]$Condition, [string]$What, [int]$Seconds = 60) {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        while (-not (& $Condition)) {
            $clock.Elapsed.TotalSeconds | Should -BeLessThan $Seconds -Because $What
            [System.Threading.Thread]::Sleep(5)
        }
    }

    # Until everything that was committed by now is in the repository.
    function Wait-Stream {
        $now = [DateTimeOffset](Invoke-Sql "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD`"T`"HH24:MI:SS.US`"Z`"')")
        Wait-Until { @(Get-BackupLogStream shop).Where({ $_.State -eq 'Streaming' -and $_.StoredUntil -ge $now }) } 'the stream catches up'
    }

    # Log files of which there are pieces. A write that was killed leaves a file that counts for nothing, until a prune.
    function Get-PieceFile {
        $files = [System.Collections.Generic.SortedSet[string]]::new([StringComparer]::Ordinal)
        foreach ($path in [System.IO.Directory]::GetFiles("$($world.Location)/backupmodule/logs", '*~*', 'AllDirectories')) {
            $name = [System.IO.Path]::GetFileName($path)
            if ($name -notlike '*-tmp-*') {
                $null = $files.Add($name.Split('~')[0])
            }
        }

        $files
    }

    function Get-Hash([string]$Path) {
        [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($Path)))
    }

    # What a table holds, in a few bytes.
    function Get-TableSum([string]$Port = $env:PGPORT) {
        foreach ($table in 'pgbench_accounts', 'pgbench_branches', 'pgbench_tellers', 'pgbench_history', 'notes') {
            Invoke-Sql "SELECT '$table', count(*), sum(hashtext(t::text)) FROM $table t" $Port
        }
    }
}

AfterAll {
    $mine.Where({ -not $_.HasExited }).ForEach({ $_.Kill() })
    if ($canRun) {
        $null = Invoke-Console 'bash' @($script, 'wipe', $folder)
    }

    Exit-BackupWorld $world
    $env:POSTGRES_KIND = $env:PGPASSWORD = $env:PGHOST = $env:PGPORT = $env:PGUSER = $env:RESTIC_PASSWORD = $null
}

Describe 'A stream that is killed under load' {
    BeforeEach {
        if (-not $canRun) {
            Set-ItResult -Skipped -Because 'needs postgresql and restic'
        }
    }

    It 'begins anew each time, whatever it was at (KILL_SEED=<Seed>)' -ForEach @{ Seed = $seed } {
        $null = Invoke-Server 'pgbench' @('-i', '-s', '10', '-q', 'postgres')
        $null = Invoke-Sql 'CREATE TABLE notes (id int, word text)'
        Write-Text "$TestDrive/notes.sql" 'INSERT INTO notes SELECT g, md5(random()::text) FROM generate_series(1, 150) g;'
        $db = New-BackupDatabase -Name main -Engine PostgreSql -ConnectionString "Host=127.0.0.1;Port=$env:PGPORT;Username=backup" -Password env:PGPASSWORD
        $null = New-BackupPolicy -Name shop -RepositoryName main -Database $db
        $random = [System.Random]::new($Seed)
        $script:load = Start-Beside "$env:POSTGRES_BIN/pgbench" @('-h', '127.0.0.1', '-p', $env:PGPORT, '-U', 'tester',
            '-n', '-c', '4', '-T', '150', '-b', 'tpcb-like@4', '-f', "$TestDrive/notes.sql@1", 'postgres')
        $stream = Start-Stream
        Wait-Until { @(Get-BackupLogStream shop).Where({ $_.State -eq 'Streaming' }) } 'the stream begins'
        (Invoke-Backup -PolicyName shop).BackupId | Should -Not -BeNullOrEmpty
        foreach ($moment in 'anywhere', 'backup', 'anywhere', 'removal', 'anywhere', 'anywhere', 'backup', 'removal', 'anywhere', 'anywhere') {
            switch ($moment) {
                'backup' {
                    # Nothing else takes a lock, and a killed process leaves its own.
                    $before = [System.IO.Directory]::GetFiles("$($world.Location)/locks", '?' * 64)
                    Wait-Until { [System.IO.Directory]::GetFiles("$($world.Location)/locks", '?' * 64).Where({ $_ -notin $before }) } 'a backup of the log begins'
                    [System.Threading.Thread]::Sleep($random.Next(300))
                }
                'removal' {
                    $before = [System.IO.Directory]::GetFiles("$($world.Location)/snapshots", '?' * 64).Count
                    Wait-Until { [System.IO.Directory]::GetFiles("$($world.Location)/snapshots", '?' * 64).Count -gt $before } 'a backup of the log is made'
                    [System.Threading.Thread]::Sleep($random.Next(5))
                }
                default {
                    [System.Threading.Thread]::Sleep($random.Next(200, 4500))
                }
            }

            $stream.HasExited | Should -BeFalse -Because 'nothing but a kill ends it'
            $stream.Kill()
            $stream = Start-Stream
        }

        $stream.Kill()
        $script:load.HasExited | Should -BeFalse
        $script:load.Kill()
        $script:load.WaitForExit()
    }

    It 'has all of the log, partly as pieces, without a gap' {
        $null = Start-Stream '1h'
        Wait-Stream
        $window = @(Get-BackupRecoveryWindow -PolicyName shop)
        $window.Count | Should -Be 1
        $window[0].Gap | Should -BeNullOrEmpty
    }

    It 'leads to a copy that equals the server' {
        $copy = Restore-Backup -PolicyName shop -Component Database -Latest -Destination "$TestDrive/restored"
        $copy.Passed | Should -BeTrue
        Get-TableSum $copy.Port | Should -Be (Get-TableSum)
        $null = Invoke-Server 'pg_amcheck' @('--all', '--install-missing') $copy.Port
        $stop = "$env:POSTGRES_BIN/pg_ctl -D $($copy.Path) -m immediate -w stop"
        $null = Invoke-Console 'bash' @('-c', "cd / && $(if ([System.Environment]::IsPrivilegedProcess) { 'setpriv --reuid=postgres --regid=postgres --init-groups ' })$stop")
    }

    It 'has every segment that the server archived since its backup, byte for byte' {
        (Stop-BackupLogStream shop -Confirm:$false).State | Should -Be 'Stopped'
        $null = Start-Stream
        $null = Invoke-Sql 'CREATE TABLE last_words (word text); SELECT pg_switch_wal()'
        $null = Invoke-Sql 'DROP TABLE last_words'
        Wait-Stream

        # By now: the server goes on, cleaning up behind the load.
        $archive = "$folder/archive"
        $first = [System.IO.Path]::GetFileName([System.IO.Directory]::GetFiles($archive, '*.backup')[0]).Split('.')[0]
        $segments = [System.IO.Directory]::GetFiles($archive).ForEach({ [System.IO.Path]::GetFileName($_) }).Where({
            $_.Length -eq 24 -and [string]::CompareOrdinal($_, $first) -ge 0 })
        $segments.Count | Should -BeGreaterThan 10

        # All but the segment that the server is writing; what killed streams left behind is gone, too.
        Wait-Until { $left = @(Get-PieceFile); $left.Count -eq 1 -and $left[0] -notin $segments } 'complete segments become backups of the log'
        $env:RESTIC_PASSWORD = $env:BACKUP_PW
        foreach ($snapshot in (Get-Backup -PolicyName shop -Tag kind:log).BackupId) {
            $result = Invoke-Console $restic @('--no-cache', '--no-lock', '-r', $world.Location, 'restore', $snapshot, '--target', "$TestDrive/log/$snapshot")
            $result.ExitCode | Should -Be 0 -Because $result.Error
        }

        $restored = @{}
        foreach ($path in [System.IO.Directory]::GetFiles("$TestDrive/log", '0*', 'AllDirectories')) {
            $restored[[System.IO.Path]::GetFileName($path)] += @($path)
        }

        foreach ($segment in $segments) {
            $restored[$segment] | Should -Not -BeNullOrEmpty -Because "$segment is in a backup of the log"
            foreach ($path in $restored[$segment]) {
                Get-Hash $path | Should -Be (Get-Hash "$archive/$segment") -Because $segment
            }
        }

        (Invoke-Console $restic @('--no-cache', '--no-lock', '-r', $world.Location, 'check')).ExitCode | Should -Be 0
    }
}

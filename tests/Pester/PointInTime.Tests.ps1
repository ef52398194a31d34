# A project with a PostgreSQL server, backed up, followed, killed and taken back, as its users type it.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $script = [System.IO.Path]::GetFullPath("$PSScriptRoot/../servers/postgres.sh")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('backupmodule-pg-').FullName
    $canRun = [System.IO.Directory]::Exists('/usr/lib/postgresql')
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

    function Invoke-Sql([string]$Sql, [string]$Port = $env:PGPORT) {
        $result = Invoke-Console "$env:POSTGRES_BIN/psql" @('-qAtX', '-h', '127.0.0.1', '-p', $Port, '-U', 'tester', '-d', 'postgres', '-c', $Sql)
        $result.ExitCode | Should -Be 0 -Because $result.Error
        $result.Output.Trim()
    }

    function Stop-Copy([string]$Path) {
        $command = "$env:POSTGRES_BIN/pg_ctl -D $Path -m immediate -w stop"
        if ([System.Environment]::IsPrivilegedProcess) {
            $command = "setpriv --reuid=postgres --regid=postgres --init-groups $command"
        }

        $null = Invoke-Console 'bash' @('-c', "cd / && $command")
    }

    function Wait-Until([scriptblock]$Condition) {
        for ($i = 0; $i -lt 300 -and -not (& $Condition); $i++) {
            [System.Threading.Thread]::Sleep(100)
        }

        & $Condition | Should -BeTrue
    }

    # An application of one page, which says in the log when it is asked, and answers once the log says that it was started.
    function Start-Application([string]$Log) {
        $script:listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $script:listener.Start()
        $script:application = $application = [powershell]::Create([initialsessionstate]::CreateDefault2()).AddScript({
            param($Listener, $Log)
            $ErrorActionPreference = 'Stop'
            while ($true) {
                $client = $Listener.AcceptTcpClient()
                $stream = $client.GetStream()
                $null = $stream.Read([byte[]]::new(4096), 0, 4096)
                $isStarted = [System.IO.File]::Exists($Log) -and [System.IO.File]::ReadAllText($Log).Contains('start')
                [System.IO.File]::AppendAllText($Log, "$(if ($isStarted) { 'health' } else { 'asked too early' })`n")
                $status = if ($isStarted) { '200 OK' } else { '503 Service Unavailable' }
                $stream.Write([System.Text.Encoding]::ASCII.GetBytes("HTTP/1.1 $status`r`nContent-Length: 0`r`nConnection: close`r`n`r`n"))
                $client.Dispose()
            }
        }).AddArgument($script:listener).AddArgument($Log)
        $null = $application.BeginInvoke()
        "http://127.0.0.1:$($script:listener.LocalEndpoint.Port)/"
    }

    # Until everything that was committed by now is in the repository.
    function Wait-Stream {
        $now = [DateTimeOffset](Invoke-Sql "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD`"T`"HH24:MI:SS.US`"Z`"')")
        Wait-Until { (Get-BackupLogStream shop).StoredUntil -ge $now }
        $now
    }
}

AfterAll {
    if ($script:listener) {
        $script:listener.Stop()
        $script:application.Stop()
        $script:application.Dispose()
    }

    if ($canRun) {
        Get-BackupLogStream | Stop-BackupLogStream -Confirm:$false | Out-Null
        $null = Invoke-Console 'bash' @($script, 'wipe', $folder)
    }

    Exit-BackupWorld $world
    $env:POSTGRES_KIND = $env:PGPASSWORD = $env:PGHOST = $env:PGPORT = $env:PGUSER = $null
}

Describe 'A project with a PostgreSQL server' {
    BeforeEach {
        if (-not $canRun) {
            Set-ItResult -Skipped -Because 'needs postgresql'
        }
    }

    It 'is tested, backed up and followed' {
        $db = New-BackupDatabase -Name main -Engine PostgreSql -ConnectionString "Host=127.0.0.1;Port=$env:PGPORT;Username=backup" -Password env:PGPASSWORD -Mode Physical
        $null = New-BackupPolicy -Name shop -RepositoryName main -CodePath $world.Shop -Database $db
        Test-BackupDatabase -PolicyName shop -Quiet | Should -BeTrue
        $run = Invoke-Backup -PolicyName shop
        $run.BackupId | Should -Not -BeNullOrEmpty
        $stream = Start-BackupLogStream -PolicyName shop
        $stream.State | Should -Be 'Streaming'
        (Start-BackupLogStream -PolicyName shop).ProcessId | Should -Be $stream.ProcessId -Because 'it runs already'
    }

    It 'loses nothing when its stream is killed again and again while others write' {
        $null = Invoke-Sql 'CREATE TABLE orders (id serial PRIMARY KEY, made timestamptz DEFAULT clock_timestamp(), note text)'
        for ($i = 0; $i -lt 3; $i++) {
            $null = Invoke-Sql "INSERT INTO orders (note) SELECT repeat('x', 200) FROM generate_series(1, 5000)"
            $process = [System.Diagnostics.Process]::GetProcessById((Get-BackupLogStream shop).ProcessId)
            $process.Kill()
            $null = Invoke-Sql "INSERT INTO orders (note) SELECT repeat('y', 200) FROM generate_series(1, 5000)"
            Wait-Until { (Get-BackupLogStream shop).State -eq 'Stopped' }
            (Start-BackupLogStream -PolicyName shop).State | Should -Be 'Streaming'
        }

        $script:before = Wait-Stream
        [System.Threading.Thread]::Sleep(50)
        $null = Invoke-Sql 'DELETE FROM orders WHERE id <= 29000'
        $null = Wait-Stream
        Invoke-Sql 'SELECT count(*) FROM orders' | Should -Be '1000'
    }

    It 'shows one window without a gap' {
        $window = @(Get-BackupRecoveryWindow -PolicyName shop)
        $window.Count | Should -Be 1
        $window[0].Gap | Should -BeNullOrEmpty
        $window[0].Earliest | Should -BeLessThan $script:before
        $window[0].Latest | Should -BeGreaterThan $script:before
    }

    It 'is taken back to the moment before its rows were deleted' {
        $result = Restore-Backup -PolicyName shop -Component Database -PointInTime $script:before -Destination "$TestDrive/restored"
        $result.Passed | Should -BeTrue
        $result.Path | Should -Be "$TestDrive/restored/main"
        @($result.Phases.Name) | Should -Be 'extract', 'verify', 'recover', 'check', 'start'
        Invoke-Sql 'SELECT count(*), count(DISTINCT id) FROM orders' $result.Port | Should -Be '30000|30000'
        Stop-Copy $result.Path
        { Restore-Backup -PolicyName shop -Component Database -Destination "$TestDrive/restored" } | Should -Throw -ErrorId 'RestoreTargetUnwritable*'
    }

    It 'gives its files alone' {
        $null = Restore-Backup -PolicyName shop -Component Files -Destination "$TestDrive/files"
        [System.IO.File]::Exists("$TestDrive/files$($world.Shop)/index.php") | Should -BeTrue
        [System.IO.Directory]::Exists("$TestDrive/files/.backup/databases") | Should -BeFalse
    }

    It 'refuses what cannot be reached, and says what can' {
        $failure = { Restore-Backup -PolicyName shop -Component Database -PointInTime '2001-01-01T00:00:00Z' -Destination "$TestDrive/never" } |
            Should -Throw -ErrorId 'RecoveryTargetUnreachable*' -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*nearest moment*'
        { Restore-Backup -PolicyName shop -PointInTime $script:before -Destination "$TestDrive/never" } | Should -Throw -ErrorId 'InvalidArgument*'
        { Restore-Backup -PolicyName shop -Component Database -DatabaseName other -Destination "$TestDrive/never" } | Should -Throw -ErrorId 'BackupNotFound*'
        [System.IO.Directory]::Exists("$TestDrive/never") | Should -BeFalse
    }

    It 'refuses a port that is taken before it restores anything' {
        { Restore-Backup -PolicyName shop -Component Database -Destination "$TestDrive/never" -Port $env:PGPORT } | Should -Throw -ErrorId 'InvalidArgument*'
        [System.IO.Directory]::Exists("$TestDrive/never") | Should -BeFalse
    }

    It 'says why a stream cannot begin, and why one stands still' {
        $source = @{ Name = 'main'; Engine = 'PostgreSql'; Password = 'env:PGPASSWORD' }
        $null = New-BackupPolicy -Name dumps -RepositoryName main -Database (
            New-BackupDatabase @source -ConnectionString "Host=127.0.0.1;Port=$env:PGPORT;Username=backup" -Mode Logical)
        $failure = { Start-BackupLogStream dumps } | Should -Throw -ErrorId 'DatabaseUnreachable*' -PassThru
        $failure.Exception.Message | Should -BeLike '*dumps*'
        $null = New-BackupPolicy -Name away -RepositoryName main -Database (
            New-BackupDatabase @source -ConnectionString 'Host=127.0.0.1;Port=1;Username=backup')
        $stream = Start-BackupLogStream away -WarningVariable warnings 3>$null
        $stream.State | Should -Be 'Retrying'
        $warnings[0] | Should -BeLike '*Connection refused*'
        (Stop-BackupLogStream away -Confirm:$false).State | Should -Be 'Stopped'
        (Stop-BackupLogStream away -Confirm:$false).State | Should -Be 'Stopped' -Because 'it does not run'
        Remove-BackupPolicy away, dumps -Confirm:$false
        $null = Stop-BackupLogStream away, dumps -Remove -Confirm:$false -WarningAction Ignore
        Get-BackupLogStream away, dumps | Should -BeNullOrEmpty
        { Stop-BackupLogStream away -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'ItemNotFound*'
        { Get-BackupRecoveryWindow -PolicyName nobody } | Should -Throw -ErrorId 'PolicyNotFound*'
    }

    It 'gives database and files of one moment in one call' {
        Write-Text "$($world.Shop)/index.php" "<?php echo 'hacked';`n"
        $null = Invoke-Backup -PolicyName shop
        $database, $files = Restore-Backup -PolicyName shop -Component Database, Files -PointInTime $script:before -Destination "$TestDrive/both"
        $database.Path | Should -Be "$TestDrive/both/.backup/databases/main"
        Invoke-Sql 'SELECT count(*) FROM orders' $database.Port | Should -Be '30000'
        Stop-Copy $database.Path
        [System.IO.File]::Exists("$($database.Path)/postmaster.pid") | Should -BeFalse -Because 'the server''s user reaches its files'
        $files.Destination | Should -Be "$TestDrive/both"
        [System.IO.File]::ReadAllText("$TestDrive/both$($world.Shop)/index.php") | Should -BeLike '*hello*' -Because 'the newer backup is after the moment'
        { Restore-Backup -PolicyName shop -Component Database, Files -PointInTime '2001-01-01T00:00:00Z' -Destination "$TestDrive/never" } |
            Should -Throw -ErrorId 'RecoveryTargetUnreachable*'
        { Restore-Backup -PolicyName shop -Component Database, Files -Include '*.php' -Destination "$TestDrive/never" } | Should -Throw -ErrorId 'InvalidArgument*'
        [System.IO.Directory]::Exists("$TestDrive/never") | Should -BeFalse
    }

    It 'drops the slot of a stream that is given up' {
        Invoke-Sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'backupmodule_main_%'" | Should -Be '1'
        (Stop-BackupLogStream shop -Remove -Confirm:$false).State | Should -Be 'Stopped'
        Invoke-Sql 'SELECT count(*) FROM pg_replication_slots' | Should -Be '0'
        Get-BackupLogStream shop | Should -BeNullOrEmpty
    }

    It 'is taken back in place: stopped, database, files, started, and asked whether it works' {
        $log = "$TestDrive/order.log"
        $page = Start-Application $log
        $stop = "echo stop >> $log; bash $script stop $folder"
        $start = "bash $script start $folder > /dev/null 2>&1 && find $($world.Shop)/index.php -newercc $folder/data/PG_VERSION -printf 'database before files\n' >> $log; echo start >> $log"
        Write-Text "$TestDrive/bin/systemctl" "#!/bin/sh`necho `$1 `$2 >> $log`n"
        chmod +x "$TestDrive/bin/systemctl"
        $env:PATH = "$TestDrive/bin`:$env:PATH"
        Set-BackupPolicy shop -PreRestore $stop -PostRestore $start -StopService web -RestartService cache -HealthCheck $page, "tcp://127.0.0.1:$env:PGPORT"

        { Restore-Backup -PolicyName shop -Component Database, Files -InPlace -Lsn 'FFFF/0' -Confirm:$false } | Should -Throw -ErrorId 'RecoveryTargetUnreachable*'
        [System.IO.File]::Exists($log) | Should -BeFalse -Because 'what cannot be reached stops nobody'

        $database, $files = Restore-Backup -PolicyName shop -Component Database, Files -PointInTime $script:before -InPlace -Confirm:$false
        [System.IO.File]::ReadAllLines($log) |
            Should -Be 'stop', 'stop web', 'start web', 'database before files', 'start', 'restart cache', 'health'
        $database.Path | Should -Be "$folder/data"
        $database.Passed | Should -BeTrue
        $files.Status | Should -Be 'Completed'
        @($files.Health.Passed) | Should -Be $true, $true
        $database.IsHealthy | Should -BeTrue
        Invoke-Sql 'SELECT count(*) FROM orders' | Should -Be '30000'
        [System.IO.File]::ReadAllText("$($world.Shop)/index.php") | Should -BeLike '*hello*'
    }
}

# A project with a MariaDB server: dumped, its log followed, and taken back to a moment, through the cmdlets.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $script = [System.IO.Path]::GetFullPath("$PSScriptRoot/../servers/mariadb.sh")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('backupmodule-my-').FullName
    $canRun = [bool](Get-Command mariadbd -CommandType Application -ErrorAction Ignore)
    if ($canRun) {
        # The server's user has to reach what is restored.
        $null = Invoke-Console 'chmod' @('711', $TestDrive)
        foreach ($line in (Invoke-Console 'bash' @($script, 'start', $folder)).Output -split "`n") {
            if ($line -match "^export (\w+)='(.*)'$") {
                [System.Environment]::SetEnvironmentVariable($Matches[1], $Matches[2])
            }
        }
    }

    function Invoke-Sql([string]$Sql, [string]$Port = $env:MARIADB_PORT) {
        $env:MYSQL_PWD = [System.IO.File]::ReadAllText($env:MARIADB_PASSWORD_FILE)
        $result = Invoke-Console 'mariadb' @('-N', '-h', '127.0.0.1', '-P', $Port, '-u', 'tester', '-e', $Sql)
        $env:MYSQL_PWD = $null
        $result.ExitCode | Should -Be 0 -Because $result.Error
        $result.Output.Trim()
    }

    function Wait-Until([scriptblock]$Condition) {
        for ($i = 0; $i -lt 300 -and -not (& $Condition); $i++) {
            [System.Threading.Thread]::Sleep(100)
        }

        & $Condition | Should -BeTrue
    }
}

AfterAll {
    if ($canRun) {
        Get-BackupLogStream | Stop-BackupLogStream -Confirm:$false | Out-Null
        $null = Invoke-Console 'bash' @($script, 'wipe', $folder)
    }

    Exit-BackupWorld $world
}

Describe 'A project with a MariaDB server' {
    BeforeEach {
        if (-not $canRun) {
            Set-ItResult -Skipped -Because 'needs mariadbd'
        }
    }

    It 'is backed up, followed, and taken back to the moment before its rows were deleted' {
        $db = New-BackupDatabase -Name app -Engine MySql -ConnectionString "Server=127.0.0.1;Port=$env:MARIADB_PORT;User ID=tester" `
            -Password "file:$env:MARIADB_PASSWORD_FILE" -Mode Logical
        $null = New-BackupPolicy -Name shop -RepositoryName main -CodePath $world.Shop -Database $db
        Test-BackupDatabase -PolicyName shop -Quiet | Should -BeTrue
        $null = Invoke-Sql 'CREATE DATABASE app; USE app; CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t SELECT seq FROM seq_1_to_1000'
        (Start-BackupLogStream -PolicyName shop).State | Should -Be 'Streaming'
        $null = Invoke-Backup -PolicyName shop
        $null = Invoke-Sql 'USE app; INSERT INTO t SELECT seq FROM seq_1001_to_2000'
        [System.Threading.Thread]::Sleep(2100)
        $moment = [DateTimeOffset]::FromUnixTimeMilliseconds([long](Invoke-Sql 'SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS INT)'))
        [System.Threading.Thread]::Sleep(2100)
        $null = Invoke-Sql 'DELETE FROM app.t WHERE id <= 1900; FLUSH BINARY LOGS'
        Wait-Until { (Get-BackupRecoveryWindow -PolicyName shop).Where({ $_.Latest -gt $moment }) }

        $result = Restore-Backup -PolicyName shop -Component Database -PointInTime $moment -Destination "$TestDrive/restored"

        Invoke-Sql 'SELECT COUNT(*) FROM app.t' $result.Port | Should -Be '2000'
        Invoke-Sql 'SELECT COUNT(*) FROM app.t' | Should -Be '100'
        $null = Invoke-Sql 'SHUTDOWN' $result.Port
    }

    It 'gives one database under a new name' {
        $result = Restore-Backup -PolicyName shop -Component Database -Database app -NewName app_before
        $result.Databases | Should -Contain 'app_before'
        Invoke-Sql 'SELECT COUNT(*) FROM app_before.t' | Should -Be '1000'
    }
}

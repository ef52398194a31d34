# Jobs that are still at work when the module or the process goes.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $shop = $world.Shop
    $bytes = [byte[]]::new(64MB)
    [System.Random]::new(1).NextBytes($bytes)
    [System.IO.File]::WriteAllBytes("$shop/big", $bytes)
    $null = Invoke-Backup -Path $shop
    $locks = "$($world.Location)/locks"

    # A job that is at work, under its lock.
    $started = "Import-Module '$($world.Module)'; " +
        '$job = 1..1000 | ForEach-Object { Get-Backup -Latest } | Test-Backup -AsJob; ' +
        "while (-not [System.IO.Directory]::GetFiles('$locks')) { [System.Threading.Thread]::Sleep(5) }; "

    function Invoke-Fresh([string]$Script) {
        Invoke-Console ([System.Environment]::ProcessPath) '-NoProfile', '-NonInteractive', '-Command', $Script
    }
}

AfterAll {
    Exit-BackupWorld $world
}

Describe 'A job at work' {
    It 'is stopped, and releases its lock, <when>' -ForEach @(
        @{ when = 'by Stop-Job'; script = '$job | Stop-Job; "$($job.State)"' }
        @{ when = 'with its module'; script = 'Remove-Module BackupModule; "$($job.State)"' }
        @{ when = 'by a forced import'; script = 'Import-Module BackupModule -Force; "$($job.State)"' }
        @{ when = 'at the end of the process'; script = '"Stopped"' }
        @{ when = 'by an exit of the process'; script = '"Stopped"; exit 0' }
    ) {
        $result = Invoke-Fresh ($started + $script)
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'Stopped'
        $result.ExitCode | Should -Be 0
        [System.IO.Directory]::GetFiles($locks) | Should -BeNullOrEmpty
    }

    It 'goes on beside other commands, and gives its output when it is received' {
        $result = Invoke-Fresh (
            "Import-Module '$($world.Module)'; `$job = Test-BackupRepository -ReadData -AsJob; " +
            '@(Get-Backup).Count; ($job | Receive-Job -Wait -AutoRemoveJob).Passed; @(Get-Job).Count')
        $result.Error | Should -BeNullOrEmpty
        $result.Output.Split("`n").Trim() | Should -Be '1', 'True', '0'
    }
}

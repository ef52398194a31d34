# Several processes use one repository at the same time.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $restic = @(Get-Command restic -CommandType Application -ErrorAction Ignore).ForEach('Source')[0]
    $machines = 'web1', 'web2', 'web3'
    foreach ($machine in $machines) {
        foreach ($number in 1..50) {
            Write-Text "$($world.Folder)/$machine/$number" ("$machine $number " * 1000)
        }
    }

    $null = Invoke-Backup -Path "$($world.Folder)/web1" -HostName before
    $null = Invoke-Backup -Path $world.Shop -HostName gone
    Get-Backup -HostName gone | Remove-Backup -Confirm:$false

    function Start-Fresh([string]$Script) {
        Start-Console ([System.Environment]::ProcessPath) '-NoProfile', '-NonInteractive', '-Command', (
            "`$ErrorActionPreference = 'Stop'; Import-Module '$($world.Module)'; `$world = '$($world.Folder)'; $Script")
    }
}

AfterAll {
    Exit-BackupWorld $world
    $env:RESTIC_PASSWORD = $null
}

Describe 'Processes that use one repository' {
    It 'hear of a bandwidth limit that another one changes' {
        # At this rate the backup takes hours.
        $null = New-BackupRepository -Name slow -Location "$($world.Folder)/srv/slow" -Password env:BACKUP_PW
        $noise = [byte[]]::new(5MB)
        [System.Random]::new(1).NextBytes($noise)
        Write-Text "$($world.Folder)/noise/file" ([System.Convert]::ToBase64String($noise))
        Set-BackupRepository -Name slow -BandwidthLimit 500B
        $process = Start-Fresh "`$null = Invoke-Backup -RepositoryName slow -Path `"`$world/noise`"; 'done'"
        $process.WaitForExit(20000) | Should -BeFalse
        Set-BackupRepository -Name slow -BandwidthLimit unlimited
        $process.WaitForExit(120000) | Should -BeTrue
        $result = Wait-Console $process ''
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'done'
        Unregister-BackupRepository -Name slow -Confirm:$false
    }

    It 'back up, restore and prune side by side, and lose nothing' {
        $processes = @(
            foreach ($machine in $machines) {
                Start-Fresh (
                    "foreach (`$run in 1..3) { [System.IO.File]::WriteAllText(`"`$world/$machine/new`$run`", `$run); " +
                    "`$null = Invoke-Backup -Path `"`$world/$machine`" -HostName $machine -LockWait 2m }; 'done'")
            }

            Start-Fresh (
                'foreach ($run in 1..3) { $null = Get-Backup -HostName before | ' +
                "Restore-Backup -Destination `"`$world/restored/`$run`" -LockWait 2m }; 'done'")
            Start-Fresh "foreach (`$run in 1..2) { `$null = Optimize-BackupRepository -MaxUnusedPercent 0 -LockWait 4m }; 'done'"
        )
        foreach ($process in $processes) {
            $result = Wait-Console $process ''
            $result.Error | Should -BeNullOrEmpty
            $result.Output | Should -Be 'done'
            $result.ExitCode | Should -Be 0
        }

        [System.IO.Directory]::GetFiles("$($world.Location)/locks") | Should -BeNullOrEmpty
        @(Get-Backup).Count | Should -Be 10
        (Test-BackupRepository -ReadData).Passed | Should -BeTrue
        foreach ($machine in $machines) {
            $null = Get-Backup -HostName $machine -Latest | Restore-Backup -Destination "$TestDrive/back"
            $diff = Invoke-Console '/usr/bin/diff' '-r', "$($world.Folder)/$machine", "$TestDrive/back$($world.Folder)/$machine"
            $diff.ExitCode | Should -Be 0 -Because ($diff.Output + $diff.Error)
        }

        if ($restic) {
            $env:RESTIC_PASSWORD = $env:BACKUP_PW
            $check = Invoke-Console $restic '--no-cache', '-r', $world.Location, 'check', '--read-data'
            $check.ExitCode | Should -Be 0 -Because ($check.Output + $check.Error)
        }
    }
}

# Stock restic judges a repository that the cmdlets made.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $restic = @(Get-Command restic -CommandType Application -ErrorAction Ignore).ForEach('Source')[0]

    function Invoke-Restic([string[]]$Arguments) {
        $env:RESTIC_PASSWORD = $env:BACKUP_PW
        Invoke-Console $restic (@('--no-cache', '-r', $world.Location) + $Arguments)
    }
}

AfterAll {
    Exit-BackupWorld $world
    $env:RESTIC_PASSWORD = $null
}

Describe 'restic' {
    BeforeEach {
        if (-not $restic) {
            Set-ItResult -Skipped -Because 'needs restic'
        }
    }

    It 'finds no error after backup, tags, removal and prune' {
        $null = Invoke-Backup -Path $world.Shop -Tag first
        Write-Text "$($world.Shop)/index.php" 'changed'
        $null = Invoke-Backup -Path $world.Shop
        Get-Backup -Tag first | Remove-Backup -Confirm:$false
        Get-Backup -Latest | Set-Backup -AddTag kept
        $null = Optimize-BackupRepository
        $check = Invoke-Restic 'check', '--read-data'
        $check.ExitCode | Should -Be 0 -Because $check.Error
        $check.Output | Should -BeLike '*no errors were found*'
        $snapshots = @((Invoke-Restic 'snapshots', '--json').Output | ConvertFrom-Json)
        $snapshots.Count | Should -Be 1
        $snapshots[0].tags | Should -Be 'kept'
        $snapshots[0].id | Should -Be (Get-Backup).BackupId
    }

    It 'restores what was backed up' {
        $restore = Invoke-Restic 'restore', 'latest', '--target', "$TestDrive/by-restic"
        $restore.ExitCode | Should -Be 0 -Because $restore.Error
        [System.IO.File]::ReadAllText("$TestDrive/by-restic$($world.Shop)/index.php") | Should -Be 'changed'
    }

    It 'writes backups that the cmdlets list, test and restore' {
        Write-Text "$($world.Shop)/by-restic.txt" 'by restic'
        (Invoke-Restic 'backup', $world.Shop, '--tag', 'theirs').ExitCode | Should -Be 0
        $theirs = Get-Backup -Tag theirs
        $theirs | Test-Backup -Quiet | Should -BeTrue
        $null = $theirs | Restore-Backup -Destination "$TestDrive/by-us"
        [System.IO.File]::ReadAllText("$TestDrive/by-us$($world.Shop)/by-restic.txt") | Should -Be 'by restic'
    }

    It 'is waited for, and named, where it holds the lock' {
        $env:RESTIC_PASSWORD = $env:BACKUP_PW
        $holder = Start-Console $restic '--no-cache', '-r', $world.Location, 'backup', '--stdin'
        Wait-Lock $holder $world.Location
        try {
            { Optimize-BackupRepository -Confirm:$false } | Should -Throw -ErrorId 'RepositoryLocked,*' `
                -ExpectedMessage "*$([System.Environment]::UserName)*process $($holder.Id), restic)*since at least*ago)*"
            { Optimize-BackupRepository -LockWait 1s } | Should -Throw -ErrorId 'RepositoryLocked,*'
            Unlock-BackupRepository | Should -BeNullOrEmpty -Because 'its holder is alive'
            (Invoke-Backup -Path $world.Shop -Tag beside).RepositoryName | Should -Be 'main'
        }
        finally {
            (Wait-Console $holder 'some text').ExitCode | Should -Be 0
        }

        Optimize-BackupRepository -LockWait 30s | Should -Not -BeNullOrEmpty
    }
}

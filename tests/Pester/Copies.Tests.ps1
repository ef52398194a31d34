# A repository, its copies, and what one gives back to the other, as users type it.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $restic = @(Get-Command restic -CommandType Application -ErrorAction Ignore).ForEach('Source')[0]
    $null = Set-BackupRepository main -Role Primary -Place Berlin
    $null = New-BackupRepository -Name offsite -Location "$($world.Folder)/srv/offsite" -CopyOf main -Role Secondary `
        -Place Frankfurt -Password env:BACKUP_PW
    $null = New-BackupRepository -Name drawer -Location "$($world.Folder)/usb/drawer" -CopyOf main -Role Archive `
        -Place Drawer -Password env:BACKUP_PW
    $null = Invoke-Backup -RepositoryName main -Path $world.Shop -Tag first

    function Assert-Sound([string]$Name) {
        if ($restic) {
            $env:RESTIC_PASSWORD = $env:BACKUP_PW
            $location = (Get-BackupRepository $Name).Location
            $check = Invoke-Console $restic '--no-cache', '-r', $location, 'check', '--read-data'
            $check.ExitCode | Should -Be 0 -Because ($check.Output + $check.Error)
        }
    }
}

AfterAll {
    Exit-BackupWorld $world
    $env:RESTIC_PASSWORD = $null
}

Describe 'Copies' {
    It 'are brought up to date by one line, and nothing travels twice' {
        $first = @(Sync-BackupRepository main)
        ($first.Destination | Sort-Object) -join ' ' | Should -Be 'drawer offsite'
        $first.BackupsCopied | Should -Be 1, 1
        $again = Sync-BackupRepository -RepositoryName main -Destination offsite
        $again.BackupsCopied | Should -Be 0
        $again.BytesStored | Should -Be 0
        $again.Lag | Should -Be ([TimeSpan]::Zero)
        Assert-Sound offsite
    }

    It 'take named backups from the pipeline' {
        Write-Text "$($world.Shop)/index.php" 'changed'
        $null = Invoke-Backup -RepositoryName main -Path $world.Shop -Tag second
        (Get-BackupRepository offsite).Lag | Should -BeGreaterThan ([TimeSpan]::Zero)
        $copied = Get-Backup -RepositoryName main -Tag second | Copy-Backup -Destination offsite
        $copied.Backup[0].RepositoryName | Should -Be 'offsite'
        $copied.Backup[0] | Test-Backup -Quiet | Should -BeTrue
    }

    It 'keep what they keep' {
        Get-Backup -RepositoryName offsite -Tag first | Remove-Backup -Confirm:$false
        (Sync-BackupRepository main -Destination offsite).BackupsRemovedThere | Should -Be 1
        @(Get-Backup -RepositoryName offsite).Count | Should -Be 1
        (Sync-BackupRepository main -Destination offsite -Again).BackupsCopied | Should -Be 1
    }

    It 'count for 3-2-1-1-0 by what happened' {
        (Get-BackupRepository main).Score.Points[4].IsMet | Should -BeFalse
        $null = Sync-BackupRepository main
        $null = Get-BackupRepository | Test-BackupRepository
        (Get-BackupRepository main).Score.Met | Should -Be 4
        $shown = Get-BackupRepository main | Format-List | Out-String -Width 200
        $shown | Should -BeLike '*3 copies*: met since*'
        $shown | Should -BeLike '*1 offline or immutable*: not met: drawer is connected. Disconnect its disk.*'
        [System.IO.Directory]::Move("$($world.Folder)/usb", "$($world.Folder)/away")
        (Get-BackupRepository main).Score.Met | Should -Be 5
        { Sync-BackupRepository main -Destination drawer } | Should -Throw -ErrorId 'RepositoryNotFound,*' `
            -ExpectedMessage '*last seen on*'
        [System.IO.Directory]::Move("$($world.Folder)/away", "$($world.Folder)/usb")
    }

    It 'give back what is lost' {
        foreach ($pack in [System.IO.Directory]::GetFiles("$($world.Location)/data", '*', 'AllDirectories')) {
            [System.IO.File]::Delete($pack)
        }

        Test-BackupRepository main -Quiet | Should -BeFalse
        $repaired = Repair-BackupRepository -RepositoryName main -From offsite
        $repaired.BlobsLost | Should -Be 0
        $repaired.Refetched.Count | Should -BeGreaterThan 0
        $repaired.RepairedBackup | Should -BeNullOrEmpty
        Assert-Sound main
        @(Get-Backup -RepositoryName main).Count | Should -Be 2
    }
}

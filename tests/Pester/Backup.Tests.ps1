# The lines of the README, in their order and as they are written there, on folders of the test.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $shop = $world.Shop
    $run = Invoke-Backup -RepositoryName main -Path $shop -Exclude node_modules -Tag nightly
}

AfterAll {
    Exit-BackupWorld $world
}

Describe 'A backup' {
    It 'says what was done, to what' {
        $run.BackupId | Should -Match '^[0-9a-f]{64}$'
        $run.RepositoryName | Should -Be 'main'
        "$($run.Status)" | Should -Be 'Completed'
        $run.Time | Should -BeOfType ([DateTimeOffset])
        $run.Path | Should -Be $shop
        $run.Tag | Should -Be 'nightly'
        $run.HostName | Should -Be ([System.Environment]::MachineName)
        $run.TotalFiles | Should -Be 2
        $run.TotalBytes | Should -Be 35
        $run.BytesStored | Should -BeGreaterThan 0
    }

    It 'is listed with the same facts' {
        $backup = Get-Backup -Repository main -Latest
        foreach ($property in 'BackupId', 'RepositoryName', 'Time', 'Path', 'Tag', 'HostName', 'TotalFiles', 'TotalBytes') {
            $backup.$property | Should -Be $run.$property -Because $property
        }
    }

    It 'lists its items' {
        $items = Get-Backup -RepositoryName main -Latest | Get-BackupItem -Path $shop -Recurse
        $items.Path | Should -Be "$shop/config", "$shop/config/app.json", "$shop/index.php"
        $items[2].BackupId | Should -Be $run.BackupId
        $items[2].RepositoryName | Should -Be 'main'
        $items[2].Size | Should -Be 20
    }

    It 'is tested in five ways' {
        $test = Get-Backup -RepositoryName main -Latest | Test-Backup
        $test.Passed | Should -BeTrue
        $test.BackupId | Should -Be $run.BackupId
        @($test.Check).Count | Should -Be 5
        @($test.Check).Evidence | Should -Not -BeNullOrEmpty
    }

    It 'is tested with a yes or no' {
        $backup = Get-Backup -RepositoryName main -Latest
        $backup | Test-Backup -Quiet | Should -BeOfType ([bool])
        $backup | Test-Backup -Quiet | Should -BeTrue
        $backup | Test-Backup -RequiredPath "$shop/missing" -Quiet | Should -BeFalse
        Test-BackupRepository -Name main -Quiet | Should -BeTrue
    }

    It 'is restored below the destination' {
        $restored = Get-Backup -RepositoryName main -Latest | Restore-Backup -Destination "$TestDrive/shop-restored"
        $restored.BackupId | Should -Be $run.BackupId
        "$($restored.Status)" | Should -Be 'Completed'
        foreach ($file in 'config/app.json', 'index.php') {
            [System.IO.File]::ReadAllText("$TestDrive/shop-restored$shop/$file") |
                Should -Be ([System.IO.File]::ReadAllText("$shop/$file"))
        }

        "$TestDrive/shop-restored$shop/node_modules" | Should -Not -Exist
        $again = Get-Backup -RepositoryName main -Latest | Restore-Backup -Destination "$TestDrive/shop-restored"
        $again.BytesWritten | Should -Be 0
    }

    It 'is restored in part' {
        $null = Get-Backup -RepositoryName main -Latest |
            Restore-Backup -Destination "$TestDrive/one" -Include "$shop/config/app.json"
        "$TestDrive/one$shop/config/app.json" | Should -Exist
        "$TestDrive/one$shop/index.php" | Should -Not -Exist
    }

    It 'gives items that can be found, read and restored' {
        Find-BackupItem -RepositoryName main -Name app.json | Get-BackupItemContent | Should -Be '{"port": 8080}'
        $null = Get-Backup -RepositoryName main -Latest | Get-BackupItem -Path "$shop/index.php" |
            Restore-Backup -Destination "$TestDrive/item"
        "$TestDrive/item$shop/index.php" | Should -Exist
    }

    It 'takes files from the pipeline' {
        $files = [System.IO.DirectoryInfo]::new($shop).GetFileSystemInfos('*.php')
        $piped = $files | Invoke-Backup -RepositoryName main -Tag piped
        $piped.Path | Should -Be "$shop/index.php"
        Get-Backup -RepositoryName main -Tag pip* | Remove-Backup -Confirm:$false
        Get-Backup -RepositoryName main -Tag pip* | Should -BeNullOrEmpty
    }
}

Describe 'A repository' {
    It 'is checked by reading all of it' {
        $check = Get-BackupRepository | Test-BackupRepository -ReadData
        $check.Passed | Should -BeTrue
        $check.PacksRead | Should -Be $check.Packs
        $check.BytesRead | Should -BeGreaterThan 0
    }

    It 'loses what is old, and the space of it' {
        $null = Invoke-Backup -RepositoryName main -Path "$shop/node_modules" -Time ([DateTimeOffset]::Now.AddDays(-40))
        $old = Get-Backup -RepositoryName main | Where-Object Time -lt ([DateTimeOffset]::Now.AddDays(-30))
        @($old).Count | Should -Be 1
        $old | Remove-Backup -Confirm:$false
        (Get-Backup -RepositoryName main).BackupId | Should -Be $run.BackupId
        (Optimize-BackupRepository -Name main).BytesFreed | Should -BeGreaterThan 0
        Test-BackupRepository -Name main -ReadData -Quiet | Should -BeTrue
    }

    It 'opens with its new password only' {
        $null = Update-BackupKey -RepositoryName main -NewPassword env:NEW_PW
        (Get-BackupRepository -Name main).PasswordReference | Should -Be 'env:NEW_PW'
        (Get-Backup -RepositoryName main).BackupId | Should -Be $run.BackupId
        { Get-Backup -RepositoryName main -Password env:BACKUP_PW } | Should -Throw -ErrorId 'WrongPassword*'
    }
}

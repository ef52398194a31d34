# Repositories in a bucket of a real S3 server, through the cmdlets.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $script = [System.IO.Path]::GetFullPath("$PSScriptRoot/../servers/s3-server.sh")
    $folder = [System.IO.Directory]::CreateTempSubdirectory('backupmodule-s3-').FullName
    $restic = @(Get-Command restic -CommandType Application -ErrorAction Ignore).ForEach('Source')[0]
    $canRun = $restic -and (Get-Command radosgw -CommandType Application -ErrorAction Ignore)
    if ($canRun) {
        $env:S3_STORE = 'memstore'
        foreach ($line in (Invoke-Console 'bash' @($script, 'start', $folder)).Output -split "`n") {
            if ($line -match "^export (\w+)='(.*)'$") {
                [System.Environment]::SetEnvironmentVariable($Matches[1], $Matches[2])
            }
        }

        # restic makes the bucket on its way.
        $env:RESTIC_PASSWORD = $env:BACKUP_PW
        $null = Invoke-Console $restic @('--no-cache', '-r', "s3:$env:AWS_ENDPOINT_URL/shop-backup/theirs", 'init')
        $place = @{ Endpoint = $env:AWS_ENDPOINT_URL; AccessKeyId = $env:AWS_ACCESS_KEY_ID }
    }
}

AfterAll {
    if ($canRun) {
        $null = Invoke-Console 'bash' @($script, 'wipe', $folder)
    }

    Exit-BackupWorld $world
    $env:RESTIC_PASSWORD = $env:S3_STORE = $null
}

Describe 'A bucket' {
    BeforeEach {
        if (-not $canRun) {
            Set-ItResult -Skipped -Because 'needs radosgw and restic'
        }
    }

    It 'holds a repository that restic checks' {
        $made = New-BackupRepository -Name far -Location s3://shop-backup/ours @place -SecretKey env:AWS_SECRET_ACCESS_KEY -Password env:BACKUP_PW
        $made.Provider | Should -Be 'S3Compatible'
        $null = Invoke-Backup -RepositoryName far -Path $world.Shop
        (Test-BackupRepository -Name far -ReadData).Passed | Should -BeTrue
        $null = Get-Backup -RepositoryName far -Latest | Restore-Backup -Destination "$TestDrive/back"
        [System.IO.File]::Exists("$TestDrive/back$($world.Shop)/index.php") | Should -BeTrue
        $check = Invoke-Console $restic @('--no-cache', '-r', "s3:$env:AWS_ENDPOINT_URL/shop-backup/ours", 'check', '--read-data')
        $check.ExitCode | Should -Be 0 -Because $check.Error
    }

    It 'is tried, check by check' {
        $found = Test-BackupRepository -Name far -Store
        $found.Passed | Should -BeTrue
        $found.Finding.Check | Should -Contain 'CreateOnce'
        Test-BackupRepository -Name far -Store -Quiet | Should -BeTrue
    }

    It 'of restic is registered and read' {
        $null = Register-BackupRepository -Name theirs -Location s3://shop-backup/theirs @place -SecretKey env:AWS_SECRET_ACCESS_KEY -Password env:BACKUP_PW
        Test-BackupRepository -Name theirs -Quiet | Should -BeTrue
    }

    It 'that is missing, and a key that is wrong, are told apart' {
        { New-BackupRepository -Name none -Location s3://no-such-bucket @place -SecretKey env:AWS_SECRET_ACCESS_KEY -Password env:BACKUP_PW } |
            Should -Throw -ErrorId 'BucketNotFound,*'
        { New-BackupRepository -Name none -Location s3://shop-backup/x -Endpoint $env:AWS_ENDPOINT_URL -AccessKeyId nobody -SecretKey env:AWS_SECRET_ACCESS_KEY -Password env:BACKUP_PW } |
            Should -Throw -ErrorId 'CredentialInvalid,*'
    }

    It 'keeps its secret key out of the catalog and out of errors' {
        { Set-BackupRepository -Name far -SecretKey $env:AWS_SECRET_ACCESS_KEY } | Should -Throw -ErrorId 'InvalidArgument,*'
        "$($Error[0])$($Error[0].Exception)" | Should -Not -BeLike "*$env:AWS_SECRET_ACCESS_KEY*"
        (Get-BackupRepository -Name far).Store.SecretKeyReference | Should -Be 'env:AWS_SECRET_ACCESS_KEY'
    }
}

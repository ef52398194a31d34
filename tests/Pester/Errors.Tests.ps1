# Errors as scripts see them: stable ids, what to do next, and exit codes.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $shop = $world.Shop
    Write-Text "$TestDrive/foreign/file" 'x'
    $null = Invoke-Backup -Path $shop
}

AfterAll {
    Exit-BackupWorld $world
}

Describe 'The error' {
    It 'is <id> for <line>' -ForEach @(
        @{ id = 'WrongPassword'; line = 'Get-Backup -Password env:WRONG_PW' }
        @{ id = 'SecretUnavailable'; line = 'Get-Backup -Password env:NOT_SET_ANYWHERE' }
        @{ id = 'InvalidArgument'; line = 'Get-Backup -Password plain' }
        @{ id = 'RepositoryNotFound'; line = 'Get-Backup -RepositoryName nowhere' }
        @{ id = 'RepositoryNotFound'; line = 'Register-BackupRepository two $TestDrive/none -Password env:BACKUP_PW' }
        @{ id = 'RepositoryForeign'; line = 'Register-BackupRepository two $TestDrive/foreign -Password env:BACKUP_PW' }
        @{ id = 'RepositoryForeign'; line = 'New-BackupRepository two $TestDrive/foreign -Password env:BACKUP_PW' }
        @{ id = 'RepositoryExists'; line = 'New-BackupRepository main $TestDrive/two -Password env:BACKUP_PW' }
        @{ id = 'RepositoryExists'; line = 'New-BackupRepository two $($world.Location) -Password env:BACKUP_PW' }
        @{ id = 'RepositoryExists'; line = 'Register-BackupRepository two $($world.Location) -Password env:BACKUP_PW' }
        @{ id = 'LocationUnsupported'; line = 'New-BackupRepository two ftp://host/x -Password env:BACKUP_PW' }
        @{ id = 'SourceNotFound'; line = 'Invoke-Backup $TestDrive/none' }
        @{ id = 'SourceNotFound'; line = 'Invoke-Backup $TestDrive/none*' }
        @{ id = 'BackupNotFound'; line = 'Get-Backup 0123456789' }
        @{ id = 'BackupNotFound'; line = 'Test-Backup nothing' }
        @{ id = 'BackupNotFound'; line = 'Restore-Backup nothing -Destination $TestDrive/x' }
        @{ id = 'ItemNotFound'; line = 'Get-BackupItem $TestDrive/none latest' }
        @{ id = 'ItemNotFound'; line = 'Restore-Backup latest -Destination $TestDrive/x -Include /none' }
        @{ id = 'RestoreTargetUnwritable'; line = 'Restore-Backup latest -Destination $shop/index.php' }
        @{ id = 'KeyNotFound'; line = 'Get-BackupKey nothing' }
        @{ id = 'KeyInUse'; line = 'Get-BackupKey | Remove-BackupKey -Confirm:$false' }
    ) {
        $failure = $null
        try {
            & {
                $ErrorActionPreference = 'Stop'
                . ([scriptblock]::Create($line))
            }
        }
        catch {
            $failure = $_
        }

        $failure | Should -Not -BeNullOrEmpty
        $failure.FullyQualifiedErrorId | Should -BeLike "$id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $failure.Exception.Message | Should -Match '\.$' -Because 'a message is a sentence'
    }
}

Describe 'One bad item among many' {
    It 'is an error beside the others'' results' {
        $run = Invoke-Backup -Path $shop, "$TestDrive/none" -ErrorAction SilentlyContinue -ErrorVariable failures
        "$($run.Status)" | Should -Be 'CompletedWithWarnings'
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'SourceNotFound,*'
        (Get-Backup latest, 'nothing' -ErrorAction SilentlyContinue -ErrorVariable failures).BackupId |
            Should -Be $run.BackupId
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'BackupNotFound,*'
    }
}

Describe 'The exit code of a script' {
    BeforeAll {
        $program = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/psbackup/psbackup")
    }

    It 'is <code> after <what>' -Skip:(-not $IsLinux) -ForEach @(
        @{ code = 0; what = 'a backup'; line = 'Invoke-Backup $shop' }
        @{ code = 3; what = 'a backup that left something out'; line = 'Invoke-Backup $shop, "${shop}-none"' }
        @{ code = 1; what = 'a backup that failed'; line = 'Invoke-Backup $shop/none' }
        @{ code = 1; what = 'a wrong password'; line = 'Get-Backup -Password env:WRONG_PW' }
    ) {
        Write-Text "$TestDrive/job.ps1" "param(`$module, `$shop)`nImport-Module `$module`n$line`n"
        $result = Invoke-Console $program '-NonInteractive', '-File', "$TestDrive/job.ps1", $world.Module, $shop
        $result.ExitCode | Should -Be $code -Because $result.Error
    }
}

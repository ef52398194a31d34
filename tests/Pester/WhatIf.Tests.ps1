# -WhatIf says what would happen, and nothing happens: for every cmdlet that has it.
BeforeDiscovery {
    Import-Module ([System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/BackupModule"))
    $commands = foreach ($command in Get-Command -Module BackupModule) {
        if ($command.Parameters.ContainsKey('WhatIf')) {
            @{ command = $command.Name }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $shop = $world.Shop
    $null = Invoke-Backup -Path $shop -Tag one
    $null = New-BackupKey -NewPassword env:NEW_PW
    $spare = New-BackupRepository -Name spare -Location "$TestDrive/world/srv/spare" -Password env:BACKUP_PW
    Unregister-BackupRepository spare
    $null = New-BackupRepository -Name copy -Location "$TestDrive/world/srv/copy" -Password env:BACKUP_PW -CopyOf main
    Write-Text "$shop/new" 'not backed up yet'
    $null = New-BackupPolicy -Name site -RepositoryName main -CodePath $shop
    [System.IO.File]::Copy("$env:BACKUPMODULE_HOME/catalog.db", "$($world.Folder)/store.db")
    $null = New-BackupPolicy -Name store -RepositoryName main -Database (
        New-BackupDatabase -Name store -Engine SQLite -ConnectionString "Data Source=$($world.Folder)/store.db")
    $null = New-BackupNotification -Name log -Syslog local
    Export-BackupPolicy site "$($world.Folder)/site.json" | Out-Null
    $lines = @{
        'Copy-BackupPolicy' = { Copy-BackupPolicy site other -WhatIf }
        'Disable-BackupPolicy' = { Disable-BackupPolicy site -WhatIf }
        'Enable-BackupPolicy' = { Enable-BackupPolicy site -WhatIf }
        'Export-BackupMetric' = { Export-BackupMetric "$($world.Folder)/metrics.prom" -WhatIf }
        'Export-BackupPolicy' = { Export-BackupPolicy site "$($world.Folder)/other.json" -WhatIf }
        'Import-BackupPolicy' = { Import-BackupPolicy "$($world.Folder)/site.json" -Force -WhatIf }
        'Invoke-BackupSchedule' = { Invoke-BackupSchedule -WhatIf }
        'New-BackupNotification' = { New-BackupNotification -Name other -Syslog local -WhatIf }
        'New-BackupPolicy' = { New-BackupPolicy -Name other -RepositoryName main -Path $shop -WhatIf }
        'Register-BackupSchedule' = { Register-BackupSchedule -Using Cron -WhatIf }
        'Remove-BackupNotification' = { Remove-BackupNotification log -WhatIf }
        'Remove-BackupPolicy' = { Remove-BackupPolicy site -WhatIf }
        'Resume-BackupSchedule' = { Resume-BackupSchedule site -WhatIf }
        'Set-BackupNotification' = { Set-BackupNotification log -NewName other -WhatIf }
        'Set-BackupPolicy' = { Set-BackupPolicy site -Description other -WhatIf }
        'Start-BackupLogStream' = { Start-BackupLogStream store -WhatIf }
        'Stop-BackupLogStream' = { Stop-BackupLogStream * -WhatIf }
        'Suspend-BackupSchedule' = { Suspend-BackupSchedule site -WhatIf }
        'Unregister-BackupSchedule' = { Unregister-BackupSchedule -WhatIf }
        'Update-BackupCatalog' = { Update-BackupCatalog -WhatIf }
        'Copy-Backup' = { Copy-Backup latest -RepositoryName main -Destination copy -WhatIf }
        'Export-Backup' = { Export-Backup -RepositoryName main -BackupId latest -DestinationPath "$($world.Folder)/x.zip" -WhatIf }
        'Invoke-Backup' = { Invoke-Backup -RepositoryName main -Path $shop -WhatIf }
        'Invoke-BackupRetention' = { Invoke-BackupRetention -RepositoryName main -KeepLast 1 -Prune -WhatIf }
        'New-BackupKey' = { New-BackupKey -RepositoryName main -NewPassword env:WRONG_PW -WhatIf }
        'New-BackupRepository' = { New-BackupRepository two "$($world.Folder)/two" -Password env:BACKUP_PW -WhatIf }
        'Optimize-BackupRepository' = { Optimize-BackupRepository main -WhatIf }
        'Register-BackupRepository' = { Register-BackupRepository spare $spare.Location -Password env:BACKUP_PW -WhatIf }
        'Remove-Backup' = { Get-Backup -RepositoryName main | Remove-Backup -WhatIf }
        'Remove-BackupKey' = { Get-BackupKey -RepositoryName main | Where-Object IsCurrent -EQ $false | Remove-BackupKey -WhatIf }
        'Remove-BackupRepository' = { Remove-BackupRepository main -WhatIf }
        'Repair-BackupRepository' = { Repair-BackupRepository main -WhatIf }
        'Restore-Backup' = { Restore-Backup -RepositoryName main -BackupId latest -Destination "$($world.Folder)/restored" -WhatIf }
        'Set-Backup' = { Set-Backup -RepositoryName main -BackupId latest -AddTag two -WhatIf }
        'Set-BackupRepository' = { Set-BackupRepository main -NewName other -WhatIf }
        'Sync-BackupRepository' = { Sync-BackupRepository main -WhatIf }
        'Unlock-BackupRepository' = { Unlock-BackupRepository main -All -WhatIf }
        'Unregister-BackupRepository' = { Unregister-BackupRepository * -WhatIf }
        'Update-BackupKey' = { Update-BackupKey -RepositoryName main -NewPassword env:WRONG_PW -WhatIf }
    }
}

AfterAll {
    Exit-BackupWorld $world
}

Describe '-WhatIf' {
    It 'changes nothing in <command>' -ForEach $commands {
        $line = $lines[$command]
        $line | Should -Not -BeNullOrEmpty -Because 'every cmdlet with -WhatIf has a line here'
        $registered = (Get-BackupRepository).Name
        $before = Get-FolderState $world.Folder
        $null = & $line
        Get-FolderState $world.Folder | Should -Be $before
        (Get-BackupRepository).Name | Should -Be $registered
    }

    It 'is in every cmdlet whose verb changes something' {
        $verbs = 'Copy', 'Disable', 'Enable', 'Export', 'Import', 'Invoke', 'New', 'Optimize', 'Register', 'Remove',
            'Repair', 'Restore', 'Resume', 'Set', 'Start', 'Stop', 'Suspend', 'Sync', 'Unlock', 'Unregister', 'Update'
        # What describes a database keeps it nowhere.
        foreach ($command in (Get-Command -Module BackupModule).Where({ $_.Name -ne 'New-BackupDatabase' })) {
            $command.Parameters.ContainsKey('WhatIf') | Should -Be ($command.Verb -in $verbs) -Because $command.Name
        }
    }

    It 'gives the plan of what has one' {
        $plan = Invoke-Backup -RepositoryName main -Path $shop -WhatIf
        $plan.FilesNew | Should -Be 1
        $plan.FilesUnmodified | Should -Be 3
        $items = Restore-Backup -RepositoryName main -BackupId latest -Destination "$($world.Folder)/restored" -WhatIf
        $items.Path | Should -Contain "$($world.Folder)/restored$shop/index.php"
    }
}

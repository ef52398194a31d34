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
    Write-Text "$shop/new" 'not backed up yet'
    $lines = @{
        'Export-Backup' = { Export-Backup -BackupId latest -DestinationPath "$($world.Folder)/x.zip" -WhatIf }
        'Invoke-Backup' = { Invoke-Backup -Path $shop -WhatIf }
        'New-BackupKey' = { New-BackupKey -NewPassword env:WRONG_PW -WhatIf }
        'New-BackupRepository' = { New-BackupRepository two "$($world.Folder)/two" -Password env:BACKUP_PW -WhatIf }
        'Optimize-BackupRepository' = { Optimize-BackupRepository -WhatIf }
        'Register-BackupRepository' = { Register-BackupRepository spare $spare.Location -Password env:BACKUP_PW -WhatIf }
        'Remove-Backup' = { Get-Backup | Remove-Backup -WhatIf }
        'Remove-BackupKey' = { Get-BackupKey | Where-Object IsCurrent -EQ $false | Remove-BackupKey -WhatIf }
        'Remove-BackupRepository' = { Remove-BackupRepository main -WhatIf }
        'Repair-BackupRepository' = { Repair-BackupRepository -WhatIf }
        'Restore-Backup' = { Restore-Backup -BackupId latest -Destination "$($world.Folder)/restored" -WhatIf }
        'Set-Backup' = { Set-Backup -BackupId latest -AddTag two -WhatIf }
        'Set-BackupRepository' = { Set-BackupRepository main -NewName other -WhatIf }
        'Unlock-BackupRepository' = { Unlock-BackupRepository -All -WhatIf }
        'Unregister-BackupRepository' = { Unregister-BackupRepository * -WhatIf }
        'Update-BackupKey' = { Update-BackupKey -NewPassword env:WRONG_PW -WhatIf }
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
        $verbs = 'Export', 'Invoke', 'New', 'Optimize', 'Register', 'Remove', 'Repair', 'Restore', 'Set', 'Unlock',
            'Unregister', 'Update'
        foreach ($command in Get-Command -Module BackupModule) {
            $command.Parameters.ContainsKey('WhatIf') | Should -Be ($command.Verb -in $verbs) -Because $command.Name
        }
    }

    It 'gives the plan of what has one' {
        $plan = Invoke-Backup -Path $shop -WhatIf
        $plan.FilesNew | Should -Be 1
        $plan.FilesUnmodified | Should -Be 3
        $items = Restore-Backup -BackupId latest -Destination "$($world.Folder)/restored" -WhatIf
        $items.Path | Should -Contain "$($world.Folder)/restored$shop/index.php"
    }
}

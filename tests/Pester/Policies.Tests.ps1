# A project written down once, as users type it, with the mistakes that they make.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $shop = $world.Shop
    $sites = "$($world.Folder)/nginx"
    Write-Text "$shop/uploads/a.jpg" 'picture'
    Write-Text "$sites/available/shop" 'server {}'
    $null = [System.IO.Directory]::CreateDirectory("$sites/enabled")
    $null = [System.IO.File]::CreateSymbolicLink("$sites/enabled/shop", '../available/shop')
    Write-Text "$($world.Folder)/live/cert.pem" 'certificate'
    Write-Text "$($world.Folder)/shop.env" 'KEY=value'

    function Get-Mistake([scriptblock]$Line) {
        try {
            $null = & $Line
            'no mistake'
        }
        catch {
            "$($_.FullyQualifiedErrorId.Split(',')[0]): $($_.Exception.Message)"
        }
    }
}

AfterAll {
    Exit-BackupWorld $world
}

Describe 'A policy' {
    It 'takes one line, and its backup another' {
        $policy = New-BackupPolicy -Name shop -RepositoryName main -CodePath $shop -UploadPath "$shop/uploads" `
            -ConfigurationPath "$sites/enabled" -CertificatePath "$($world.Folder)/live" `
            -EnvironmentFile "$($world.Folder)/shop.env" -RecoveryClass Production
        $policy.RecoveryPoint | Should -Be ([TimeSpan]::FromHours(24))
        $policy.Schedule -contains 'hourly' | Should -Be $true
        $run = Invoke-Backup -PolicyName shop
        $run.Status | Should -Be 'Completed'
        $run.PolicyName | Should -Be 'shop'
        (Get-BackupRun -PolicyName shop).RunId | Should -Be $run.RunId
    }

    It 'gives back one part of it, with what its links lead to' {
        $null = Get-Backup -PolicyName shop -Latest |
            Restore-Backup -Component Configuration -Destination "$($world.Folder)/conf"
        [System.IO.File]::ReadAllText("$($world.Folder)/conf$sites/enabled/shop") | Should -Be 'server {}'
        [System.IO.Directory]::Exists("$($world.Folder)/conf$shop") | Should -Be $false
    }

    It 'gives back several parts, and Files means all of them' {
        $null = Restore-Backup -PolicyName shop -Component Code, Certificates -Destination "$($world.Folder)/two"
        [System.IO.File]::Exists("$($world.Folder)/two$shop/index.php") | Should -Be $true
        [System.IO.Directory]::Exists("$($world.Folder)/two$shop/uploads") | Should -Be $false
        $null = Restore-Backup -PolicyName shop -Component Files -Destination "$($world.Folder)/all"
        [System.IO.File]::Exists("$($world.Folder)/all$shop/uploads/a.jpg") | Should -Be $true
        [System.IO.File]::Exists("$($world.Folder)/all$($world.Folder)/shop.env") | Should -Be $true
    }

    It 'says where each setting is from, and inherits again what is taken back' {
        $null = New-BackupPolicy default -RepositoryName main -Retention @{ KeepDaily = 14; Rotations = 'every 6h for 2d' }
        $null = Set-BackupPolicy shop -TimeZone Europe/Berlin
        $settings = Get-BackupPolicy shop -Effective
        $settings.Where({ $_.Setting -eq 'Retention' }).Origin | Should -Be 'default'
        $settings.Where({ $_.Setting -eq 'Schedule' }).Origin | Should -Be 'shop'
        (Get-BackupPolicy shop).Settings.Retention.KeepDaily | Should -Be 14
        $null = Set-BackupPolicy shop -Inherit Schedule
        (Get-BackupPolicy shop -Effective).Where({ $_.Setting -eq 'Schedule' }).Origin | Should -BeNullOrEmpty
    }

    It 'goes through a document unchanged' {
        $file = Export-BackupPolicy shop "$($world.Folder)/policies"
        $before = Export-BackupPolicy shop
        Remove-BackupPolicy shop -Confirm:$false
        $null = Import-BackupPolicy $file.FullName
        Export-BackupPolicy shop | Should -Be $before
    }

    It 'comes back, with its history, into a catalog that was lost' {
        $runs = (Get-BackupRun).RunId
        $null = Invoke-Backup -PolicyName shop
        [System.IO.File]::Delete("$($world.Folder)/home/catalog.db")
        $null = Register-BackupRepository -Name main -Location $world.Location -Password env:BACKUP_PW
        (Update-BackupCatalog).Policies | Should -Be 2
        @((Get-BackupRun).RunId).Count | Should -Be (@($runs).Count + 1)
        (Get-BackupStatus shop).State | Should -Be 'Ok'
    }
}

Describe 'A mistake is named with what to do' {
    It '<name>' -ForEach @(
        @{ name = 'a repository that is not there'; words = "PolicyInvalid:*'mian'*"
            line = { New-BackupPolicy x -RepositoryName mian -Path / } }
        @{ name = 'a typo in a cron expression'; words = 'PolicyInvalid:*minute*'
            line = { New-BackupPolicy x -RepositoryName main -Path / -Schedule 'hourly=61 * * * *' } }
        @{ name = 'a schedule that is none'; words = '*is no entry of a schedule*'
            line = { New-BackupPolicy x -RepositoryName main -Path / -Schedule 'hourly 0 * * * *' } }
        @{ name = 'entries that overlap'; words = 'PolicyInvalid:*same moments*'
            line = { New-BackupPolicy x -RepositoryName main -Path / -Schedule @{ Name = 'a'; Kind = 'Daily'; Cron = '0 2 * * *' },
                @{ Name = 'b'; Kind = 'Daily'; Cron = '@daily' }, @{ Name = 'c'; Kind = 'Daily'; Cron = '0 0 * * *' } } }
        @{ name = 'retention that keeps nothing'; words = '*keep*'
            line = { New-BackupPolicy x -RepositoryName main -Path / -Retention @{ KeepDaily = 0 } } }
        @{ name = 'a member that nobody knows'; words = '*keepDally*'
            line = { New-BackupPolicy x -RepositoryName main -Path / -Retention @{ KeepDally = 7 } } }
        @{ name = 'a policy that is there'; words = 'PolicyExists:*'
            line = { New-BackupPolicy shop -RepositoryName main -Path / } }
        @{ name = 'a policy that is not'; words = 'PolicyNotFound:*'
            line = { Invoke-Backup -PolicyName shpo } }
        @{ name = 'a component that the backup does not have'; words = 'ItemNotFound:*Database*'
            line = { Restore-Backup -PolicyName shop -Component Database -Destination /tmp/nowhere } }
        @{ name = 'a password itself'; words = '*'
            line = { New-BackupPolicy x -RepositoryName main -Path / -Password hunter2 } }
    ) {
        $said = Get-Mistake $line
        $said | Should -BeLike $words
        $said | Should -Not -Be 'no mistake'
        $said.Contains('hunter2') | Should -Be $false
    }
}

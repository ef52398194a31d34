@{
    RootModule = 'BackupModule.psm1'
    RequiredAssemblies = @('bin/BackupModule.Loader.dll')
    ModuleVersion = '0.1.0'
    GUID = '5b1c5a52-6f0e-4c0e-9d53-7f6a1c2f8e14'
    Author = 'The BackupModule authors'
    CompanyName = 'The BackupModule authors'
    Copyright = 'The BackupModule authors, MIT licence'
    Description = 'Backs up whole applications into encrypted, deduplicated repositories in the format of restic.'
    PowerShellVersion = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess = @('BackupModule.Format.ps1xml')
    TypesToProcess = @('BackupModule.Types.ps1xml')
    FunctionsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
    CmdletsToExport = @(
        'Compare-Backup'
        'Copy-Backup'
        'Copy-BackupPolicy'
        'Disable-BackupPolicy'
        'Enable-BackupPolicy'
        'Export-Backup'
        'Export-BackupMetric'
        'Export-BackupPolicy'
        'Find-BackupItem'
        'Get-Backup'
        'Get-BackupAlert'
        'Get-BackupCatalog'
        'Get-BackupItem'
        'Get-BackupItemContent'
        'Get-BackupKey'
        'Get-BackupMetric'
        'Get-BackupNotification'
        'Get-BackupPolicy'
        'Get-BackupRepository'
        'Get-BackupRetentionPlan'
        'Get-BackupRun'
        'Get-BackupSchedule'
        'Get-BackupStatus'
        'Import-BackupPolicy'
        'Invoke-Backup'
        'Invoke-BackupRetention'
        'Invoke-BackupSchedule'
        'Measure-BackupRepository'
        'New-BackupKey'
        'New-BackupNotification'
        'New-BackupPolicy'
        'New-BackupRepository'
        'Optimize-BackupRepository'
        'Register-BackupRepository'
        'Register-BackupSchedule'
        'Remove-Backup'
        'Remove-BackupKey'
        'Remove-BackupNotification'
        'Remove-BackupPolicy'
        'Remove-BackupRepository'
        'Repair-BackupRepository'
        'Restore-Backup'
        'Resume-BackupSchedule'
        'Set-Backup'
        'Set-BackupNotification'
        'Set-BackupPolicy'
        'Set-BackupRepository'
        'Suspend-BackupSchedule'
        'Sync-BackupRepository'
        'Test-Backup'
        'Test-BackupNotification'
        'Test-BackupRepository'
        'Unlock-BackupRepository'
        'Unregister-BackupRepository'
        'Unregister-BackupSchedule'
        'Update-BackupCatalog'
        'Update-BackupKey'
    )
    PrivateData = @{
        PSData = @{
            Tags = @('Backup', 'Restore', 'Restic', 'Encryption', 'Linux', 'Windows', 'MacOS')
        }
    }
}

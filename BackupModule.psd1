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
        'Export-Backup'
        'Find-BackupItem'
        'Get-Backup'
        'Get-BackupItem'
        'Get-BackupItemContent'
        'Get-BackupKey'
        'Get-BackupRepository'
        'Invoke-Backup'
        'Measure-BackupRepository'
        'New-BackupKey'
        'New-BackupRepository'
        'Optimize-BackupRepository'
        'Register-BackupRepository'
        'Remove-Backup'
        'Remove-BackupKey'
        'Remove-BackupRepository'
        'Repair-BackupRepository'
        'Restore-Backup'
        'Set-Backup'
        'Set-BackupRepository'
        'Sync-BackupRepository'
        'Test-Backup'
        'Test-BackupRepository'
        'Unlock-BackupRepository'
        'Unregister-BackupRepository'
        'Update-BackupKey'
    )
    PrivateData = @{
        PSData = @{
            Tags = @('Backup', 'Restore', 'Restic', 'Encryption', 'Linux', 'Windows', 'MacOS')
        }
    }
}

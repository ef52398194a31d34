# The module comes and goes in one session, also under strict mode, and works after each time.
BeforeAll {
    . "$PSScriptRoot/BackupWorld.ps1"
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $world = Enter-BackupWorld "$TestDrive/world"
    $null = Invoke-Backup -Path $world.Shop

    # Of the engine that runs this, but without the module as it is loaded here.
    function Invoke-Fresh([string]$Script) {
        Invoke-Console ([System.Environment]::ProcessPath) '-NoProfile', '-NonInteractive', '-Command', (
            "Set-StrictMode -Version Latest; `$ErrorActionPreference = 'Stop'; `$module = '$($world.Module)'; " + $Script)
    }
}

AfterAll {
    Exit-BackupWorld $world
}

Describe 'The module works' {
    It 'after <what>' -ForEach @(
        @{ what = 'an import'; script = 'Import-Module $module' }
        @{ what = 'two forced imports'; script = 'Import-Module $module; 1..2 | ForEach-Object { Import-Module $module -Force }' }
        @{ what = 'removal and import'; script = 'Import-Module $module; Remove-Module BackupModule; Import-Module $module' }
        @{
            what = 'use, removal, import and use'
            script = 'Import-Module $module; $null = Get-Backup; Remove-Module BackupModule; Import-Module $module -Force'
        }
    ) {
        $result = Invoke-Fresh (
            "$script; `$backup = Get-Backup -Latest; `$backup.RepositoryName; " +
            '($backup | Get-BackupItem -Recurse | Where-Object Name -eq app.json | Get-BackupItemContent); ' +
            '($backup | Test-Backup -Quiet); @(Get-Command -Module BackupModule).Count')
        $result.Error | Should -BeNullOrEmpty
        $result.Output.Split("`n").Trim() | Should -Be 'main', '{"port": 8080}', 'True', '63'
    }

    It 'not after its removal' {
        $result = Invoke-Fresh (
            '$env:PSModulePath = ""; Import-Module $module; Remove-Module BackupModule; @(Get-Command *-Backup*).Count')
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be '0'
    }

    It 'with objects of before in the cmdlets of after' {
        $result = Invoke-Fresh (
            'Import-Module $module; $item = Get-Backup -Latest | Get-BackupItem; Import-Module $module -Force; ' +
            "(`$item | Restore-Backup -Destination '$TestDrive/restored').Status")
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be 'Completed'
    }
}

Describe 'Completion' {
    It 'neither fails nor asks, whatever is typed and wherever the catalog is' {
        # -NonInteractive makes any question an error.
        $result = Invoke-Fresh (
            'Import-Module $module; $assembly = (Get-Command Get-Backup).ImplementingType.Assembly; ' +
            '$kind = [System.Management.Automation.IArgumentCompleter]; ' +
            '$completers = $assembly.GetTypes().Where({ $_.IsAssignableTo($kind) -and -not $_.IsAbstract }); ' +
            '$line = [System.Management.Automation.Language.Parser]::ParseInput("Get-Backup x", [ref]$null, [ref]$null); ' +
            '$ast = $line.Find({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true); ' +
            '$null = Get-Backup; $env:BACKUP_PW = "wrong"; ' +
            "foreach (`$catalog in '', '$TestDrive', '/dev/null/x', '$($world.Module)/BackupModule.psd1') { " +
            '$env:BACKUPMODULE_CATALOG = $catalog; foreach ($type in $completers) { ' +
            'foreach ($word in "", "m", "*", "[", "a`0b") { ' +
            'foreach ($bound in $null, @{}, @{ RepositoryName = 5 }, @{ RepositoryName = "nowhere" }) { ' +
            '$null = @([Activator]::CreateInstance($type).CompleteArgument("Get-Backup", "X", $word, $ast, $bound)) } } } }; ' +
            '"$($completers.Count) completers"')
        $result.Error | Should -BeNullOrEmpty
        $result.Output | Should -Be '8 completers'
    }
}

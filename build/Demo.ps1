# The main job on real files, in the words a user would type. Ends with an error when anything differs.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/DemoProject.ps1"

$root = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
$work = [System.IO.Directory]::CreateTempSubdirectory('backup-demo-').FullName
$project = "$work/shop"
$previousHome = $env:BACKUPMODULE_HOME

# Shows a command as it would be typed, with the values of its variables, and then what it says.
function Step([scriptblock]$Command) {
    $text = $ExecutionContext.InvokeCommand.ExpandString($Command.ToString().Trim().Replace('"', ''))
    $Host.UI.WriteLine("PS> $text")
    . $Command | Out-Host
}

try {
    $env:BACKUPMODULE_HOME = "$work/state"
    $env:BACKUP_PW = 'correct horse'
    New-DemoProject $project
    Import-Module "$root/out/BackupModule"

    Step { New-BackupRepository -Name demo -Location "$work/repository" -Password env:BACKUP_PW }
    Step { Invoke-Backup -RepositoryName demo -Path "$project" -Exclude node_modules -Tag demo }
    $first = Get-Backup -RepositoryName demo -Latest

    Edit-DemoProject $project
    $Host.UI.WriteLine('(the project changes: a file is edited, one is added, one is deleted)')
    Step { Invoke-Backup -RepositoryName demo -Path "$project" -Exclude node_modules -Tag demo }
    $second = Get-Backup -RepositoryName demo -Latest

    Step { Compare-Backup -RepositoryName demo -ReferenceId "$($first.BackupId)" -DifferenceId "$($second.BackupId)" }
    Step { Test-BackupRepository -Name demo -ReadData }
    Step { Get-Backup -RepositoryName demo -Latest | Restore-Backup -Destination "$work/restored" }
    Step { Get-Backup -RepositoryName demo }

    $differences = @(Compare-Folder $project "$work/restored$project")
    foreach ($difference in $differences) {
        $Host.UI.WriteLine($difference)
    }

    if ($differences.Count -gt 0) {
        throw "The restored project differs from the original in $($differences.Count) places."
    }

    $Host.UI.WriteLine('Every byte of the restored project is the same as in the original.')
}
finally {
    $env:BACKUPMODULE_HOME = $previousHome
    $env:BACKUP_PW = $null
    [System.IO.Directory]::Delete($work, $true)
}

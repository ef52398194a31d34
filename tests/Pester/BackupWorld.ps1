# A home of its own, a project folder and the place for a repository, below one folder; dot-source it in BeforeAll.

function Enter-BackupWorld([string]$Folder) {
    $world = @{
        Folder = $Folder
        Shop = "$Folder/www/shop"
        Location = "$Folder/srv/main"
        Module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/BackupModule")
        Saved = @{}
    }
    $variables = @{
        BACKUPMODULE_HOME = "$Folder/home"
        BACKUPMODULE_CATALOG = $null
        BACKUP_PW = 'correct horse'
        NEW_PW = 'battery staple'
        WRONG_PW = 'wrong'
    }
    foreach ($name in $variables.Keys) {
        $world.Saved[$name] = [System.Environment]::GetEnvironmentVariable($name)
        [System.Environment]::SetEnvironmentVariable($name, $variables[$name])
    }

    Write-Text "$($world.Shop)/config/app.json" "{`"port`": 8080}`n"
    Write-Text "$($world.Shop)/index.php" "<?php echo 'hello';`n"
    Write-Text "$($world.Shop)/node_modules/pad/index.js" "pad`n"
    Import-Module $world.Module
    $null = New-BackupRepository -Name main -Location $world.Location -Password env:BACKUP_PW
    $world
}

function Exit-BackupWorld([hashtable]$World) {
    foreach ($name in $World.Saved.Keys) {
        [System.Environment]::SetEnvironmentVariable($name, $World.Saved[$name])
    }
}

function Write-Text([string]$Path, [string]$Text) {
    $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($Path))
    [System.IO.File]::WriteAllText($Path, $Text)
}

# Every file and folder below, with size and content hash: equal lists mean that nothing changed.
function Get-FolderState([string]$Folder) {
    $options = [System.IO.EnumerationOptions]@{ RecurseSubdirectories = $true; AttributesToSkip = 0 }
    $lines = foreach ($path in [System.IO.Directory]::GetFileSystemEntries($Folder, '*', $options)) {
        $content = if ([System.IO.File]::Exists($path)) {
            [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($path)))
        }
        "$path $content"
    }

    $sorted = [string[]]@($lines)
    [Array]::Sort($sorted, [StringComparer]::Ordinal)
    $sorted
}

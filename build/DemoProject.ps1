# A small web shop to back up, and the comparison that judges what came back.

# More than one chunk, so that the repository has something to deduplicate.
$script:UploadSize = 3MB

function New-DemoProject([string]$Path) {
    foreach ($folder in 'src', 'config', 'uploads/2024', 'node_modules/left-pad', 'empty') {
        $null = [System.IO.Directory]::CreateDirectory("$Path/$folder")
    }

    foreach ($i in 1..40) {
        $code = (1..50).ForEach({ "export const item${i}_$_ = $($i * $_);" }) -join "`n"
        [System.IO.File]::WriteAllText("$Path/src/module$i.js", $code)
    }

    [System.IO.File]::WriteAllText("$Path/config/app.json", "{`n  `"name`": `"shop`",`n  `"debug`": false`n}`n")
    [System.IO.File]::WriteAllText("$Path/config/naïve name's `"quoted`".txt", "ümläut`n")
    [System.IO.File]::WriteAllText("$Path/node_modules/left-pad/index.js", "left out of the backup`n")
    foreach ($i in 1..4) {
        $bytes = [byte[]]::new($script:UploadSize)
        [System.Random]::new($i).NextBytes($bytes)
        [System.IO.File]::WriteAllBytes("$Path/uploads/2024/photo$i.jpg", $bytes)
    }

    if (-not $IsWindows) {
        $null = [System.IO.File]::CreateSymbolicLink("$Path/uploads/latest.jpg", '2024/photo4.jpg')
        [System.IO.File]::SetUnixFileMode("$Path/config/app.json", 'UserRead, UserWrite')
    }
}

function Edit-DemoProject([string]$Path) {
    [System.IO.File]::WriteAllText("$Path/config/app.json", "{`n  `"name`": `"shop`",`n  `"debug`": true`n}`n")
    [System.IO.File]::WriteAllText("$Path/src/new-feature.js", "export const feature = true;`n")
    [System.IO.File]::Delete("$Path/src/module40.js")
}

# Gives one line for each thing that is not the same; node_modules was left out of the backup.
function Compare-Folder([string]$Original, [string]$Restored) {
    $before = Get-Entry $Original
    $after = Get-Entry $Restored
    foreach ($name in $before.Keys) {
        if (-not $after.Contains($name)) {
            "missing: $name"
        }
        elseif ($before[$name] -cne $after[$name]) {
            "different: $name ($($before[$name]) is now $($after[$name]))"
        }
    }

    foreach ($name in $after.Keys) {
        if (-not $before.Contains($name)) {
            "not in the original: $name"
        }
    }
}

# Relative path to what the entry is: its content, its time of change, its permissions.
function Get-Entry([string]$Folder) {
    $entries = [ordered]@{}
    $options = [System.IO.EnumerationOptions]@{ AttributesToSkip = 0; RecurseSubdirectories = $false }
    $pending = [System.Collections.Generic.Stack[System.IO.DirectoryInfo]]::new()
    $pending.Push([System.IO.DirectoryInfo]::new($Folder))
    while ($pending.Count -gt 0) {
        foreach ($entry in $pending.Pop().GetFileSystemInfos('*', $options)) {
            $name = [System.IO.Path]::GetRelativePath($Folder, $entry.FullName)
            if ($entry.Name -eq 'node_modules') {
                continue
            }

            $content = if ($entry.LinkTarget) { "link to $($entry.LinkTarget)" }
            elseif ($entry -is [System.IO.DirectoryInfo]) { 'folder' }
            else { [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($entry))) }
            $mode = if (-not $IsWindows) { $entry.UnixFileMode }
            $entries[$name] = "$content $($entry.LastWriteTimeUtc.Ticks) $mode"
            if ($content -eq 'folder') {
                $pending.Push($entry)
            }
        }
    }

    $entries
}

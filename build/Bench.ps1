# Runs the benchmarks: this module beside restic and borg, or the stages of the engine alone.
. "$PSScriptRoot/Prerequisites.ps1"

# What the comparison calls besides this module, each with the Debian package that brings it.
$script:ComparedPrograms = [ordered]@{
    time = 'time'
    restic = 'restic'
    borg = 'borgbackup'
}

# Real files for the data set "source" on machines that have few: Go's and Boost's sources, 24,000 files.
$script:SourcePackages = 'golang-1.19-src', 'libboost1.81-dev'
$script:SourceFolders = '/usr/include', '/usr/lib', '/usr/libexec', '/usr/share', '/usr/src'
$script:NeededFiles = 60000

# Gives the exit code of the benchmark.
function Invoke-Bench([string]$Root, [hashtable]$Options) {
    if ($Options.ContainsKey('Stages')) {
        return Invoke-StageBench $Root $Options
    }

    Invoke-Comparison $Root $Options
}

function Invoke-Comparison([string]$Root, [hashtable]$Options) {
    Install-BenchPrerequisites $Options
    Publish-Everything $Root
    Write-Step 'Building the comparison'
    Invoke-Dotnet 'build', "$Root/bench/Compare", '--configuration', 'Release'

    $folder = if ($Options.ContainsKey('Folder')) { $Options.Folder } else { "$Root/out/bench" }
    $arguments = @(
        '--console', "$Root/out/psbackup/psbackup"
        '--module', "$Root/out/BackupModule"
        '--folder', $folder
        '--output', "$Root/out/bench"
    )
    foreach ($name in 'Data', 'Steps', 'Tools', 'Rounds', 'Scale') {
        if ($Options.ContainsKey($name)) {
            $arguments += "--$($name.ToLowerInvariant())", ($Options[$name] -join ',')
        }
    }

    & "$Root/bench/Compare/bin/Release/net10.0/Compare" @arguments | Out-Host
    $LASTEXITCODE
}

function Invoke-StageBench([string]$Root, [hashtable]$Options) {
    Write-Step 'Building the benchmarks of the stages'
    Invoke-Dotnet 'build', "$Root/bench/Stages", '--configuration', 'Release'
    $filter = if ($Options.ContainsKey('Filter')) { $Options.Filter } else { '*' }
    # Quoted, or PowerShell would put the names of files in the pattern's place.
    & "$Root/bench/Stages/bin/Release/net10.0/Stages" --filter "$filter" --artifacts "$Root/out/bench/stages" | Out-Host
    $LASTEXITCODE
}

function Install-BenchPrerequisites([hashtable]$Options) {
    $missing = @(Install-Program $script:ComparedPrograms)
    if ($missing.Count -gt 0) {
        Write-Step "Missing, and the comparison will stop where it needs them: $missing"
    }

    $needsSource = -not $Options.ContainsKey('Data') -or ($Options.Data -join ',') -match 'source'
    if ($needsSource -and (Test-CanInstall) -and -not (Test-HasSourceFiles)) {
        Install-Package $script:SourcePackages
    }
}

# Twice as many files as are copied leave enough after the choice by kind and size.
function Test-HasSourceFiles {
    $count = 0
    $options = [System.IO.EnumerationOptions]@{ RecurseSubdirectories = $true; AttributesToSkip = 'ReparsePoint' }
    foreach ($folder in $script:SourceFolders) {
        if ([System.IO.Directory]::Exists($folder)) {
            $count += [System.IO.Directory]::GetFiles($folder, '*', $options).Count
        }
    }

    $count -ge $script:NeededFiles
}

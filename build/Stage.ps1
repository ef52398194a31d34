# Puts together what is delivered: the module in out/BackupModule, the console in out/psbackup.

# Platforms whose native libraries go into the module; packages bring many more.
$script:SupportedPlatforms = 'linux-x64', 'linux-arm64', 'win-x64', 'win-arm64', 'osx-x64', 'osx-arm64'

function Publish-Everything([string]$Root) {
    Publish-Module $Root
    Publish-Host $Root
}

function Publish-Module([string]$Root) {
    Write-Step 'Building the module into out/BackupModule'
    $module = "$Root/out/BackupModule"
    Reset-Folder $module
    foreach ($project in 'BackupModule', 'BackupModule.Loader') {
        Invoke-Dotnet 'publish', "$Root/src/$project", '--configuration', 'Release', '--output', "$module/bin"
    }

    # The loader asks the module's dependencies only; its own list would be a second answer.
    [System.IO.File]::Delete("$module/bin/BackupModule.Loader.deps.json")
    Remove-ForeignPlatforms "$module/bin/runtimes"
    foreach ($documentation in [System.IO.Directory]::GetFiles("$module/bin", 'BackupModule*.xml')) {
        [System.IO.File]::Delete($documentation)
    }

    foreach ($file in 'BackupModule.psd1', 'BackupModule.psm1', 'LICENSE') {
        [System.IO.File]::Copy("$Root/$file", "$module/$file")
    }

    foreach ($view in [System.IO.Directory]::GetFiles("$Root/src/BackupModule/Views", '*.ps1xml')) {
        [System.IO.File]::Copy($view, "$module/$([System.IO.Path]::GetFileName($view))")
    }

    if ([System.IO.File]::Exists("$Root/build/Help.ps1")) {
        & "$Root/build/Help.ps1" -OutputPath "$module/en-US"
    }
}

function Remove-ForeignPlatforms([string]$Runtimes) {
    foreach ($folder in [System.IO.Directory]::GetDirectories($Runtimes)) {
        # Names without an architecture, such as "unix", hold managed code for all of its kind.
        $name = [System.IO.Path]::GetFileName($folder)
        if ($name.Contains('-') -and $name -notin $script:SupportedPlatforms) {
            [System.IO.Directory]::Delete($folder, $true)
        }
    }
}

# Keep in step with publish_host in build.sh.
function Publish-Host([string]$Root) {
    $folder = [System.IO.Path]::GetFullPath("$Root/out/psbackup")
    $running = [System.IO.Path]::GetDirectoryName([System.Environment]::ProcessPath)
    if ($running -eq $folder) {
        # build.sh has just built the console that runs this script.
        return
    }

    Write-Step 'Building the console into out/psbackup'
    Reset-Folder $folder
    $project = "$Root/src/BackupModule.Host"
    Invoke-Dotnet 'publish', $project, '--configuration', 'Release', '--runtime', (Get-RuntimeIdentifier), '--output', $folder
}

function Get-RuntimeIdentifier {
    $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    $machine = [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture
    "$system-$machine".ToLowerInvariant()
}

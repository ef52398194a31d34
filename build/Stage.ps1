# Puts together what is delivered, compiled ahead for this machine: the module in out/BackupModule, the console in
# out/psbackup.

function Publish-Everything([string]$Root) {
    Publish-Module $Root
    Publish-Host $Root
}

function Publish-Module([string]$Root) {
    Write-Step 'Building the module into out/BackupModule'
    $module = "$Root/out/BackupModule"
    Reset-Folder $module
    foreach ($project in 'BackupModule', 'BackupModule.Loader') {
        Publish-Project "$Root/src/$project" "$module/bin"
    }

    # The loader asks the module's dependencies only; its own list would be a second answer.
    [System.IO.File]::Delete("$module/bin/BackupModule.Loader.deps.json")
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
    Publish-Project "$Root/src/BackupModule.Host" $folder
}

function Publish-Project([string]$Project, [string]$Folder) {
    Invoke-Dotnet 'publish', $Project, '--configuration', 'Release', '--runtime', (Get-RuntimeIdentifier), '--output', $Folder
}

function Get-RuntimeIdentifier {
    $system = if ($IsWindows) { 'win' } elseif ($IsMacOS) { 'osx' } else { 'linux' }
    $machine = [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture
    "$system-$machine".ToLowerInvariant()
}

# Writes the files that Get-Help reads, from the pages in docs/help and the compiled module beside them.
param([Parameter(Mandatory)] [string]$OutputPath)

. "$PSScriptRoot/Tools.ps1"
$root = [System.IO.Path]::GetDirectoryName($PSScriptRoot)
$output = [System.IO.Path]::GetFullPath($OutputPath)
$module = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($output), 'bin', 'BackupModule.dll')

Write-Step "Writing help into $([System.IO.Path]::GetRelativePath($root, $output))"
Invoke-Dotnet 'run', '--project', "$root/build/HelpWriter", '--configuration', 'Release', '--',
    $module, "$root/docs/help/en-US", $output

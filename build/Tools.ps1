# What the build tasks share.

# Output of a build step is interesting only when the step fails.
function Invoke-Dotnet([string[]]$Arguments) {
    $output = & dotnet @Arguments 2>&1
    if ($LASTEXITCODE -ne 0) {
        foreach ($line in $output) {
            $Host.UI.WriteLine("$line")
        }

        throw "dotnet $Arguments failed with exit code $LASTEXITCODE."
    }
}

function Write-Step([string]$Text) {
    $Host.UI.WriteLine("== $Text")
}

function Reset-Folder([string]$Path) {
    if ([System.IO.Directory]::Exists($Path)) {
        [System.IO.Directory]::Delete($Path, $true)
    }

    $null = [System.IO.Directory]::CreateDirectory($Path)
}

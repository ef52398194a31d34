# The programs that the tests call, each with the Debian package that brings it.
$script:RequiredPrograms = [ordered]@{
    restic = 'restic'
    setfattr = 'attr'
    setfacl = 'acl'
    tar = 'tar'
    unzip = 'unzip'
    zstd = 'zstd'
    git = 'git'
}

function Get-MissingProgram($Programs) {
    foreach ($program in $Programs.Keys) {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) {
            $program
        }
    }
}

# Installs what is missing where that is possible; what stays missing is named, and its tests say so when they skip.
function Install-Prerequisites {
    $missing = @(Install-Program $script:RequiredPrograms)
    if ($missing.Count -gt 0) {
        Write-Step "Missing, and tests that need them will be skipped: $missing"
    }
}

# Installs the Debian packages of programs that are missing, as root; gives the programs that stay missing.
function Install-Program($Programs) {
    $missing = @(Get-MissingProgram $Programs)
    if ($missing.Count -gt 0 -and (Test-CanInstall)) {
        Install-Package @($missing.ForEach({ $Programs[$_] }))
    }

    Get-MissingProgram $Programs
}

function Install-Package([string[]]$Packages) {
    Write-Step "Installing $Packages"
    $env:DEBIAN_FRONTEND = 'noninteractive'
    $null = & apt-get update -qq 2>&1
    $null = & apt-get install --yes --no-install-recommends @Packages 2>&1
}

function Test-CanInstall {
    [System.Environment]::UserName -eq 'root' -and (Get-Command apt-get -ErrorAction Ignore)
}

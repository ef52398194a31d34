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

function Get-MissingProgram {
    foreach ($program in $script:RequiredPrograms.Keys) {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) {
            $program
        }
    }
}

# Installs what is missing where that is possible; what stays missing is named, and its tests say so when they skip.
function Install-Prerequisites {
    $missing = @(Get-MissingProgram)
    $canInstall = [System.Environment]::UserName -eq 'root' -and (Get-Command apt-get -ErrorAction Ignore)
    if ($missing.Count -gt 0 -and $canInstall) {
        $packages = @($missing.ForEach({ $script:RequiredPrograms[$_] }))
        Write-Step "Installing $packages"
        $env:DEBIAN_FRONTEND = 'noninteractive'
        $null = & apt-get update -qq 2>&1
        $null = & apt-get install --yes --no-install-recommends @packages 2>&1
        $missing = @(Get-MissingProgram)
    }

    if ($missing.Count -gt 0) {
        Write-Step "Missing, and tests that need them will be skipped: $missing"
    }
}

# The programs that the tests call, each with the Debian package that brings it.
$script:RequiredPrograms = [ordered]@{
    restic = 'restic'
    setfattr = 'attr'
    setfacl = 'acl'
    tar = 'tar'
    unzip = 'unzip'
    zstd = 'zstd'
    git = 'git'
    openssl = 'openssl'
    '/usr/bin/jsonschema' = 'python3-jsonschema'
    promtool = 'prometheus'
    cron = 'cron'
    'systemd-analyze' = 'systemd'
    rsyslogd = 'rsyslog'

    # tests/servers/s3-server.sh
    radosgw = 'radosgw'
    'ceph-mon' = 'ceph-mon'
    'ceph-osd' = 'ceph-osd'

    # tests/servers/s3-light.sh
    'swift-proxy-server' = 'swift-proxy'
    'swift-account-server' = 'swift-account'
    'swift-container-server' = 'swift-container'
    'swift-object-server' = 'swift-object'
    memcached = 'memcached'

    # tests/servers/postgres.sh
    pg_ctlcluster = 'postgresql'
    setpriv = 'util-linux'

    # tests/servers/mariadb.sh
    'mariadb-install-db' = 'mariadb-server'
    'mariadb-backup' = 'mariadb-backup'

    # tests/servers/smtp-sink.py
    aiosmtpd = 'python3-aiosmtpd'
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
    $policy = '/usr/sbin/policy-rc.d'
    $isOurs = -not [System.IO.File]::Exists($policy)
    if ($isOurs) {
        # Has Debian install servers without starting them: tests start their own.
        [System.IO.File]::WriteAllText($policy, "#!/bin/sh`nexit 101`n")
        [System.IO.File]::SetUnixFileMode($policy, 'UserRead, UserWrite, UserExecute, GroupRead, GroupExecute, OtherRead, OtherExecute')
    }

    try {
        $null = & apt-get update -qq 2>&1
        $output = & apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 @Packages 2>&1
        if ($LASTEXITCODE -ne 0) {
            Write-Step "apt-get install failed: $(@($output)[-1])"
        }
    }
    finally {
        if ($isOurs) {
            [System.IO.File]::Delete($policy)
        }
    }
}

function Test-CanInstall {
    [System.Environment]::UserName -eq 'root' -and (Get-Command apt-get -ErrorAction Ignore)
}

# What Get-Help says of each command, and that the examples work: each one is run, in a small world of its own.
BeforeDiscovery {
    $file = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/BackupModule/en-US/BackupModule.dll-Help.xml")
    $commands = ([xml][System.IO.File]::ReadAllText($file)).helpItems.command
    $names = foreach ($command in $commands) { $command.details.name }
    $examples = foreach ($command in $commands) {
        $index = 0
        foreach ($example in $command.examples.example) {
            @{ command = $command.details.name; title = $example.title.Trim('-', ' '); index = $index }
            $index++
        }
    }
}

BeforeAll {
    Import-Module ([System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/BackupModule"))
}

Describe 'Help' {
    It 'has synopsis, description, outputs and at least three examples of <_>' -ForEach $names {
        $help = Get-Help $_
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -BeLike "*$_ *-*" -Because 'that would be the syntax, which help shows where it has no page'
        $help.description | Should -Not -BeNullOrEmpty
        $help.returnValues | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
    }

    It 'explains every parameter of <_>' -ForEach $names {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $parameters = [string[]]@((Get-Command $_).Parameters.Keys.Where({ $_ -notin $common }))
        # Get-Help takes it for an error to be asked for the parameters of a command that has none.
        $explained = [string[]]@(foreach ($parameter in Get-Help $_ -Parameter * -ErrorAction SilentlyContinue) {
            $parameter.description.Text | Should -Not -BeNullOrEmpty
            $parameter.name
        })
        [Array]::Sort($parameters, [StringComparer]::Ordinal)
        [Array]::Sort($explained, [StringComparer]::Ordinal)
        $explained -join ' ' | Should -Be ($parameters -join ' ')
    }

    It 'has the topic about_BackupModule' {
        (Get-Help about_BackupModule).Contains('restic -r /srv') | Should -BeTrue
    }
}

Describe 'The example' -Skip:(-not $IsLinux) {
    BeforeAll {
        $world = "$TestDrive/world"
        $template = "$TestDrive/template"
        $saved = @{}
        foreach ($name in 'BACKUPMODULE_HOME', 'BACKUPMODULE_CATALOG', 'BACKUP_PW', 'SECOND_PW', 'NEW_PW') {
            $saved[$name] = [System.Environment]::GetEnvironmentVariable($name)
        }

        # Examples speak of the paths of a server; here these are folders of the test.
        function ConvertTo-World([string]$Code) {
            $Code -replace "(?<=^|[\s'`",(:])/(srv|var|etc|mnt|tmp)/", "$world/`$1/"
        }

        function Write-Text([string]$Path, [string]$Text) {
            $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($Path))
            [System.IO.File]::WriteAllText($Path, $Text)
        }

        function Backup-Shop([int]$DaysAgo) {
            $time = [DateTimeOffset]::Now.AddDays(-$DaysAgo)
            $null = Invoke-Backup -RepositoryName main -Path "$world/var/www/shop" -Tag nightly -Time $time
        }

        # A shop with four backups in main and one more that its policy made, an empty repository second, and one named old that
        # is not registered. Of the two notifications none can be sent.
        function New-World {
            $shop = "$world/var/www/shop"
            Write-Text "$shop/config/app.json" "{`n  `"name`": `"shop`",`n  `"debug`": false`n}`n"
            Write-Text "$shop/package.json" "{}`n"
            Write-Text "$shop/src/index.js" "export default 1;`n"
            Write-Text "$shop/src/legacy.js" "export default 0;`n"
            Write-Text "$shop/node_modules/left-pad/index.js" "export default 2;`n"
            Write-Text "$shop/uploads/photo.jpg" ('not really a picture ' * 8000)
            Write-Text "$world/etc/backup/main.pw" "$env:BACKUP_PW`n"
            [System.IO.File]::SetUnixFileMode("$world/etc/backup/main.pw", 'UserRead, UserWrite')
            Write-Text "$world/etc/shop/nginx.conf" "server { listen 80; }`n"
            $null = [System.IO.Directory]::CreateDirectory("$world/etc/nginx/sites-enabled")
            $null = [System.IO.File]::CreateSymbolicLink("$world/etc/nginx/sites-enabled/shop", '../../shop/nginx.conf')
            foreach ($folder in 'srv', 'mnt/usb', 'tmp') {
                $null = [System.IO.Directory]::CreateDirectory("$world/$folder")
            }

            foreach ($name in 'main', 'second', 'old') {
                $null = New-BackupRepository -Name $name -Location "$world/srv/backup/$name" -Password env:BACKUP_PW
            }

            Unregister-BackupRepository -Name old
            $null = New-BackupNotification -Name ops -Slack env:SLACK_URL
            $null = New-BackupNotification -Name log -Syslog /run/nowhere
            $null = New-BackupKey -RepositoryName main -NewPassword env:SECOND_PW
            $null = New-BackupPolicy -Name shop -RepositoryName main -CodePath $shop -UploadPath "$shop/uploads" `
                -ConfigurationPath "$world/etc/nginx/sites-enabled"
            # A catalog is an SQLite database as good as any other.
            $null = [System.IO.Directory]::CreateDirectory("$world/srv/store")
            [System.IO.File]::Copy("$env:BACKUPMODULE_HOME/catalog.db", "$world/srv/store/store.db")
            $null = New-BackupPolicy -Name store -RepositoryName main -ConfigurationPath "$world/etc/nginx/sites-enabled" -Database (
                New-BackupDatabase -Name store -Engine SQLite -ConnectionString "Data Source=$world/srv/store/store.db")
            $null = Invoke-Backup -PolicyName store
            Backup-Shop -DaysAgo 60
            Backup-Shop -DaysAgo 20
            [System.IO.File]::Delete("$shop/src/legacy.js")
            Backup-Shop -DaysAgo 3
            $null = Invoke-Backup -PolicyName shop
            Write-Text "$shop/config/app.json" "{`n  `"name`": `"shop`",`n  `"debug`": true`n}`n"
            Backup-Shop -DaysAgo 0
            Write-Text "$shop/src/feature.js" "export default 3;`n"
        }

        $env:BACKUP_PW = 'correct horse'
        $env:SECOND_PW = 'battery staple'
        $env:NEW_PW = 'another one'
        $env:BACKUPMODULE_CATALOG = $null
        $env:BACKUPMODULE_HOME = "$world/home"
        New-World
        [System.IO.Directory]::Move($world, $template)
    }

    BeforeEach {
        /bin/cp -a $template $world
    }

    AfterEach {
        [System.IO.Directory]::Delete($world, $true)
    }

    AfterAll {
        foreach ($name in $saved.Keys) {
            [System.Environment]::SetEnvironmentVariable($name, $saved[$name])
        }
    }

    It 'of <command>, <title>, runs without errors' -ForEach $examples {
        $ErrorActionPreference = 'Stop'
        $code = ConvertTo-World (Get-Help $command).examples.example[$index].code
        $code -match '-InPlace(?!.*-WhatIf)' | Should -BeFalse -Because 'the place would be this machine'
        $example = [scriptblock]::Create($code)
        if ($code -match '-PointInTime') {
            # The databases of these examples keep no log.
            { & $example } | Should -Throw -ErrorId 'RecoveryTargetUnreachable*'
            return
        }

        $null = & $example
    }
}

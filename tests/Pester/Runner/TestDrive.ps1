# One temporary folder a file, as $TestDrive and TestDrive:, in which each block leaves only what was there before it.

function New-TestDrive {
    $folder = [System.IO.Directory]::CreateTempSubdirectory('test-drive-').FullName
    $script:Run.TestDrive = $folder
    Set-TestDrive $folder
}

function Set-TestDrive([string]$Folder) {
    $drives = $ExecutionContext.SessionState.Drive
    foreach ($existing in $drives.GetAll()) {
        if ($existing.Name -eq 'TestDrive') {
            $drives.Remove('TestDrive', $true, 'global')
        }
    }

    if ($Folder) {
        $provider = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
        $drive = [System.Management.Automation.PSDriveInfo]::new('TestDrive', $provider, $Folder, '', $null)
        $null = $drives.New($drive, 'global')
    }
}

function Remove-TestDrive {
    Set-TestDrive $null
    if ([System.IO.Directory]::Exists($script:Run.TestDrive)) {
        [System.IO.Directory]::Delete($script:Run.TestDrive, $true)
    }
}

function Get-TestDriveContent {
    if ($script:Run.TestDrive) {
        $options = [System.IO.EnumerationOptions]@{ AttributesToSkip = 0 }
        [System.IO.Directory]::GetFileSystemEntries($script:Run.TestDrive, '*', $options)
    }
}

function Clear-TestDrive([string[]]$Except = @()) {
    foreach ($entry in Get-TestDriveContent) {
        if ($entry -cin $Except) {
            continue
        }

        # A link to a folder is a link: what it points at is not ours.
        $isFolder = [System.IO.File]::GetAttributes($entry).HasFlag([System.IO.FileAttributes]::Directory)
        $isLink = $null -ne [System.IO.FileInfo]::new($entry).LinkTarget
        if ($isFolder -and -not $isLink) {
            [System.IO.Directory]::Delete($entry, $true)
        }
        else {
            [System.IO.File]::Delete($entry)
        }
    }
}

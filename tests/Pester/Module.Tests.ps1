# The staged module: that it loads fast, quietly, again and again, and has what its manifest says.
BeforeAll {
    . "$PSScriptRoot/ConsoleProcess.ps1"
    $module = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../out/BackupModule")

    # A loaded module stays loaded; each question needs a process of its own, of the engine that runs this.
    function Invoke-Fresh([string]$Script) {
        Invoke-Console ([System.Environment]::ProcessPath) '-NoProfile', '-NonInteractive', '-Command', $Script
    }
}

Describe 'The module' {
    It 'exports exactly the cmdlets of its manifest' {
        $manifest = [scriptblock]::Create([System.IO.File]::ReadAllText("$module/BackupModule.psd1")).InvokeReturnAsIs()
        $result = Invoke-Fresh "Import-Module '$module'; (Get-Module BackupModule).ExportedCmdlets.Keys"
        $exported = [string[]]$result.Output.Split("`n").Trim()
        [Array]::Sort($exported, [StringComparer]::Ordinal)
        $exported | Should -Be $manifest.CmdletsToExport
    }

    It 'loads without a word, in strict mode too' {
        $result = Invoke-Fresh "Set-StrictMode -Version Latest; Import-Module '$module'"
        $result.ExitCode | Should -Be 0
        $result.Output + $result.Error | Should -BeNullOrEmpty
    }

    It 'keeps its cmdlets when it is loaded again' {
        $result = Invoke-Fresh (
            "`$env:PSModulePath = ''; Import-Module '$module'; Import-Module '$module' -Force; " +
            "@(Get-Command -Module BackupModule).Count; Remove-Module BackupModule; " +
            "@(Get-Command Get-Backup -ErrorAction Ignore).Count; Import-Module '$module'; " +
            '@(Get-Command -Module BackupModule).Count')
        $counts = $result.Output.Split("`n").Trim()
        $counts[0] | Should -BeGreaterThan 0
        $counts[1] | Should -Be 0
        $counts[2] | Should -Be $counts[0]
    }

    It 'lets scripts name the types of its engine' {
        $result = Invoke-Fresh "Import-Module '$module'; [BackupModule.Core.Diagnostics.BackupErrorKind].Name"
        $result.Output | Should -Be 'BackupErrorKind'
    }
}

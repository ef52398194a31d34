# Runs a script in a psbackup that has a terminal, for what is drawn there and typed there; dot-source it in BeforeAll.

function Start-Terminal([string]$Console, [string]$Script, [string[]]$Options = @()) {
    $file = [System.IO.Path]::GetTempFileName()
    [System.IO.File]::Move($file, "$file.ps1")
    [System.IO.File]::WriteAllText("$file.ps1", $Script)
    $start = [System.Diagnostics.ProcessStartInfo]::new('/usr/bin/script')
    foreach ($argument in '-qefc', "stty cols 200; exec '$Console' $Options -File '$file.ps1'", '/dev/null') {
        $start.ArgumentList.Add($argument)
    }

    $start.Environment['TERM'] = 'xterm'
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    @{
        Process = [System.Diagnostics.Process]::Start($start)
        Shown = [System.Text.StringBuilder]::new()
        Buffer = [char[]]::new(4096)
        File = "$file.ps1"
    }
}

# False once all was read.
function Read-Terminal([hashtable]$Terminal) {
    $read = $Terminal.Process.StandardOutput.ReadAsync($Terminal.Buffer, 0, $Terminal.Buffer.Length)
    if (-not $read.Wait(60000)) {
        $Terminal.Process.Kill($true)
        throw "Nothing came for a minute. So far: $($Terminal.Shown)"
    }

    $null = $Terminal.Shown.Append($Terminal.Buffer, 0, $read.Result)
    $read.Result -gt 0
}

function Wait-Text([hashtable]$Terminal, [string]$Text) {
    while (-not $Terminal.Shown.ToString().Contains($Text)) {
        if (-not (Read-Terminal $Terminal)) {
            throw "It ended without '$Text': $($Terminal.Shown)"
        }
    }
}

function Send-Text([hashtable]$Terminal, [string]$Text) {
    $Terminal.Process.StandardInput.Write($Text)
    $Terminal.Process.StandardInput.Flush()
}

# Everything it showed, and its exit code.
function Wait-Terminal([hashtable]$Terminal) {
    while (Read-Terminal $Terminal) {
    }

    $Terminal.Process.WaitForExit()
    [System.IO.File]::Delete($Terminal.File)
    [pscustomobject]@{ Shown = $Terminal.Shown.ToString(); ExitCode = $Terminal.Process.ExitCode }
}

# Runs a psbackup that has a terminal, for what is drawn there and typed there; dot-source it in BeforeAll.

# What one wait may take, however much is drawn meanwhile.
$terminalLimit = [TimeSpan]::FromMinutes(2)

# Without a script it is interactive.
function Start-Terminal([string]$Console, [string]$Script, [string[]]$Options = @()) {
    $file = ''
    if ($Script) {
        $temporary = [System.IO.Path]::GetTempFileName()
        $file = "$temporary.ps1"
        [System.IO.File]::Move($temporary, $file)
        [System.IO.File]::WriteAllText($file, $Script)
        $Options += '-File', "'$file'"
    }

    $start = [System.Diagnostics.ProcessStartInfo]::new('/usr/bin/script')
    foreach ($argument in '-qefc', "stty cols 200; echo starting; exec '$Console' $Options", '/dev/null') {
        $start.ArgumentList.Add($argument)
    }

    $start.Environment['TERM'] = 'xterm'
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    @{
        Process = [System.Diagnostics.Process]::Start($start)
        Shown = [System.Text.StringBuilder]::new()
        Buffer = [char[]]::new(4096)
        File = $file
    }
}

# Reads until the condition holds; false if it ended before.
function Read-Terminal([hashtable]$Terminal, [scriptblock]$Until, [string]$Awaited) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Until)) {
        $left = [Math]::Max(0, ($terminalLimit - $clock.Elapsed).TotalMilliseconds)
        $read = $Terminal.Process.StandardOutput.ReadAsync($Terminal.Buffer, 0, $Terminal.Buffer.Length)
        if (-not $read.Wait([int]$left) -or $left -eq 0) {
            $Terminal.Process.Kill($true)
            throw "Waited for $Awaited in vain. The screen: $(Get-Screen $Terminal)"
        }

        if ($read.Result -eq 0) {
            return $false
        }

        $null = $Terminal.Shown.Append($Terminal.Buffer, 0, $read.Result)
    }

    $true
}

# The last of what was drawn.
function Get-Screen([hashtable]$Terminal) {
    $start = [Math]::Max(0, $Terminal.Shown.Length - 2000)
    $Terminal.Shown.ToString($start, $Terminal.Shown.Length - $start)
}

function Wait-Text([hashtable]$Terminal, [string]$Text) {
    if (-not (Read-Terminal $Terminal { $Terminal.Shown.ToString().Contains($Text) } "'$Text'")) {
        throw "It ended without '$Text'. The screen: $(Get-Screen $Terminal)"
    }
}

function Send-Text([hashtable]$Terminal, [string]$Text) {
    $Terminal.Process.StandardInput.Write($Text)
    $Terminal.Process.StandardInput.Flush()
}

# Everything it showed, and its exit code.
function Wait-Terminal([hashtable]$Terminal) {
    $null = Read-Terminal $Terminal { $false } 'its end'
    $Terminal.Process.WaitForExit()
    if ($Terminal.File) {
        [System.IO.File]::Delete($Terminal.File)
    }

    [pscustomobject]@{ Shown = $Terminal.Shown.ToString(); ExitCode = $Terminal.Process.ExitCode }
}

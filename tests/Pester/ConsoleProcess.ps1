# Runs a program to its end and gives what it wrote and its exit code; dot-source it in BeforeAll.

# What one wait may take: a program that hangs is to fail its test, not to hang the run.
$waitLimit = [TimeSpan]::FromMinutes(5)

function Start-Console([string]$Program, [string[]]$Arguments) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
    foreach ($argument in $Arguments) {
        $start.ArgumentList.Add($argument)
    }

    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    [System.Diagnostics.Process]::Start($start)
}

# The next line of its output.
function Read-ConsoleLine([System.Diagnostics.Process]$Process) {
    $line = $Process.StandardOutput.ReadLineAsync()
    if (-not $line.Wait($waitLimit)) {
        $Process.Kill($true)
        throw "It wrote no line in $waitLimit."
    }

    $line.Result
}

# Until a repository on disk has a lock, which the process is about to take.
function Wait-Lock([System.Diagnostics.Process]$Process, [string]$Location) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    # A lock that is still being written has a longer name, and does not count.
    while (-not [System.IO.Directory]::GetFiles("$Location/locks", '?' * 64)) {
        if ($Process.WaitForExit(20) -or $clock.Elapsed -gt $waitLimit) {
            $Process.Kill($true)
            throw 'It took no lock.'
        }
    }
}

function Wait-Console([System.Diagnostics.Process]$Process, [string]$StandardInput) {
    # Both streams at once: a full pipe that nobody reads would stop the program.
    $output = $Process.StandardOutput.ReadToEndAsync()
    $standardError = $Process.StandardError.ReadToEndAsync()
    $Process.StandardInput.Write($StandardInput)
    $Process.StandardInput.Close()
    $ended = [System.Threading.Tasks.Task]::WaitAll([System.Threading.Tasks.Task[]]@($output, $standardError), $waitLimit)
    if (-not $ended) {
        $Process.Kill($true)
    }

    $Process.WaitForExit()
    $result = [pscustomobject]@{
        Output = $output.GetAwaiter().GetResult().TrimEnd()
        Error = $standardError.GetAwaiter().GetResult().TrimEnd()
        ExitCode = $Process.ExitCode
    }
    if (-not $ended) {
        throw "It did not end in $waitLimit. It wrote: $($result.Output) $($result.Error)"
    }

    $result
}

function Invoke-Console([string]$Program, [string[]]$Arguments, [string]$StandardInput = '') {
    Wait-Console (Start-Console $Program $Arguments) $StandardInput
}

# Runs a program to its end and gives what it wrote and its exit code; dot-source it in BeforeAll.

function Start-Console([string]$Program, [string[]]$Arguments) {
    $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
    foreach ($argument in $Arguments) {
        $start.ArgumentList.Add($argument)
    }

    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    [System.Diagnostics.Process]::Start($start)
}

function Wait-Console([System.Diagnostics.Process]$Process, [string]$StandardInput) {
    # Both streams at once: a full pipe that nobody reads would stop the program.
    $standardError = $Process.StandardError.ReadToEndAsync()
    $Process.StandardInput.Write($StandardInput)
    $Process.StandardInput.Close()
    $output = $Process.StandardOutput.ReadToEnd()
    $Process.WaitForExit()
    [pscustomobject]@{
        Output = $output.TrimEnd()
        Error = $standardError.GetAwaiter().GetResult().TrimEnd()
        ExitCode = $Process.ExitCode
    }
}

function Invoke-Console([string]$Program, [string[]]$Arguments, [string]$StandardInput = '') {
    Wait-Console (Start-Console $Program $Arguments) $StandardInput
}

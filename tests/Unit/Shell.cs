using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace BackupModule.Tests;

/// <summary>Runs bash scripts: test trees are made, and judged, by other programs than ours.</summary>
public static class Shell
{
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>Runs the script and returns its output; fails the test if the script fails.</summary>
    public static byte[] Run(string script, string workingDirectory)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C", ["TZ"] = "UTC" },
        })!;
        using MemoryStream output = new();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        string complaint = errors.GetAwaiter().GetResult();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new InvalidOperationException($"The script ended with {process.ExitCode}: {complaint}");
    }

    /// <summary>The script's output as text, without the line end.</summary>
    public static string Read(string script, string workingDirectory) =>
        Encoding.UTF8.GetString(Run(script, workingDirectory)).TrimEnd('\n');

    public static bool Has(string program) =>
        Read($"command -v {program} >/dev/null && echo yes || echo no", Path.GetTempPath()) == "yes";
}

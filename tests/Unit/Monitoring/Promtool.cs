using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace BackupModule.Tests.Monitoring;

/// <summary>Prometheus' own tool, the judge of metrics and rules.</summary>
internal static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    public static void Require() => Assert.SkipUnless(File.Exists(Program), "needs promtool");

    /// <summary>What its parser and linter say of metrics; nothing where all is well.</summary>
    public static async Task<string> CheckMetricsAsync(string text)
    {
        (int exitCode, string output) = await RunAsync(["check", "metrics"], text);
        Assert.True(exitCode == 0 || output.Length > 0, $"promtool ended with {exitCode} and said nothing.");
        return output;
    }

    /// <summary>Runs it, fails the test if it does not succeed, and gives what it said.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        (int exitCode, string output) = await RunAsync(arguments, string.Empty);
        Assert.True(exitCode == 0, $"promtool {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(IEnumerable<string> arguments, string input)
    {
        ProcessStartInfo start = new(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}

using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>Stock restic, the judge of everything that is written.</summary>
internal sealed class Restic(string repository, string password)
{
    public const string Missing = "needs restic";

    private const string Program = "/usr/bin/restic";

    /// <summary>Further variables for restic, such as the keys of a bucket.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The PEM file of an authority to trust; null for the system's alone.</summary>
    public string? AuthorityFile { get; init; }

    public static void Require() => Assert.SkipUnless(File.Exists(Program), Missing);

    /// <summary>Runs restic, fails the test if it does not succeed, and gives what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        (int exitCode, string output) = await TryRunAsync(arguments);
        Assert.True(exitCode == 0, $"restic {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Runs restic and gives its exit code and everything it printed.</summary>
    public async Task<(int ExitCode, string Output)> TryRunAsync(IEnumerable<string> arguments, string? directory = null)
    {
        using Process process = Start(arguments, directory);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    /// <summary>Starts a backup of its standard input, which holds a shared lock until the input ends.</summary>
    public Process StartBackupOfInput() => Start(["backup", "--stdin"], directory: null);

    /// <summary>restic's own full check: structure, then every byte of every pack.</summary>
    public Task<string> CheckAllAsync() => RunAsync("check", "--read-data");

    private string[] Trust() => AuthorityFile is null ? [] : ["--cacert", AuthorityFile];

    private Process Start(IEnumerable<string> arguments, string? directory)
    {
        ProcessStartInfo start = new(Program, ["--no-cache", "-r", repository, .. Trust(), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "/",
        };
        start.Environment["RESTIC_PASSWORD"] = password;
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

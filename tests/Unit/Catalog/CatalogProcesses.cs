using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using Xunit;

namespace BackupModule.Tests.Catalog;

/// <summary>What processes of their own do with the catalog that their environment names; none is a test of its own.
/// </summary>
public sealed class CatalogProcesses
{
    /// <summary>How many repositories a process adds.</summary>
    public const int Share = 10;

    private const string NameVariable = "BACKUPMODULE_TEST_NAME";
    private const string FolderVariable = "BACKUPMODULE_TEST_FOLDER";

    [Fact(Explicit = true)]
    public async Task Adds_its_share()
    {
        for (int i = 0; i < Share; i++)
        {
            await Open().AddRepositoryAsync(Registrations.Make($"{Variable(NameVariable)}-{i}"), CancellationToken.None);
        }
    }

    [Fact(Explicit = true)]
    public Task Runs_what_is_due() => new ScheduleRunner(Open(), Variable(NameVariable)).RunAllAsync();

    [Fact(Explicit = true)]
    public Task Begins_a_run_and_hangs() =>
        new ScheduleRunner(Open(), Variable(NameVariable)).BeginAndHangAsync(Variable(FolderVariable));

    /// <summary>Starts a process.</summary>
    /// <param name="method">What it does.</param>
    /// <param name="name">Its name.</param>
    /// <param name="folder">Where it leaves word.</param>
    /// <param name="environment">Names the catalog.</param>
    internal static Process Start(
        string method, string name, string folder, IReadOnlyDictionary<string, string> environment)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(CatalogProcesses).Assembly.Location])
        {
            RedirectStandardOutput = true,
        };
        foreach (string argument in
            new[] { "-method", $"{typeof(CatalogProcesses).FullName}.{method}", "-explicit", "only", "-noColor" })
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        start.Environment[NameVariable] = name;
        start.Environment[FolderVariable] = folder;
        return Process.Start(start)!;
    }

    /// <summary>Waits for a process's end, and fails the test with its output if it failed.</summary>
    internal static async Task EndAsync(Process process)
    {
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
    }

    private static ICatalog Open() => Catalogs.Open(BackupHome.Locate());

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name)!;
}

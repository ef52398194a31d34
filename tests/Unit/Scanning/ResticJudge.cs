using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace BackupModule.Tests.Scanning;

/// <summary>Stock restic with a repository of its own, asked what it takes and what it leaves out.</summary>
internal sealed class ResticJudge
{
    private readonly string _repository;

    private ResticJudge(string repository) => _repository = repository;

    /// <summary>Makes the repository; skips the test where there is no restic.</summary>
    public static async Task<ResticJudge> CreateAsync(string repository)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator);
        Assert.SkipUnless(
            Array.Exists(folders, folder => File.Exists(Path.Combine(folder, "restic"))),
            "needs restic");
        ResticJudge judge = new(repository);
        await judge.RunAsync("init");
        return judge;
    }

    /// <summary>The paths below the folder that a backup with the options would hold.</summary>
    public async Task<IReadOnlyList<string>> ListTakenAsync(string folder, IEnumerable<string> options)
    {
        string report = await RunAsync(["backup", "--no-cache", "--dry-run", "-vv", "--json", .. options, folder]);
        string prefix = folder + "/";
        return
        [
            .. report.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Where(message => message.GetProperty("message_type").ValueEquals("verbose_status"))
                .Select(message => message.GetProperty("item").GetString()!.TrimEnd('/'))
                .Where(path => path.StartsWith(prefix, StringComparison.Ordinal)),
        ];
    }

    /// <summary>Backs the folder up.</summary>
    public Task BackUpAsync(string folder) => RunAsync("backup", "--no-cache", "--quiet", folder);

    /// <summary>Restores the latest snapshot into the folder.</summary>
    public Task RestoreAsync(string destination, IEnumerable<string> options) =>
        RunAsync(["restore", "--no-cache", "--quiet", .. options, "--target", destination, "latest"]);

    private async Task<string> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("restic", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["RESTIC_REPOSITORY"] = _repository;
        start.Environment["RESTIC_PASSWORD"] = "judge";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"restic {arguments[0]}: {await errors}");
        return output;
    }
}

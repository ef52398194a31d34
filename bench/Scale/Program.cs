using System;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Scale.Generating;
using BackupModule.Scale.Measuring;

namespace BackupModule.Scale;

/// <summary>Makes repositories and folders of any size, and measures the engine on them. README.md shows the use.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            if (arguments.Length == 0)
            {
                throw new UsageException("Say what to do.");
            }

            await RunAsync(arguments[0], new Options(arguments.AsSpan(1)));
            return 0;
        }
        catch (Exception failure) when (failure is UsageException or BackupException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }

    private static Task RunAsync(string command, Options options) => command switch
    {
        "blobs" => SyntheticIndex.CreateAsync(options),
        "backups" => SyntheticBackups.CreateAsync(options),
        "snapshots" => SyntheticSnapshots.CreateAsync(options),
        "files" => TinyFiles.CreateAsync(options),
        "measure-index" => IndexMeasurement.RunAsync(options),
        "measure-prune" => PruneMeasurement.RunAsync(options),
        "measure-snapshots" => SnapshotMeasurement.RunAsync(options),
        _ => throw new UsageException($"'{command}' is no command; README.md lists them."),
    };
}

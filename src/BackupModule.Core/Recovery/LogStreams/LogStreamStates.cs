using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Recovery.LogStreams;

/// <summary>
/// How the streams of this machine stand: a file each in a folder, written by the stream's process and read by others. Beside
/// it lies a file that the process holds locked as long as it lives, and one that asks it to stop.
/// </summary>
/// <param name="folder">The folder; it is made when it is needed.</param>
public sealed partial class LogStreamStates(string folder)
{
    private const string StateSuffix = ".json";
    private const string LockSuffix = ".lock";
    private const string StopSuffix = ".stop";

    private static readonly TimeSpan s_stopInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The streams of a local state.</summary>
    /// <param name="homeFolder">The folder of the local state.</param>
    public static LogStreamStates Of(string homeFolder) => new(Path.Join(homeFolder, "streams"));

    /// <summary>Takes a stream for this process, until the result is disposed or the process ends.</summary>
    /// <returns>Null if a process streams it.</returns>
    public IDisposable? TryTake(string policyName, string databaseName)
    {
        Directory.CreateDirectory(folder);
        try
        {
            FileStream held = new(
                PathOf(policyName, databaseName, LockSuffix), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.Delete(PathOf(policyName, databaseName, StopSuffix));
            return held;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>True if a process of this machine streams it.</summary>
    public bool IsRunning(string policyName, string databaseName)
    {
        string path = PathOf(policyName, databaseName, LockSuffix);
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using FileStream free = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Asks a stream to stop; it does within a second or so, when what it has is stored.</summary>
    public void RequestStop(string policyName, string databaseName)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(PathOf(policyName, databaseName, StopSuffix), []);
    }

    /// <summary>Waits until somebody asks the stream to stop.</summary>
    public async Task WaitForStopAsync(
        string policyName, string databaseName, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!File.Exists(PathOf(policyName, databaseName, StopSuffix)))
        {
            await Task.Delay(s_stopInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The state of a stream that begins, written down.</summary>
    public LogStreamState Begin(
        string policyName, string databaseName, string repositoryName, string streamId, DateTimeOffset now)
    {
        LogStreamState state = new()
        {
            PolicyName = policyName,
            DatabaseName = databaseName,
            RepositoryName = repositoryName,
            StreamId = streamId,
            HostName = MachineIdentity.Current.HostName,
            ProcessId = Environment.ProcessId,
            StartedAt = now,
            SeenAt = now,
        };
        Write(state);
        return state;
    }

    /// <summary>Writes down that this process cannot stream, and why; what is known of the stream stays.</summary>
    public void Fail(string policyName, string databaseName, string repositoryName, BackupException failure, DateTimeOffset now)
    {
        LogStreamState state = ReadOne(PathOf(policyName, databaseName, StateSuffix)) ?? new LogStreamState
        {
            PolicyName = policyName,
            DatabaseName = databaseName,
            RepositoryName = repositoryName,
            HostName = MachineIdentity.Current.HostName,
        };
        Write(state with
        {
            ProcessId = Environment.ProcessId, SeenAt = now, Error = failure.Message, Guidance = failure.Guidance,
        });
    }

    /// <summary>Writes a state down; readers see the old one or the new one.</summary>
    public void Write(LogStreamState state)
    {
        Directory.CreateDirectory(folder);
        string path = PathOf(state.PolicyName, state.DatabaseName, StateSuffix);
        string partial = path + ".new";
        File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.LogStreamState));
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>All states that were written down on this machine, and whether their processes live.</summary>
    public IReadOnlyList<LogStreamStanding> Read() =>
        !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder, "*" + StateSuffix).Select(ReadOne).OfType<LogStreamState>()
                .Select(state => new LogStreamStanding(state, IsRunning(state.PolicyName, state.DatabaseName)))
                .OrderBy(static item => item.State.PolicyName, StringComparer.OrdinalIgnoreCase)
                .ThenBy(static item => item.State.DatabaseName, StringComparer.OrdinalIgnoreCase)];

    /// <summary>What a stream has written down last.</summary>
    public LogStreamState Find(LogStreamState state) =>
        ReadOne(PathOf(state.PolicyName, state.DatabaseName, StateSuffix)) ?? state;

    /// <summary>Removes what a stream has written down; it must not run.</summary>
    public void Forget(LogStreamState state)
    {
        foreach (string suffix in (string[])[StateSuffix, StopSuffix, LockSuffix])
        {
            File.Delete(PathOf(state.PolicyName, state.DatabaseName, suffix));
        }
    }

    private static LogStreamState? ReadOne(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.LogStreamState);
        }
        catch (Exception failure) when (failure is JsonException or IOException)
        {
            return null;
        }
    }

    // Names of policies need not be names of files.
    private string PathOf(string policyName, string databaseName, string suffix) => Path.Join(
        folder,
        ObjectId.Hash(System.Text.Encoding.UTF8.GetBytes($"{policyName.ToUpperInvariant()}\n{databaseName.ToUpperInvariant()}"))
            .ToString()[..16] + suffix);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
    [JsonSerializable(typeof(LogStreamState))]
    private sealed partial class StateJson : JsonSerializerContext;
}

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Programs;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Recovery;

/// <summary>A restored server, running for its recovery and checks: reached through a socket in a private folder only, with
/// settings that keep it from doing anything to the outside.</summary>
internal sealed partial class RecoveryServer : IAsyncDisposable
{
    private const int KeptLines = 200;
    private const int Interrupt = 2;

    private static readonly TimeSpan s_stopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly string _socketFolder;
    private readonly string _role;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Queue<string> _log = new();
    private readonly Task _reading;

    private RecoveryServer(Process process, string socketFolder, string role, TimeProvider time)
    {
        _process = process;
        _socketFolder = socketFolder;
        _role = role;
        _time = time;
        process.StandardInput.Close();
        _reading = Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput));
    }

    /// <summary>The role that looks at it.</summary>
    public string Role => _role;

    /// <summary>The last lines of the server's log.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>The last line that says why the server ended; null for none.</summary>
    public string? Fault => Log.LastOrDefault(static line => Fatal().IsMatch(line)) is { } line ? Fatal().Match(line).Groups["text"].Value : null;

    /// <summary>True if the log ended before the target was met.</summary>
    public bool HasMissedTarget => Log.Any(static line =>
        line.Contains("recovery ended before configured recovery target was reached", StringComparison.Ordinal));

    /// <summary>Starts it.</summary>
    /// <param name="programs">The server's programs.</param>
    /// <param name="dataFolder">The data directory.</param>
    /// <param name="privateFolder">A folder of the server's user alone: its socket and rules of login are in it.</param>
    /// <param name="role">The role that looks at it, and checks it.</param>
    /// <param name="settings">Settings besides those that keep it private.</param>
    /// <param name="time">The clock.</param>
    public static RecoveryServer Start(
        ServerPrograms programs,
        string dataFolder,
        string privateFolder,
        string role,
        IEnumerable<KeyValuePair<string, string>> settings,
        TimeProvider time)
    {
        IEnumerable<KeyValuePair<string, string>> all =
        [
            new("data_directory", dataFolder),
            new("hba_file", Path.Join(privateFolder, PrivateFiles.Hba)),
            new("ident_file", Path.Join(privateFolder, PrivateFiles.Ident)),
            new("external_pid_file", string.Empty),
            new("listen_addresses", string.Empty),
            new("unix_socket_directories", privateFolder),
            new("port", PrivateFiles.Port.ToString(CultureInfo.InvariantCulture)),
            new("ssl", "off"),
            new("archive_mode", "off"),
            new("archive_command", string.Empty),
            new("primary_conninfo", string.Empty),
            new("primary_slot_name", string.Empty),
            new("synchronous_standby_names", string.Empty),
            new("hot_standby", "on"),
            new("logging_collector", "off"),
            new("log_destination", "stderr"),
            new("log_line_prefix", string.Empty),
            new("lc_messages", "C"),
            new("log_min_messages", "warning"),
            .. settings,
        ];
        IEnumerable<string> arguments = all.SelectMany(static setting => (string[])["-c", $"{setting.Key}={setting.Value}"]);
        return new RecoveryServer(
            ProgramRun.Start(
                programs.Command("postgres", ["-D", dataFolder, .. arguments]),
                new Dictionary<string, string> { ["HOME"] = privateFolder, ["PGDATA"] = dataFolder },
                privateFolder),
            privateFolder,
            role,
            time);
    }

    /// <summary>Waits until the server has left recovery, or has ended. That it accepts connections says nothing: a standby
    /// does, before it fails.</summary>
    /// <returns>True if recovery is over and the server runs.</returns>
    public async Task<bool> WaitForPromotionAsync(CancellationToken cancellationToken)
    {
        while (!_process.HasExited)
        {
            if (await FindRecoveryAsync(cancellationToken).ConfigureAwait(false) == false)
            {
                return true;
            }

            await Task.Delay(s_pollInterval, _time, cancellationToken).ConfigureAwait(false);
        }

        await _reading.ConfigureAwait(false);
        return false;
    }

    /// <summary>Opens a session of a role that may do anything.</summary>
    /// <exception cref="NpgsqlException">It is not to be had.</exception>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder
        {
            Host = _socketFolder,
            Port = PrivateFiles.Port,
            Username = _role,
            Database = database,
            Pooling = false,
            Timeout = 10,
            CommandTimeout = 0,
        }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks a question whose answer is one column of text.</summary>
    /// <exception cref="NpgsqlException">No session is to be had, or the server refused.</exception>
    public async Task<IReadOnlyList<string>> AskAsync(string database, string query, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await OpenAsync(database, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await SqlCommands.ReadAsync(connection, query, static row => row.GetString(0), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends it as an administrator would, so that it starts without recovery; where it does not end, it is killed.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, Interrupt);
            using CancellationTokenSource limit = new(s_stopLimit, _time);
            try
            {
                await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        await _reading.ConfigureAwait(false);
        _process.Dispose();
    }

    // Null while nobody answers.
    private async Task<bool?> FindRecoveryAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync("template1", "SELECT pg_is_in_recovery()::text", cancellationToken).ConfigureAwait(false)) is ["true"];
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    private async Task ReadAsync(TextReader text)
    {
        while (await text.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            lock (_lock)
            {
                _log.Enqueue(line);
                if (_log.Count > KeptLines)
                {
                    _log.Dequeue();
                }
            }
        }
    }

    [GeneratedRegex("(FATAL|PANIC):  (?<text>.*)")]
    private static partial Regex Fatal();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Signal(int process, int signal);
}

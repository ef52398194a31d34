using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Databases.MySql.Logical;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Logs;

/// <summary>Plays binary logs that follow a backup into a restored server, up to a target.</summary>
/// <param name="content">The backup and the logs.</param>
/// <param name="target">How far.</param>
/// <param name="folder">A folder with space for the logs, which it fills.</param>
internal sealed class BinlogReplay(IDatabaseContent content, RecoveryTarget target, string folder)
{
    private readonly List<string> _files = [];
    private BinlogReach _reach = null!;

    /// <summary>The place in the log that is reached.</summary>
    public string Position { get; private set; } = string.Empty;

    /// <summary>The moment that is reached: of the target where it is one, else of the last transaction or of the log's end.
    /// </summary>
    public DateTimeOffset ReachedAt { get; private set; }

    private long StopPosition { get; set; }

    private DatabaseFacts Facts => content.Facts;

    /// <summary>Looks whether the target can be reached, without reading logs.</summary>
    /// <exception cref="BackupException"><c>RecoveryTargetUnreachable</c>: it cannot; the nearest that can is named.</exception>
    public void RequireReachable()
    {
        _reach = BinlogReach.Find(Facts, content.Logs);
        RecoveryReach reach = _reach.Reach;
        if (target.RestorePoint is not null)
        {
            throw Unreachable("MariaDB and MySQL have no named points", reach);
        }

        if (target.Time is { } time && (time < reach.From || time > reach.To))
        {
            throw Unreachable(
                time < reach.From ? "it is before the backup" : "the log does not go so far",
                reach);
        }

        if (target.Position is not null)
        {
            _ = FindFile(reach);
        }
    }

    /// <summary>Fetches the logs and finds where to stop.</summary>
    /// <exception cref="BackupException"><c>RecoveryTargetUnreachable</c>, <c>LogGap</c>: a log is not what it was.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        Position = _reach.Reach.FromPosition;
        ReachedAt = _reach.Reach.From;
        Directory.CreateDirectory(folder);
        long start = Facts.MySql!.LogPosition;
        foreach (LogFile file in _reach.Files)
        {
            string path = Path.Combine(folder, file.Name);
            long end = await FetchAsync(file, path, cancellationToken).ConfigureAwait(false);
            if (file != _reach.Files[^1] && await FindEndAsync(path, cancellationToken).ConfigureAwait(false) != end)
            {
                throw Gap(file, $"The binary log {file.Name} breaks off in the middle, and a later one is there.");
            }

            _files.Add(path);
            long? stop = await FindStopAsync(file, path, start, cancellationToken).ConfigureAwait(false);
            StopPosition = stop ?? end;
            Position = $"{file.Name}:{StopPosition}";
            if (stop is not null)
            {
                // Its end says no more than the end of the file before it.
                if (stop <= Math.Max(start, BinlogEvents.FirstPosition))
                {
                    _files.Remove(path);
                    StopPosition = long.MaxValue;
                }

                return;
            }

            start = 0;
        }

        if (target.TransactionId is not null)
        {
            throw Unreachable("the log does not have it", _reach.Reach);
        }

        ReachedAt = target.Time ?? _reach.Reach.To;
    }

    /// <summary>Plays the logs.</summary>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>.</exception>
    public async Task RunAsync(
        MySqlTools tools, MySqlServer server, string? database, CancellationToken cancellationToken)
    {
        if (_files.Count == 0)
        {
            return;
        }

        List<string> arguments =
        [
            "--no-defaults",
            string.Create(CultureInfo.InvariantCulture, $"--start-position={Facts.MySql!.LogPosition}"),
        ];
        if (StopPosition != long.MaxValue)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--stop-position={StopPosition}"));
        }

        if (database is not null)
        {
            arguments.Add($"--database={database}");
        }

        ExternalProgram reader = ExternalProgram.Start(tools.Log, [.. arguments, .. _files]);
        await using (reader.ConfigureAwait(false))
        {
            reader.Input.Close();
            await MySqlClient.RunAsync(
                tools,
                server,
                Facts.MySql.IsMariaDb,
                $"the binary log up to {Position}",
                input => reader.Output.CopyToAsync(input, 1 << 20, cancellationToken),
                goesOn: false,
                cancellationToken).ConfigureAwait(false);
            await reader.RequireSuccessAsync(BackupErrorKind.DatabaseRestoreFailed, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<long> FetchAsync(LogFile file, string path, CancellationToken cancellationToken)
    {
        FileStream output = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        await using (output.ConfigureAwait(false))
        {
            await content.CopyLogAsync(file.Name, output, cancellationToken).ConfigureAwait(false);
            return output.Length == file.End
                ? output.Length
                : throw Gap(file, $"The binary log {file.Name} has {output.Length} bytes in the repository instead of {file.End}.");
        }
    }

    private static async Task<long> FindEndAsync(string path, CancellationToken cancellationToken)
    {
        FileStream log = new(path, FileMode.Open, FileAccess.Read);
        await using (log.ConfigureAwait(false))
        {
            return await BinlogEvents.FindEndAsync(log, cancellationToken).ConfigureAwait(false);
        }
    }

    private static BackupException Gap(LogFile file, string message) => new(
        BackupErrorKind.LogGap, message, "Recover to a moment before it, and check the repository with Test-BackupRepository.")
    {
        Subject = file.Name,
    };

    // Where in the file the target is; null where it is beyond. Positions are ends of transactions.
    private async Task<long?> FindStopAsync(
        LogFile file, string path, long start, CancellationToken cancellationToken)
    {
        long? wanted = WantedPosition(file);
        long before = Math.Max(start, BinlogEvents.FirstPosition);
        FileStream log = new(path, FileMode.Open, FileAccess.Read);
        await using (log.ConfigureAwait(false))
        {
            await foreach (BinlogTransaction transaction in BinlogEvents.ReadTransactionsAsync(log, cancellationToken)
                .ConfigureAwait(false))
            {
                if (transaction.Start < start)
                {
                    continue;
                }

                bool isTheOne = target.TransactionId is not null && transaction.Gtid == target.TransactionId;
                if (IsAfterTarget(transaction) || (isTheOne && target.IsExclusive) || wanted <= transaction.Start)
                {
                    ReachedAt = target.Time ?? ReachedAt;
                    return wanted ?? before;
                }

                if (wanted < transaction.End)
                {
                    throw new BackupException(
                        BackupErrorKind.RecoveryTargetUnreachable,
                        $"{file.Name}:{wanted} lies within a transaction.",
                        $"Take {file.Name}:{transaction.Start}, before it, or {file.Name}:{transaction.End}, after it.")
                    {
                        Subject = Facts.Name,
                    };
                }

                before = transaction.End;
                ReachedAt = transaction.At > ReachedAt ? transaction.At : ReachedAt;
                if (isTheOne)
                {
                    return before;
                }
            }
        }

        return wanted;
    }

    private long? WantedPosition(LogFile file) =>
        BinlogName.TryParsePosition(target.Position, out BinlogName name, out long position) && name.ToString() == file.Name
            ? position
            : null;

    // A log has whole seconds: one that says a target's second may have been committed after it.
    private bool IsAfterTarget(BinlogTransaction transaction) =>
        target.Time is { } time && transaction.At.ToUnixTimeSeconds() >= time.ToUnixTimeSeconds();

    private LogFile FindFile(RecoveryReach reach)
    {
        if (!BinlogName.TryParsePosition(target.Position, out BinlogName name, out long position))
        {
            throw Unreachable("a position is written as m-bin.000002:601", reach);
        }

        LogFile? file = _reach.Files.FirstOrDefault(item => item.Name == name.ToString());
        bool isBefore = name.ToString() == Facts.MySql!.LogFile && position < Facts.MySql.LogPosition;
        return file is not null && !isBefore && position <= file.End
            ? file
            : throw Unreachable("it is before the backup, or the log does not go so far", reach);
    }

    private BackupException Unreachable(string why, RecoveryReach reach) => new(
        BackupErrorKind.RecoveryTargetUnreachable,
        $"'{Facts.Name}' cannot be recovered to {target} from this backup: {why}.",
        $"It reaches from {reach.From:yyyy-MM-dd HH:mm:sszzz} ({reach.FromPosition}) to {reach.To:yyyy-MM-dd HH:mm:sszzz} "
        + $"({reach.ToPosition})"
        + (reach.Hole is { } hole ? $"; {hole.Missing} is missing, after which there is log again." : ".")
        + (target.Time is { } time
            ? $" The nearest moment is {(time < reach.From ? reach.From : reach.To):yyyy-MM-dd HH:mm:sszzz}."
            : string.Empty))
    {
        Subject = Facts.Name,
    };
}

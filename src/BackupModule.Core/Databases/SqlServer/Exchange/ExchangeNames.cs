using System;
using System.Globalization;
using System.Text;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>The names that a source gives in its exchange: <c>backupmodule-SOURCE-SERVER-KIND-…</c>. Those of everything but the
/// last log of a database that is replaced, which is kept, have a time, so that names of one kind sort by it.</summary>
/// <param name="source">The source.</param>
/// <param name="server">The server: sources of one name on two servers may share the place.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class ExchangeNames(string source, string server, TimeProvider time)
{
    /// <summary>How all names begin.</summary>
    public const string Mark = "backupmodule-";

    private const string BackupKind = "backup";
    private const string LogKind = "log";
    private const string RestoreKind = "restore";
    private const string TailKind = "tail";
    private const string ProbeKind = "probe";
    private const int TagDigits = 8;

    // What a process that was killed left; none takes that long.
    private static readonly TimeSpan s_leftAfter = TimeSpan.FromDays(7);

    /// <summary>The kinds whose things are removed when they are left. Logs are not: there is no other copy of them.</summary>
    private static readonly string[] s_passing = [BackupKind, RestoreKind, ProbeKind];

    /// <summary>The source.</summary>
    public string Source => source;

    /// <summary>How the names of a source begin.</summary>
    public string Start { get; } =
        $"{Mark}{source}-{ObjectId.Hash(Encoding.UTF8.GetBytes(server.ToUpperInvariant())).ToString()[..TagDigits]}-";

    /// <summary>How the names of logs begin.</summary>
    public string LogStart => $"{Start}{LogKind}-";

    /// <summary>The name of what keeps streams of the log apart.</summary>
    public string LogLock => $"{LogStart}lock";

    /// <summary>A new name for a backup.</summary>
    public string ForBackup() => NewName(BackupKind, time.GetUtcNow(), "bak");

    /// <summary>A new name for something that only shows whether it can be made and seen.</summary>
    public string ForProbe() => NewName(ProbeKind, time.GetUtcNow(), "tmp");

    /// <summary>A new name for something that is restored.</summary>
    public string ForRestore(string extension) => NewName(RestoreKind, time.GetUtcNow(), extension);

    /// <summary>A new name for a log.</summary>
    /// <param name="begunAt">The server's clock before the log is backed up.</param>
    public string ForLog(DateTimeOffset begunAt) => NewName(LogKind, begunAt, "trn");

    /// <summary>A new name for the last log of a database that is replaced. It is kept.</summary>
    public string ForTail() => $"{Start}{TailKind}-{Guid.NewGuid():n}.trn";

    /// <summary>The server's clock before a log was backed up; null for a name that is no log's.</summary>
    public DateTimeOffset? TimeOfLog(string name) => TimeOf(name, LogKind);

    /// <summary>True for a backup, or something that was being restored, which a process left that was killed days ago.</summary>
    public bool IsLeftover(string name) =>
        Array.Exists(s_passing, kind => TimeOf(name, kind) < time.GetUtcNow() - s_leftAfter);

    private DateTimeOffset? TimeOf(string name, string kind)
    {
        string start = $"{Start}{kind}-";
        return name.StartsWith(start, StringComparison.Ordinal)
            && long.TryParse(
                name[start.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : null;
    }

    private string NewName(string kind, DateTimeOffset at, string extension) =>
        $"{Start}{kind}-{at.ToUnixTimeMilliseconds().ToString("d15", CultureInfo.InvariantCulture)}-{Guid.NewGuid():n}.{extension}";
}

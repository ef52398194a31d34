using System.Collections.Generic;
using System.Globalization;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>A statement that backs a database or its log up. Every backup has checksums, makes its media anew, and is neither
/// compressed nor encrypted by the server unless asked: either would leave nothing to deduplicate.</summary>
internal sealed record BackupStatement
{
    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>What is backed up.</summary>
    public required BackupSetType Type { get; init; }

    /// <summary>Where it goes; several share the work.</summary>
    public required IReadOnlyList<BackupDevice> Devices { get; init; }

    /// <summary>What the server's history calls it; null for nothing.</summary>
    public string? Name { get; init; }

    /// <summary>True to leave the base of differential backups, or the log that the next backup of it takes, as it is.</summary>
    public bool IsCopyOnly { get; init; }

    /// <summary>Of a log, true to leave the database waiting for a restore, so that nothing comes after the backup.</summary>
    public bool LeavesRestoring { get; init; }

    /// <summary>Of a log, true where the database is damaged and the log is to be saved all the same.</summary>
    public bool IsOfDamaged { get; init; }

    /// <summary>True for compression by the server.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>The size of a write in bytes; null for the server's choice. To a bucket, the size of a part.</summary>
    public int? MaxTransferSize { get; init; }

    /// <summary>The statement.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the server would refuse it, or the backup would be good for
    /// nothing.</exception>
    public string ToSql()
    {
        Check();
        List<string> options = ["FORMAT", "INIT", "CHECKSUM", IsCompressed ? "COMPRESSION" : "NO_COMPRESSION"];
        if (Type == BackupSetType.Differential)
        {
            options.Add("DIFFERENTIAL");
        }

        if (IsCopyOnly)
        {
            options.Add("COPY_ONLY");
        }

        if (LeavesRestoring)
        {
            options.Add("NORECOVERY");
        }

        if (IsOfDamaged)
        {
            options.AddRange(["NO_TRUNCATE", "CONTINUE_AFTER_ERROR"]);
        }

        if (MaxTransferSize is { } size)
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"MAXTRANSFERSIZE = {size}"));
        }

        if (Name is not null)
        {
            options.Add($"NAME = {TransactSql.Text(Name)}");
        }

        options.Add("STATS = 1");
        return $"BACKUP {(Type == BackupSetType.Log ? "LOG" : "DATABASE")} {TransactSql.Name(Database)} "
            + $"TO {BackupDevice.Join(Devices)} WITH {string.Join(", ", options)};";
    }

    private void Check()
    {
        string? fault =
            Type == BackupSetType.Differential && IsCopyOnly ? "A differential backup cannot be copy-only."
            : Type != BackupSetType.Log && (LeavesRestoring || IsOfDamaged) ? "Only a log is saved from a database that is given up."
            : IsCopyOnly && LeavesRestoring ? "The last log of a database cannot be copy-only."
            : LeavesRestoring && IsOfDamaged ? "A damaged database cannot be left waiting for a restore."
            : MaxTransferSize is { } size ? CheckTransferSize(size)
            : null;
        if (fault is not null)
        {
            throw new BackupException(BackupErrorKind.InvalidArgument, fault);
        }
    }

    private string? CheckTransferSize(int size)
    {
        const int unit = 64 * 1024;
        const int mebibyte = 1024 * 1024;
        bool isUrl = Devices.Count > 0 && Devices[0].IsUrl;
        return isUrl
            ? size is >= 5 * mebibyte and <= 20 * mebibyte && IsCompressed
                ? null
                : "Parts of 5 to 20 MiB are written to a bucket; their size can be chosen with compression alone."
            : size is >= unit and <= 4 * mebibyte && size % unit == 0
                ? null
                : "A disk is written in multiples of 64 KiB, 4 MiB at most.";
    }
}

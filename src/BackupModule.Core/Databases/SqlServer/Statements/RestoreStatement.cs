using System;
using System.Collections.Generic;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>A statement that restores one backup set, and leaves the database waiting for the next one.</summary>
internal sealed record RestoreStatement
{
    /// <summary>The database that is made or gone on with.</summary>
    public required string Database { get; init; }

    /// <summary>What the set holds.</summary>
    public required BackupSetType Type { get; init; }

    /// <summary>Where it is.</summary>
    public required IReadOnlyList<BackupDevice> Devices { get; init; }

    /// <summary>Of a full set, where files go; those that are not named go where they were.</summary>
    public IReadOnlyList<FileMove> Moves { get; init; } = [];

    /// <summary>Of a full set, true to overwrite a database of the name.</summary>
    public bool Replaces { get; init; }

    /// <summary>Of a log, the last moment that is restored, in the server's local time; null for all of it.</summary>
    public DateTime? StopAt { get; init; }

    /// <summary>The statement.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the server would refuse it.</exception>
    public string ToSql()
    {
        if ((Type != BackupSetType.Full && (Moves.Count > 0 || Replaces)) || (Type != BackupSetType.Log && StopAt is not null))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument, "Files are moved by a full backup, and a restore stops within a log.");
        }

        List<string> options = ["CHECKSUM", "NORECOVERY"];
        foreach (FileMove move in Moves)
        {
            options.Add(move.ToString());
        }

        if (Replaces)
        {
            options.Add("REPLACE");
        }

        if (StopAt is { } moment)
        {
            options.Add($"STOPAT = {TransactSql.Moment(moment)}");
        }

        options.Add("STATS = 1");
        return $"RESTORE {(Type == BackupSetType.Log ? "LOG" : "DATABASE")} {TransactSql.Name(Database)} "
            + $"FROM {BackupDevice.Join(Devices)} WITH {string.Join(", ", options)};";
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.SqlClient;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>Has the server look into a backup. Columns are found by name: each version of the server adds some.</summary>
internal static class MediaReader
{
    /// <summary>Reads the header of the one set in a backup.</summary>
    /// <param name="session">The server.</param>
    /// <param name="devices">Where the backup is.</param>
    /// <param name="toMoment">Makes a moment of the server's local time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">The server cannot read it; <c>DatabaseBackupFailed</c>: it has not one set.</exception>
    public static async Task<BackupSet> ReadHeaderAsync(
        SqlServerSession session,
        IReadOnlyList<BackupDevice> devices,
        Func<DateTime, DateTimeOffset> toMoment,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupSet> sets = await session.QueryAsync(
            MediaStatements.ReadHeader(devices),
            $"reading the header of '{devices[0].Address}'",
            null,
            row => ReadSet(row, toMoment),
            cancellationToken).ConfigureAwait(false);
        return sets.Count == 1
            ? sets[0] with { Stripes = devices.Count, StripesHeld = devices.Count }
            : throw new BackupException(
                BackupErrorKind.DatabaseBackupFailed,
                $"The file '{devices[0].Address}' has {sets.Count} backup sets; it was written with one.",
                "Look whether something else writes into the exchange folder.");
    }

    /// <summary>The files of the database in a backup.</summary>
    public static Task<IReadOnlyList<MediaFile>> ListFilesAsync(
        SqlServerSession session, IReadOnlyList<BackupDevice> devices, CancellationToken cancellationToken) =>
        session.QueryAsync(
            MediaStatements.ListFiles(devices),
            $"listing the files in '{devices[0].Address}'",
            null,
            static row => new MediaFile(
                row.GetString(row.GetOrdinal("LogicalName")),
                row.GetString(row.GetOrdinal("PhysicalName")),
                row.GetString(row.GetOrdinal("Type"))),
            cancellationToken);

    private static BackupSet ReadSet(SqlDataReader row, Func<DateTime, DateTimeOffset> toMoment)
    {
        int type = Convert.ToInt32(row["BackupType"], CultureInfo.InvariantCulture);
        Guid fork = ReadGuid(row, "RecoveryForkID") ?? Guid.Empty;
        return new BackupSet
        {
            Id = ReadGuid(row, "BackupSetGUID") ?? Guid.Empty,
            Type = Enum.IsDefined((BackupSetType)type)
                ? (BackupSetType)type
                : throw new BackupException(
                    BackupErrorKind.DatabaseBackupFailed,
                    $"The backup set is of the type {type}, which is none of a whole database or its log."),
            Database = row.GetString(row.GetOrdinal("DatabaseName")),
            FamilyId = ReadGuid(row, "FamilyGUID") ?? Guid.Empty,
            First = ReadLsn(row, "FirstLSN") ?? default,
            Last = ReadLsn(row, "LastLSN") ?? default,
            Checkpoint = ReadLsn(row, "CheckpointLSN") ?? default,
            DifferentialBaseId = ReadGuid(row, "DifferentialBaseGUID"),
            FirstForkId = ReadGuid(row, "FirstRecoveryForkID") ?? fork,
            ForkId = fork,
            ForkPoint = ReadLsn(row, "ForkPointLSN"),
            StartedAt = toMoment(row.GetDateTime(row.GetOrdinal("BackupStartDate"))),
            FinishedAt = toMoment(row.GetDateTime(row.GetOrdinal("BackupFinishDate"))),
            IsCopyOnly = ReadFlag(row, "IsCopyOnly"),
            IsDamaged = ReadFlag(row, "IsDamaged"),
            HasBulkLoggedData = ReadFlag(row, "HasBulkLoggedData"),
            HasChecksums = ReadFlag(row, "HasBackupChecksums"),
        };
    }

    private static Guid? ReadGuid(SqlDataReader row, string column) => row[column] as Guid?;

    private static LogSequenceNumber? ReadLsn(SqlDataReader row, string column) =>
        row[column] is decimal number && LogSequenceNumber.TryParse(number.ToString(CultureInfo.InvariantCulture), out LogSequenceNumber lsn) ? lsn : null;

    private static bool ReadFlag(SqlDataReader row, string column) =>
        row[column] is not DBNull && Convert.ToBoolean(row[column], CultureInfo.InvariantCulture);
}

/// <summary>A file of a database in a backup.</summary>
/// <param name="LogicalName">Its name within the database.</param>
/// <param name="PhysicalName">Where it was, as a path on the server.</param>
/// <param name="Type"><c>D</c> data, <c>L</c> log, <c>S</c> a folder of streams, <c>F</c> a full-text catalog.</param>
internal sealed record MediaFile(string LogicalName, string PhysicalName, string Type);

using System;
using System.Collections.Generic;
using System.Linq;

namespace BackupModule.Core.Databases;

/// <summary>Compares what a restored database holds with what was backed up.</summary>
internal static class FingerprintComparison
{
    /// <summary>The check's name.</summary>
    public const string Check = "Fingerprint";

    private const int ShownDifferences = 5;

    /// <summary>Compares the databases; their names need not agree.</summary>
    /// <param name="expected">Of the backup; null where none was taken.</param>
    /// <param name="actual">Of the restored database.</param>
    public static DatabaseCheck Compare(DatabaseFingerprint? expected, DatabaseFingerprint actual)
    {
        if (expected is null)
        {
            return new DatabaseCheck(Check, null, "The backup has no fingerprint to compare with.");
        }

        List<string> differences = [];
        if (expected.SchemaHash != actual.SchemaHash)
        {
            differences.Add("the schema differs");
        }

        Dictionary<string, TableFingerprint> there = actual.Tables.ToDictionary(static table => table.Name);
        differences.AddRange(expected.Tables.Select(table => Describe(table, there)).OfType<string>());
        differences.AddRange(there.Keys.Except(expected.Tables.Select(static table => table.Name))
            .Select(static name => $"the table {name} is new"));
        return differences.Count == 0
            ? new DatabaseCheck(Check, true, $"{actual.Tables.Count} tables, {actual.Tables.Sum(static table => table.Rows)} rows.")
            : new DatabaseCheck(Check, false, string.Join("; ", differences.Take(ShownDifferences)) + ".");
    }

    private static string? Describe(TableFingerprint expected, Dictionary<string, TableFingerprint> there)
    {
        if (!there.TryGetValue(expected.Name, out TableFingerprint? actual))
        {
            return $"the table {expected.Name} is missing";
        }

        if (actual.Rows != expected.Rows)
        {
            return $"the table {expected.Name} has {actual.Rows} rows instead of {expected.Rows}";
        }

        bool isSame = expected.Checksum is null || actual.Checksum is null
            || string.Equals(expected.Checksum, actual.Checksum, StringComparison.Ordinal);
        return isSame ? null : $"rows of the table {expected.Name} differ";
    }
}

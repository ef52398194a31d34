using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BackupModule.Core.Databases;

/// <summary>Compares what a restored database holds with what its backup says.</summary>
public static class FingerprintComparer
{
    /// <summary>The check's name.</summary>
    public const string CheckName = "fingerprint";

    private const int ShownDifferences = 5;

    /// <summary>Compares a whole database.</summary>
    /// <param name="stored">What the backup says; null where it says nothing.</param>
    /// <param name="restored">What was found.</param>
    public static DatabaseCheck Check(DatabaseFingerprint? stored, DatabaseFingerprint restored)
    {
        if (stored is null)
        {
            return new DatabaseCheck(CheckName, Passed: null, "The backup has no fingerprint to compare with.");
        }

        IReadOnlyList<string> differences = Compare(stored, restored);
        return differences.Count == 0
            ? new DatabaseCheck(CheckName, Passed: true, string.Create(
                CultureInfo.InvariantCulture,
                $"{restored.Tables.Count} tables, {restored.Tables.Sum(static table => table.Rows)} rows."))
            : new DatabaseCheck(CheckName, Passed: false, string.Join("; ", differences.Take(ShownDifferences)) + ".");
    }

    /// <summary>Everything in which they differ, a line each; empty where nothing differs.</summary>
    /// <param name="stored">What the backup says.</param>
    /// <param name="restored">What was found.</param>
    /// <remarks>The databases' names are not compared; counts and checksums only where both have them.</remarks>
    public static IReadOnlyList<string> Compare(DatabaseFingerprint stored, DatabaseFingerprint restored)
    {
        List<string> differences = [.. CompareTables(stored.Tables, restored)];
        HashSet<string> known = [.. stored.Tables.Select(static table => table.Name)];
        differences.AddRange(restored.Tables.Where(table => !known.Contains(table.Name))
            .Select(static table => $"the table {table.Name} is not in the backup"));
        if (stored.SchemaHash != restored.SchemaHash)
        {
            differences.Add("definitions of tables, views, functions or the like differ");
        }

        return differences;
    }

    /// <summary>As <see cref="Compare"/>, of these tables alone; others may be there.</summary>
    public static IReadOnlyList<string> CompareTables(
        IEnumerable<TableFingerprint> stored, DatabaseFingerprint restored)
    {
        Dictionary<string, TableFingerprint> found = restored.Tables.ToDictionary(static table => table.Name, StringComparer.Ordinal);
        return
        [
            .. stored.Select(table => found.TryGetValue(table.Name, out TableFingerprint? other)
                    ? CompareTable(table, other)
                    : $"the table {table.Name} is missing")
                .OfType<string>(),
        ];
    }

    private static string? CompareTable(TableFingerprint stored, TableFingerprint restored) =>
        stored.Rows is { } rows && restored.Rows is { } found && rows != found
            ? string.Create(CultureInfo.InvariantCulture, $"the table {stored.Name} has {found} rows in place of {rows}")
            : stored.Checksum is { } sum && restored.Checksum is { } other && sum != other
                ? $"the rows of the table {stored.Name} differ"
                : null;
}

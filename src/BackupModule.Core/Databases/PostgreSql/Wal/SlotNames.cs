using System.Linq;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>Names of the slots that streams use.</summary>
internal static class SlotNames
{
    private const int MaxNamePart = 32;

    /// <summary>The slot of a stream: lower-case letters, digits and underscores, at most 63 of them.</summary>
    public static string Of(string databaseName, string streamId)
    {
        string name = new([.. databaseName.ToLowerInvariant()
            .Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_').Take(MaxNamePart)]);
        return $"backupmodule_{name}_{streamId}";
    }
}

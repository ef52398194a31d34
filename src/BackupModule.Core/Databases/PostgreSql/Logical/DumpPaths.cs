using System.Linq;
using System.Text;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>Where dumps are in a source's folder of a backup.</summary>
internal static class DumpPaths
{
    /// <summary>The file of the roles and tablespaces.</summary>
    public const string Globals = "globals.sql";

    private const string Folder = "dumps";

    /// <summary>The file of a database's dump. Characters that cannot stand in file names everywhere are written as
    /// <c>%</c> with the hexadecimal digits of their UTF-8 bytes.</summary>
    public static string Of(string database) => $"{Folder}/{Encode(database)}.dump";

    private static string Encode(string name) => string.Concat(name.EnumerateRunes().Select(static rune =>
        Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_'
            ? rune.ToString()
            : string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(static octet => $"%{octet:X2}"))));
}

using System.Globalization;
using System.Linq;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>How far a backup or restore is, as the server says on the way.</summary>
internal static class ServerProgress
{
    // "10 percent processed.", in the language of the login.
    private const int Percent = 3211;

    /// <summary>The percentage of a message; null if it tells of something else.</summary>
    public static int? Read(int number, string message)
    {
        if (number != Percent)
        {
            return null;
        }

        string digits = string.Concat(message.SkipWhile(static c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int percent) && percent <= 100
            ? percent
            : null;
    }
}

using System;
using System.IO;
using System.Text;
using MySqlConnector;

namespace BackupModule.Core.Databases.MySql;

/// <summary>Tells the server's programs where it is and who asks, in a file that only this user can read: a password in their
/// arguments would be seen by everybody.</summary>
internal static class MySqlOptionFile
{
    /// <summary>Writes the file into a private folder.</summary>
    /// <returns>The argument that names it; it comes first.</returns>
    public static string Write(PrivateFolder folder, MySqlConnectionStringBuilder settings, bool isMariaDb)
    {
        StringBuilder text = new("[client]\n");
        if (settings.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket)
        {
            Add(text, "socket", settings.Server);
        }
        else
        {
            Add(text, "host", settings.Server);
            Add(text, "port", $"{settings.Port}");
            Add(text, "protocol", "tcp");
        }

        Add(text, "user", settings.UserID);
        if (settings.Password.Length > 0)
        {
            Add(text, "password", settings.Password);
        }

        AddEncryption(text, settings, isMariaDb);
        string path = folder["client.cnf"];
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(path, options);
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
        return $"--defaults-file={path}";
    }

    private static void AddEncryption(StringBuilder text, MySqlConnectionStringBuilder settings, bool isMariaDb)
    {
        if (settings.SslCa.Length > 0)
        {
            Add(text, "ssl-ca", settings.SslCa);
        }

        switch (settings.SslMode)
        {
            case MySqlSslMode.None:
                text.Append(isMariaDb ? "skip-ssl\n" : "ssl-mode=DISABLED\n");
                break;
            case MySqlSslMode.Required:
                text.Append(isMariaDb ? "ssl\n" : "ssl-mode=REQUIRED\n");
                break;
            case MySqlSslMode.VerifyCA:
                text.Append(isMariaDb ? "ssl\nssl-verify-server-cert\n" : "ssl-mode=VERIFY_CA\n");
                break;
            case MySqlSslMode.VerifyFull:
                text.Append(isMariaDb ? "ssl\nssl-verify-server-cert\n" : "ssl-mode=VERIFY_IDENTITY\n");
                break;
        }
    }

    private static void Add(StringBuilder text, string name, string value) => text.Append(name).Append("=\"").Append(
        value.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)).Append("\"\n");
}

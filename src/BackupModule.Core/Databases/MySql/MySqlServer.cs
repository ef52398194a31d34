using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using MySqlConnector;

namespace BackupModule.Core.Databases.MySql;

/// <summary>A server that is reached by a connection string.</summary>
internal sealed class MySqlServer
{
    private static readonly string[] s_systemDatabases = ["information_schema", "performance_schema", "mysql", "sys"];

    /// <summary>Reads the connection string; connects to nothing.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: it cannot be read.</exception>
    public MySqlServer(DatabaseAccess access)
    {
        try
        {
            Settings = new MySqlConnectionStringBuilder(access.Definition.ConnectionString)
            {
                Pooling = false,
                AllowUserVariables = true,
                TreatTinyAsBoolean = false,
                DefaultCommandTimeout = 0,
                Database = string.Empty,
            };
        }
        catch (ArgumentException failure)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The connection string of '{access.Definition.Name}' cannot be read: {failure.Message}",
                "Write it as 'Server=HOST;Port=3306;User ID=NAME'; for a socket 'Server=PATH;Protocol=unix;User ID=NAME'.",
                failure)
            {
                Subject = access.Definition.Name,
            };
        }

        if (access.Password is not null)
        {
            Settings.Password = access.PasswordText;
        }
    }

    /// <summary>A server at the settings.</summary>
    public MySqlServer(MySqlConnectionStringBuilder settings) => Settings = settings;

    /// <summary>How it is reached. Holds the password.</summary>
    public MySqlConnectionStringBuilder Settings { get; }

    /// <summary>The server's address, for messages.</summary>
    public string Address => Settings.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket
        ? Settings.Server
        : $"{Settings.Server}:{Settings.Port}";

    /// <summary>Connects.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>.</exception>
    public async Task<MySqlSession> OpenAsync(CancellationToken cancellationToken)
    {
        MySqlConnection connection = new(Settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return await MySqlSession.BeginAsync(connection, Address, cancellationToken).ConfigureAwait(false);
        }
        catch (MySqlException failure)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw MySqlErrors.Translate(failure, Address, BackupErrorKind.DatabaseUnreachable);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>True for databases that every server has by itself.</summary>
    public static bool IsSystem(string database) => s_systemDatabases.Contains(database, StringComparer.OrdinalIgnoreCase);

    /// <summary>A name as SQL has it.</summary>
    public static string Quote(string name) => $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";

    /// <summary>A text as SQL has it, where backslashes are escapes.</summary>
    public static string QuoteText(string text) => $"'{MySqlHelper.EscapeString(text)}'";
}

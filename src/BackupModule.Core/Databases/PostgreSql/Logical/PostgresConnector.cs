using System;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>Connects to the databases of a source, and says what went wrong in words of backups.</summary>
internal sealed class PostgresConnector(DatabaseAccess access)
{
    private readonly ServerAddress _address = ServerAddress.Parse(access.Definition.ConnectionString);

    /// <summary>The source.</summary>
    public DatabaseDefinition Definition => access.Definition;

    /// <summary>The database that the connection string names.</summary>
    public string MainDatabase => Settings.Database ?? "postgres";

    /// <summary>All settings, without a password.</summary>
    public NpgsqlConnectionStringBuilder Settings => _address.Settings;

    /// <summary>The password; empty for none.</summary>
    public string Password => access.PasswordText;

    /// <summary>Opens a connection; no limits of the role or the database end it while a backup works.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>, <c>DatabaseUnsuitable</c>.
    /// </exception>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(_address.ForSql(Password, database));
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await SqlCommands.ExecuteAsync(
                connection,
                "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET search_path = ''",
                cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception failure) when (IsOfServer(failure))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw Explain(failure, BackupErrorKind.DatabaseUnreachable);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>True for failures of the server and of the way to it.</summary>
    public static bool IsOfServer(Exception failure) =>
        failure is NpgsqlException or TimeoutException || PostgresErrors.IsOfConnection(failure);

    /// <summary>The error for a failure.</summary>
    /// <param name="failure">What <see cref="IsOfServer"/> is true for.</param>
    /// <param name="usual">The kind where the server's own code says nothing better.</param>
    public BackupException Explain(Exception failure, BackupErrorKind usual)
    {
        if (failure is not PostgresException said)
        {
            return PostgresErrors.Unreachable(_address.Display, failure.InnerException ?? failure);
        }

        BackupException known = PostgresErrors.Of(said.SqlState, said.MessageText, _address.User, _address.Display, failure);
        (BackupErrorKind kind, string? guidance) = said.SqlState switch
        {
            "28000" => (known.Kind, $"Let the role '{_address.User}' in with a line in the server's pg_hba.conf, and reload it."),
            "3D000" => (BackupErrorKind.DatabaseUnsuitable, "Name a database that is there, with Database=NAME in the connection string."),
            "42501" => (known.Kind, "Test-BackupDatabase names the statement that grants what is missing."),
            _ => (known.Kind == BackupErrorKind.DatabaseBackupFailed ? usual : known.Kind, known.Guidance),
        };
        return new BackupException(kind, known.Message, guidance, failure) { Subject = known.Subject };
    }

    /// <summary>A text as SQL has it.</summary>
    public static string QuoteText(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

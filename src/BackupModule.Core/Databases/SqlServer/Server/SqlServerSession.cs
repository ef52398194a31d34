using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.SqlClient;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>A connection to SQL Server, for one caller at a time. Statements are sent as text.</summary>
internal sealed class SqlServerSession : IAsyncDisposable
{
    // What is asked for beside backups and restores takes no time unless the server is stuck.
    private const int QuerySeconds = 120;

    private static readonly TimeSpan s_cancelInterval = TimeSpan.FromMilliseconds(200);

    private readonly SqlConnection _connection;
    private readonly ServerPurpose _purpose;
    private readonly string _login;

    private SqlServerSession(SqlConnection connection, ServerPurpose purpose, string login)
    {
        _connection = connection;
        _purpose = purpose;
        _login = login;
    }

    /// <summary>Connects to the server's database <c>master</c>.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>; <c>InvalidArgument</c>: the
    /// connection string cannot be read.</exception>
    public static async Task<SqlServerSession> OpenAsync(
        DatabaseAccess access, ServerPurpose purpose, CancellationToken cancellationToken)
    {
        SqlConnectionStringBuilder address = ReadAddress(access);
        SqlConnection connection = new(address.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new SqlServerSession(connection, purpose, address.UserID);
        }
        catch (SqlException failure)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw SqlServerFailure.ToException(
                failure, purpose, $"connecting to '{address.DataSource}'", null, address.UserID);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The database that a source's connection string names; null for none.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it cannot be read.</exception>
    public static string? DatabaseOf(DatabaseDefinition definition)
    {
        string catalog = Parse(definition).InitialCatalog;
        return catalog.Length == 0 || catalog.Equals("master", StringComparison.OrdinalIgnoreCase) ? null : catalog;
    }

    /// <summary>The server that a source's connection string names.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it cannot be read.</exception>
    public static string ServerOf(DatabaseDefinition definition) => Parse(definition).DataSource;

    /// <summary>Runs a query and reads its rows.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="what">What it is for, as in <c>reading the server's version</c>.</param>
    /// <param name="database">The database that it is about; null for none.</param>
    /// <param name="map">Makes something of a row.</param>
    /// <param name="cancellationToken">Stops it on the server.</param>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, string what, string? database, Func<SqlDataReader, T> map, CancellationToken cancellationToken)
    {
        SqlCommand command = new(sql, _connection) { CommandTimeout = QuerySeconds };
        await using (command.ConfigureAwait(false))
        {
            try
            {
                SqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    List<T> rows = [];
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        rows.Add(map(reader));
                    }

                    // An error after the rows is told only to who asks for the next result.
                    while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
                    {
                    }

                    return rows;
                }
            }
            catch (SqlException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw SqlServerFailure.ToException(failure, _purpose, what, database, _login);
            }
        }
    }

    /// <summary>Runs a statement however long it takes.</summary>
    /// <remarks>On a thread of its own: the driver's asynchronous calls cannot be cancelled any more once the server has sent
    /// a first message, which it does at one percent.</remarks>
    /// <param name="sql">The statement.</param>
    /// <param name="what">What it does, as in <c>backing up the database 'shop'</c>.</param>
    /// <param name="database">The database that it is about.</param>
    /// <param name="onPercent">Hears how far the server says that it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops it on the server.</param>
    public async Task RunAsync(
        string sql, string what, string database, Action<int>? onPercent, CancellationToken cancellationToken)
    {
        void OnMessage(object sender, SqlInfoMessageEventArgs message)
        {
            foreach (SqlError note in message.Errors)
            {
                if (ServerProgress.Read(note.Number, note.Message) is { } percent)
                {
                    onPercent?.Invoke(percent);
                }
            }
        }

        SqlCommand command = new(sql, _connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
        {
            _connection.InfoMessage += OnMessage;
            try
            {
                Task work = Task.Factory.StartNew(
                    command.ExecuteNonQuery, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await EndAsync(work, command, cancellationToken).ConfigureAwait(false);
            }
            catch (SqlException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw SqlServerFailure.ToException(failure, _purpose, what, database, _login);
            }
            finally
            {
                _connection.InfoMessage -= OnMessage;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Waits for a statement, which is given up on the server when the wait is.</summary>
    private static async Task EndAsync(Task work, SqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            // A statement that has not been sent yet is not cancelled by the first call.
            while (!work.IsCompleted)
            {
                command.Cancel();
                await Task.WhenAny(work, Task.Delay(s_cancelInterval, TimeProvider.System, CancellationToken.None))
                    .ConfigureAwait(false);
            }

            await work.ConfigureAwait(false);
            throw;
        }
    }

    private static SqlConnectionStringBuilder ReadAddress(DatabaseAccess access)
    {
        SqlConnectionStringBuilder address = Parse(access.Definition);

        // Backups are few and long: nothing is gained by a connection that is kept.
        address.Pooling = false;
        address.PersistSecurityInfo = false;
        address.InitialCatalog = "master";
        address.ApplicationName = "BackupModule";
        if (access.Password is not null)
        {
            address.Password = access.PasswordText;
        }

        return address;
    }

    private static SqlConnectionStringBuilder Parse(DatabaseDefinition definition)
    {
        try
        {
            return new SqlConnectionStringBuilder(definition.ConnectionString);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                string.Create(CultureInfo.InvariantCulture, $"The connection string of '{definition.Name}' cannot be read: {failure.Message}"),
                "Write it as Server=HOST,PORT;User ID=NAME, without a password.",
                failure)
            {
                Subject = definition.Name,
            };
        }
    }
}

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Catalog;

/// <summary>The catalog in an SQLite file, which only the current user can read. The first change makes the file.
/// </summary>
public sealed class SqliteCatalog : ICatalog
{
    private const int SqliteConstraint = 19;
    private const string Columns =
        "name, location, provider, repository_id, password_reference, compression_level, options, registered_at";

    private readonly CatalogFile _file;

    /// <summary>Names the file; touches nothing.</summary>
    public SqliteCatalog(string path)
        : this(path, CatalogSchema.Migrations)
    {
    }

    /// <summary>As the public constructor, with a schema of its own.</summary>
    internal SqliteCatalog(string path, IReadOnlyList<CatalogMigration> migrations)
    {
        Location = Path.GetFullPath(path);
        _file = new CatalogFile(Location, migrations);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public async Task AddRepositoryAsync(RegisteredRepository repository, CancellationToken cancellationToken)
    {
        RegistrationCheck.Validate(repository);
        await ChangeAsync(
            $"INSERT INTO repositories ({Columns}) VALUES "
                + "($name, $location, $provider, $id, $password, $compression, $options, $time)",
            command => Bind(command, repository),
            repository.Name,
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RegisteredRepository?> FindRepositoryAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> found = await QueryAsync(
            $"SELECT {Columns} FROM repositories WHERE name = $name",
            command => command.Parameters.AddWithValue("$name", name),
            cancellationToken).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RegisteredRepository>> ListRepositoriesAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM repositories ORDER BY name", _ => { }, cancellationToken);

    /// <inheritdoc/>
    public async Task UpdateRepositoryAsync(
        string name,
        RegisteredRepository repository,
        CancellationToken cancellationToken)
    {
        RegistrationCheck.Validate(repository);
        int changed = await ChangeAsync(
            """
            UPDATE repositories SET name = $name, location = $location, provider = $provider, repository_id = $id,
                password_reference = $password, compression_level = $compression, options = $options,
                registered_at = $time
            WHERE name = $old
            """,
            command =>
            {
                Bind(command, repository);
                command.Parameters.AddWithValue("$old", name);
            },
            repository.Name,
            cancellationToken).ConfigureAwait(false);
        ThrowIfNone(changed, name);
    }

    /// <inheritdoc/>
    public async Task RemoveRepositoryAsync(string name, CancellationToken cancellationToken)
    {
        int changed = await ChangeAsync(
            "DELETE FROM repositories WHERE name = $name",
            command => command.Parameters.AddWithValue("$name", name),
            name,
            cancellationToken).ConfigureAwait(false);
        ThrowIfNone(changed, name);
    }

    private Task<int> ChangeAsync(
        string sql,
        Action<SqliteCommand> bind,
        string newName,
        CancellationToken cancellationToken) => _file.UseAsync(
        async connection =>
        {
            SqliteCommand command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = sql;
                bind(command);
                try
                {
                    return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (SqliteException e) when (e.SqliteErrorCode == SqliteConstraint)
                {
                    throw new BackupException(
                        BackupErrorKind.RepositoryExists,
                        $"A repository is registered under the name '{newName}' already.",
                        "Choose another name, or unregister the other repository with Unregister-BackupRepository.",
                        e)
                    {
                        Subject = newName,
                    };
                }
            }
        },
        cancellationToken);

    private async Task<IReadOnlyList<RegisteredRepository>> QueryAsync(
        string sql,
        Action<SqliteCommand> bind,
        CancellationToken cancellationToken)
    {
        // Looking must not make a file.
        if (!File.Exists(Location))
        {
            return [];
        }

        return await _file.UseAsync(
            async connection =>
            {
                SqliteCommand command = connection.CreateCommand();
                await using (command.ConfigureAwait(false))
                {
                    command.CommandText = sql;
                    bind(command);
                    return await ReadAllAsync(command, cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<RegisteredRepository>> ReadAllAsync(
        SqliteCommand command,
        CancellationToken cancellationToken)
    {
        List<RegisteredRepository> repositories = [];
        SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                repositories.Add(new RegisteredRepository
                {
                    Name = reader.GetString(0),
                    Location = reader.GetString(1),
                    Provider = reader.GetString(2),
                    RepositoryId = reader.GetString(3),
                    PasswordReference = reader.IsDBNull(4) ? null : reader.GetString(4),
                    CompressionLevel = reader.IsDBNull(5) ? null : reader.GetInt32(5),
                    Store = StoreSettingsJson.Read(reader.GetString(6), reader.GetString(0)),
                    RegisteredAt = DateTimeOffset.Parse(
                        reader.GetString(7),
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.RoundtripKind),
                });
            }
        }

        return repositories;
    }

    private static void Bind(SqliteCommand command, RegisteredRepository repository)
    {
        SqliteParameterCollection parameters = command.Parameters;
        parameters.AddWithValue("$name", repository.Name);
        parameters.AddWithValue("$location", repository.Location);
        parameters.AddWithValue("$provider", repository.Provider);
        parameters.AddWithValue("$id", repository.RepositoryId);
        parameters.AddWithValue("$password", (object?)repository.PasswordReference ?? DBNull.Value);
        parameters.AddWithValue("$compression", (object?)repository.CompressionLevel ?? DBNull.Value);
        parameters.AddWithValue("$options", StoreSettingsJson.Write(repository.Store));
        parameters.AddWithValue("$time", repository.RegisteredAt.ToString("O", CultureInfo.InvariantCulture));
    }

    private static void ThrowIfNone(int changed, string name)
    {
        if (changed == 0)
        {
            throw new BackupException(
                BackupErrorKind.RepositoryNotFound,
                $"No repository is registered under the name '{name}'.",
                "List the names with Get-BackupRepository.")
            {
                Subject = name,
            };
        }
    }
}

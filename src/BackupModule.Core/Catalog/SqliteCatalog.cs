using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Catalog;

/// <summary>The catalog in an SQLite file, which only the current user can read. The first change makes the file.
/// </summary>
public sealed class SqliteCatalog : ICatalog
{
    private const int SqliteConstraint = 19;
    private const string Columns =
        "name, location, provider, repository_id, password_reference, compression_level, options, registered_at, "
        + "role, place, copy_of, allowed_lag";

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
                + "($name, $location, $provider, $id, $password, $compression, $options, $time, $role, $place, "
                + "$copy_of, $lag)",
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
            ReadAllAsync,
            cancellationToken).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RegisteredRepository>> ListRepositoriesAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM repositories ORDER BY name", _ => { }, ReadAllAsync, cancellationToken);

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
                registered_at = $time, role = $role, place = $place, copy_of = $copy_of, allowed_lag = $lag
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
    public Task ReplaceRepositoryIdAsync(string oldId, string newId, CancellationToken cancellationToken) => ChangeAsync(
        """
        BEGIN IMMEDIATE;
        UPDATE repositories SET repository_id = $new WHERE repository_id = $old;
        UPDATE repositories SET copy_of = $new WHERE copy_of = $old;
        UPDATE OR REPLACE repository_facts SET repository_id = $new WHERE repository_id = $old;
        COMMIT;
        """,
        command =>
        {
            command.Parameters.AddWithValue("$old", oldId);
            command.Parameters.AddWithValue("$new", newId);
        },
        newId,
        cancellationToken);

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

    /// <inheritdoc/>
    public Task RecordFactAsync(string repositoryId, RepositoryFact fact, CancellationToken cancellationToken) =>
        ChangeAsync(
            """
            INSERT OR REPLACE INTO repository_facts
                (repository_id, kind, at, passed, newest_backup, newest_in_source, waiting)
                VALUES ($id, $kind, $at, $passed, $newest, $source, $waiting)
            """,
            command =>
            {
                SqliteParameterCollection parameters = command.Parameters;
                parameters.AddWithValue("$id", repositoryId);
                parameters.AddWithValue("$kind", fact.Kind.ToString());
                parameters.AddWithValue("$at", FormatTime(fact.At));
                parameters.AddWithValue("$passed", fact.Passed);
                parameters.AddWithValue("$newest", OrNull(fact.NewestBackup is { } newest ? FormatTime(newest) : null));
                parameters.AddWithValue("$source", OrNull(fact.NewestInSource is { } source ? FormatTime(source) : null));
                parameters.AddWithValue("$waiting", fact.Waiting);
            },
            repositoryId,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<ILookup<string, RepositoryFact>> ListFactsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Id, RepositoryFact Fact)> facts = await QueryAsync(
            "SELECT repository_id, kind, at, passed, newest_backup, newest_in_source, waiting FROM repository_facts",
            _ => { },
            ReadFactsAsync,
            cancellationToken).ConfigureAwait(false);
        return facts.ToLookup(static pair => pair.Id, static pair => pair.Fact);
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

    private async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        Action<SqliteCommand> bind,
        Func<SqliteCommand, CancellationToken, Task<IReadOnlyList<T>>> read,
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
                    return await read(command, cancellationToken).ConfigureAwait(false);
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
                    PasswordReference = TextOf(reader, 4),
                    CompressionLevel = reader.IsDBNull(5) ? null : reader.GetInt32(5),
                    Store = StoreSettingsJson.Read(reader.GetString(6), reader.GetString(0)),
                    RegisteredAt = ParseTime(reader.GetString(7)),
                    Role = Enum.TryParse(TextOf(reader, 8), out RepositoryRole role) ? role : null,
                    Place = TextOf(reader, 9),
                    CopyOf = TextOf(reader, 10),
                    AllowedLag = TextOf(reader, 11) is { } lag ? TimeSpan.Parse(lag, CultureInfo.InvariantCulture) : null,
                });
            }
        }

        return repositories;
    }

    private static async Task<IReadOnlyList<(string, RepositoryFact)>> ReadFactsAsync(
        SqliteCommand command,
        CancellationToken cancellationToken)
    {
        List<(string, RepositoryFact)> facts = [];
        SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (Enum.TryParse(reader.GetString(1), out RepositoryFactKind kind))
                {
                    facts.Add((reader.GetString(0), new RepositoryFact
                    {
                        Kind = kind,
                        At = ParseTime(reader.GetString(2)),
                        Passed = reader.GetBoolean(3),
                        NewestBackup = TextOf(reader, 4) is { } newest ? ParseTime(newest) : null,
                        NewestInSource = TextOf(reader, 5) is { } source ? ParseTime(source) : null,
                        Waiting = reader.GetInt32(6),
                    }));
                }
            }
        }

        return facts;
    }

    private static string? TextOf(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static string FormatTime(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static object OrNull(object? value) => value ?? DBNull.Value;

    private static void Bind(SqliteCommand command, RegisteredRepository repository)
    {
        SqliteParameterCollection parameters = command.Parameters;
        parameters.AddWithValue("$name", repository.Name);
        parameters.AddWithValue("$location", repository.Location);
        parameters.AddWithValue("$provider", repository.Provider);
        parameters.AddWithValue("$id", repository.RepositoryId);
        parameters.AddWithValue("$password", OrNull(repository.PasswordReference));
        parameters.AddWithValue("$compression", OrNull(repository.CompressionLevel));
        parameters.AddWithValue("$options", StoreSettingsJson.Write(repository.Store));
        parameters.AddWithValue("$time", FormatTime(repository.RegisteredAt));
        parameters.AddWithValue("$role", OrNull(repository.Role?.ToString()));
        parameters.AddWithValue("$place", OrNull(repository.Place));
        parameters.AddWithValue("$copy_of", OrNull(repository.CopyOf));
        parameters.AddWithValue("$lag", OrNull(repository.AllowedLag?.ToString("c", CultureInfo.InvariantCulture)));
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

using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Replication;

namespace BackupModule.Core.Catalog.Sql.Tables;

/// <summary>The registered repositories.</summary>
internal sealed class RepositoryTable(SqlDatabase database) : IRepositoryCatalog
{
    private const string Columns =
        "name, location, provider, repository_id, password_reference, compression_level, options, registered_at, "
        + "role, place, copy_of, allowed_lag";

    private readonly FactTable _facts = new(database);

    /// <inheritdoc/>
    public Task AddRepositoryAsync(RegisteredRepository repository, CancellationToken cancellationToken)
    {
        RegistrationCheck.Validate(repository);
        return database.ChangeAsync(
            session => session.ExecuteUniqueAsync(
                $"""
                INSERT INTO repositories ({Columns}) VALUES
                    (@name, @location, @provider, @id, @password, @compression, @options, @time, @role, @place, @copy_of, @lag)
                """,
                ValuesOf(repository),
                failure => Taken(repository.Name, failure),
                cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RegisteredRepository?> FindRepositoryAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => session.FindAsync(
                $"SELECT {Columns} FROM repositories WHERE {session.NameIs("name", "@name")}",
                [("name", name)],
                Read,
                cancellationToken),
            nothing: null,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegisteredRepository>> ListRepositoriesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredRepository> all = await database.ReadAsync(
            session => session.QueryAsync($"SELECT {Columns} FROM repositories", [], Read, cancellationToken),
            nothing: [],
            cancellationToken).ConfigureAwait(false);
        return [.. all.OrderBy(static repository => repository.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public Task UpdateRepositoryAsync(
        string name, RegisteredRepository repository, CancellationToken cancellationToken)
    {
        RegistrationCheck.Validate(repository);
        return database.ChangeAsync(
            async session =>
            {
                int changed = await session.ExecuteUniqueAsync(
                    $"""
                    UPDATE repositories SET name = @name, location = @location, provider = @provider, repository_id = @id,
                        password_reference = @password, compression_level = @compression, options = @options,
                        registered_at = @time, role = @role, place = @place, copy_of = @copy_of, allowed_lag = @lag
                    WHERE {session.NameIs("name", "@old")}
                    """,
                    [.. ValuesOf(repository), ("old", name)],
                    failure => Taken(repository.Name, failure),
                    cancellationToken).ConfigureAwait(false);
                ThrowIfNone(changed, name);
                await PolicyTable.RenameRepositoryAsync(session, name, repository.Name, cancellationToken)
                    .ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReplaceRepositoryIdAsync(string oldId, string newId, CancellationToken cancellationToken) =>
        database.ChangeAsync(
            async session =>
            {
                (string, object?)[] values = [("old", oldId), ("new", newId)];
                await session.ExecuteAsync(
                    "UPDATE repositories SET repository_id = @new WHERE repository_id = @old", values, cancellationToken)
                    .ConfigureAwait(false);
                await session.ExecuteAsync(
                    "UPDATE repositories SET copy_of = @new WHERE copy_of = @old", values, cancellationToken)
                    .ConfigureAwait(false);
                await FactTable.MoveAsync(session, oldId, newId, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task RemoveRepositoryAsync(string name, CancellationToken cancellationToken) => database.ChangeAsync(
        async session =>
        {
            int removed = await session.ExecuteAsync(
                $"DELETE FROM repositories WHERE {session.NameIs("name", "@name")}", [("name", name)], cancellationToken)
                .ConfigureAwait(false);
            ThrowIfNone(removed, name);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task RecordFactAsync(string repositoryId, RepositoryFact fact, CancellationToken cancellationToken) =>
        _facts.RecordAsync(repositoryId, fact, cancellationToken);

    /// <inheritdoc/>
    public Task<ILookup<string, RepositoryFact>> ListFactsAsync(CancellationToken cancellationToken) =>
        _facts.ListAsync(cancellationToken);

    private static RegisteredRepository Read(DbDataReader row) => new()
    {
        Name = row.GetString(0),
        Location = row.GetString(1),
        Provider = row.GetString(2),
        RepositoryId = row.GetString(3),
        PasswordReference = row.TextOrNull(4),
        CompressionLevel = row.IsDBNull(5) ? null : row.GetInt32(5),
        Store = StoreSettingsJson.Read(row.GetString(6), row.GetString(0)),
        RegisteredAt = row.Time(7),
        Role = Enum.TryParse(row.TextOrNull(8), out RepositoryRole role) ? role : null,
        Place = row.TextOrNull(9),
        CopyOf = row.TextOrNull(10),
        AllowedLag = row.TextOrNull(11) is { } lag ? TimeSpan.Parse(lag, CultureInfo.InvariantCulture) : null,
    };

    // The time keeps the zone it was registered in; nothing is searched by it.
    private static (string, object?)[] ValuesOf(RegisteredRepository repository) =>
    [
        ("name", repository.Name),
        ("location", repository.Location),
        ("provider", repository.Provider),
        ("id", repository.RepositoryId),
        ("password", repository.PasswordReference),
        ("compression", repository.CompressionLevel),
        ("options", StoreSettingsJson.Write(repository.Store)),
        ("time", repository.RegisteredAt.ToString("O", CultureInfo.InvariantCulture)),
        ("role", repository.Role?.ToString()),
        ("place", repository.Place),
        ("copy_of", repository.CopyOf),
        ("lag", repository.AllowedLag?.ToString("c", CultureInfo.InvariantCulture)),
    ];

    private static BackupException Taken(string name, Exception failure) => new(
        BackupErrorKind.RepositoryExists,
        $"A repository is registered under the name '{name}' already.",
        "Choose another name, or unregister the other repository with Unregister-BackupRepository.",
        failure)
    {
        Subject = name,
    };

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

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.PostgreSql.Protocol;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>A database of a server, with what is needed to make one like it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOpen">True if the server lets anybody in, and the role has the right to connect.</param>
/// <param name="Encoding">Its encoding.</param>
/// <param name="Collation">The locale of its sort order.</param>
/// <param name="CharacterType">The locale of its character classes.</param>
/// <param name="Provider">Who sorts: <c>c</c>, <c>i</c> or <c>b</c>.</param>
/// <param name="ProviderLocale">The locale of that provider; null for the C library.</param>
internal sealed record ServerDatabase(
    string Name,
    bool IsOpen,
    string Encoding,
    string Collation,
    string CharacterType,
    string Provider,
    string? ProviderLocale)
{
    private const int IcuSince = 15;
    private const int LocaleSince = 17;

    /// <summary>The databases of a source, by name: those that it names, or all that are no templates and accept
    /// connections.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: one that is named is not there.</exception>
    public static async Task<IReadOnlyList<ServerDatabase>> ListAsync(
        NpgsqlConnection connection, DatabaseDefinition definition, CancellationToken cancellationToken)
    {
        int major = connection.PostgreSqlVersion.Major;
        string locale = major >= LocaleSince ? "d.datlocprovider::text, d.datlocale"
            : major >= IcuSince ? "d.datlocprovider::text, d.daticulocale"
            : "'c', NULL::text";
        string chosen = definition.Databases.Count > 0 ? "d.datname = ANY($1)" : "d.datallowconn AND NOT d.datistemplate";
        object[] names = definition.Databases.Count > 0 ? [definition.Databases.ToArray()] : [];
        IReadOnlyList<ServerDatabase> found = await SqlCommands.ReadAsync(
            connection,
            $"""
            SELECT d.datname::text, d.datallowconn AND has_database_privilege(d.oid, 'CONNECT'), pg_encoding_to_char(d.encoding)::text,
              d.datcollate::text, d.datctype::text, {locale}
            FROM pg_catalog.pg_database d WHERE {chosen}
            """,
            static row => new ServerDatabase(
                row.GetString(0), row.GetBoolean(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.Text(6)),
            cancellationToken,
            names).ConfigureAwait(false);
        if (definition.Databases.Except(found.Select(static database => database.Name)).FirstOrDefault() is { } missing)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"The server has no database '{missing}', which the source '{definition.Name}' names.",
                "Correct the source with Set-BackupPolicy -Database, or create the database.")
            {
                Subject = missing,
            };
        }

        return [.. found.OrderBy(static database => database.Name, StringComparer.Ordinal)];
    }
}

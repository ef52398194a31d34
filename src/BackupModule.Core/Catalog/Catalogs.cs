using System;
using BackupModule.Core.Catalog.Postgres;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Core.Catalog;

/// <summary>Opens catalogs.</summary>
public static class Catalogs
{
    /// <summary>The catalog that a home names: a file, or a database on a server. Touches neither.</summary>
    /// <param name="home">The home.</param>
    /// <param name="time">The clock; the system's if null.</param>
    /// <exception cref="BackupException"><c>LocationUnsupported</c>: the address is of another kind of server;
    /// <c>InvalidArgument</c>: it makes no sense, or holds a password.</exception>
    public static ICatalog Open(BackupHome home, TimeProvider? time = null)
    {
        if (!home.Catalog.Contains("://", StringComparison.Ordinal))
        {
            return new SqliteCatalog(home.Catalog, time);
        }

        // The address may hold a password, so it is not repeated.
        return PostgresAddress.IsOne(home.Catalog)
            ? new PostgresCatalog(home.Catalog, ReadReference(home.CatalogPassword), time)
            : throw new BackupException(
                BackupErrorKind.LocationUnsupported,
                $"The environment variable {BackupHome.CatalogVariable} names a kind of server that cannot hold a catalog.",
                $"Set {BackupHome.CatalogVariable} to the path of a file or to an address as "
                    + $"{PostgresAddress.Example}, or remove it.");
    }

    private static SecretReference? ReadReference(string? text)
    {
        try
        {
            return text is null ? null : SecretReference.Parse(text);
        }
        catch (BackupException failure)
        {
            throw new BackupException(
                failure.Kind,
                $"The environment variable {BackupHome.CatalogPasswordVariable} holds no secret reference.",
                failure.Guidance,
                failure);
        }
    }
}

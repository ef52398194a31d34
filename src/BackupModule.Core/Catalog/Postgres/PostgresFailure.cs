using System;
using System.IO;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Npgsql;

namespace BackupModule.Core.Catalog.Postgres;

/// <summary>What failures of a PostgreSQL server mean to users.</summary>
internal static class PostgresFailure
{
    /// <summary>What happened to the catalog, what to do, and whether trying again can help; null for what is not the
    /// server's.</summary>
    public static (string What, string Guidance, bool IsTransient)? Describe(Exception failure) => failure switch
    {
        PostgresException answer => Describe(answer),
        NpgsqlException { InnerException: TimeoutException } => (
            "does not answer in time",
            "Try again; if it stays so, look on the server for transactions that wait or hang.",
            true),
        NpgsqlException { InnerException: AuthenticationException } => (
            $"cannot be reached safely: {failure.InnerException.Message}",
            "Check the server's certificate, and the options sslmode and sslrootcert of the address.",
            false),
        NpgsqlException or SocketException => (
            $"cannot be reached: {failure.Message}",
            "Check that the server runs, and host, port and password.",
            failure is SocketException or NpgsqlException { IsTransient: true }),
        IOException or UnauthorizedAccessException or CryptographicException => (
            $"cannot be reached: {failure.Message}",
            "Check the files that the options sslrootcert, sslcert, sslkey and passfile of the address name.",
            false),
        _ => null,
    };

    private static (string What, string Guidance, bool IsTransient) Describe(PostgresException answer) =>
        answer.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (
                $"refuses the user: {answer.MessageText}",
                $"Check the user in the address, and the password that {BackupHome.CatalogPasswordVariable}, PGPASSWORD or "
                    + "PGPASSFILE gives.",
                false),
            PostgresErrorCodes.InvalidCatalogName => (
                $"is not there: {answer.MessageText}",
                "Make the database with createdb; the module makes its schema itself.",
                false),
            PostgresErrorCodes.InsufficientPrivilege => (
                $"refuses: {answer.MessageText}",
                $"Let the user make a schema in the database, or make the schema '{PostgresSchema.Name}' for it: "
                    + $"CREATE SCHEMA {PostgresSchema.Name} AUTHORIZATION user.",
                false),
            PostgresErrorCodes.ReadOnlySqlTransaction => (
                "cannot be written: the server is a standby, or read-only",
                "Give the address of the primary server.",
                false),
            PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => (
                "does not answer in time",
                "Try again; if it stays so, look on the server for transactions that wait or hang.",
                true),
            _ => (
                $"cannot be used: {answer.MessageText} ({answer.SqlState})",
                "See the server's log for the reason.",
                answer.IsTransient),
        };
}

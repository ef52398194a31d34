using System;
using System.IO;
using System.Net.Sockets;
using System.Security.Authentication;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>Makes errors of what a server and the way to it say.</summary>
internal static class PostgresErrors
{
    /// <summary>The error for an ErrorResponse.</summary>
    /// <param name="message">The ErrorResponse.</param>
    /// <param name="user">Who asked.</param>
    /// <param name="server">The server, as host and port.</param>
    public static BackupException Of(BackendMessage message, string user, string server) =>
        Of(message.ReadField('C'), message.ReadField('M'), user, server);

    /// <summary>The error for an SQLSTATE.</summary>
    public static BackupException Of(string state, string message, string user, string server, Exception? inner = null)
    {
        (BackupErrorKind kind, string? guidance) = state switch
        {
            "28P01" => (BackupErrorKind.DatabaseAccessDenied,
                $"Check the password of the role '{user}', and where the secret reference points."),
            "28000" => (BackupErrorKind.DatabaseAccessDenied,
                $"Let the role in with a line in the server's pg_hba.conf, and reload it: host replication {user} ADDRESS/32 scram-sha-256. "
                + "'all' does not match replication connections."),
            "42501" when message.Contains("walsender", StringComparison.Ordinal)
                || message.Contains("replication", StringComparison.OrdinalIgnoreCase) =>
                (BackupErrorKind.DatabaseAccessDenied, $"Grant it as a superuser: ALTER ROLE {Quote(user)} WITH LOGIN REPLICATION;"),
            "42501" => (BackupErrorKind.DatabaseAccessDenied, $"Grant the right to the role {Quote(user)}."),
            "53300" => (BackupErrorKind.DatabaseUnreachable,
                "All connections are taken: raise max_connections or max_wal_senders, or wait."),
            "55006" => (BackupErrorKind.DatabaseUnsuitable,
                "Somebody else streams the same log; stop that stream, or wait until the server has noticed that it ended."),
            "57P01" or "57P02" or "57P03" => (BackupErrorKind.DatabaseUnreachable,
                "The server is stopping or starting; try again when it accepts connections."),
            "58P01" => (BackupErrorKind.LogGap, "The server has removed that part of its log; make a new backup."),
            "XX001" or "XX002" => (BackupErrorKind.DatabaseBackupFailed,
                "The server's data is damaged: keep the backups that you have, and look into the server's log."),
            _ => (BackupErrorKind.DatabaseBackupFailed, null),
        };
        return new BackupException(kind, $"The PostgreSQL server {server} says: {message} ({state})", guidance, inner)
        {
            Subject = server,

            // Connections that others hold, a slot of a stream that has just ended, a server that restarts.
            IsTransient = state is "53300" or "55006" or "57P01" or "57P02" or "57P03",
        };
    }

    /// <summary>True for failures of the way to the server.</summary>
    public static bool IsOfConnection(Exception failure) =>
        failure is IOException or SocketException or AuthenticationException;

    /// <summary>The error for a failure of the way to the server.</summary>
    public static BackupException Unreachable(string server, Exception failure) => new(
        BackupErrorKind.DatabaseUnreachable,
        failure is AuthenticationException
            ? $"The PostgreSQL server {server} could not be trusted: {failure.Message}"
            : $"The connection to the PostgreSQL server {server} failed: {failure.Message}",
        failure is AuthenticationException
            ? "Give the certificate of its authority with Root Certificate=PATH in the connection string, and the host's name as the "
                + "server's certificate has it."
            : "See that the server runs, listens at this address, and is let through by firewalls.",
        failure)
    {
        Subject = server,
    };

    /// <summary>A name as SQL has it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

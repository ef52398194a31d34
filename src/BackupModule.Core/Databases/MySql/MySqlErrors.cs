using System;
using System.Linq;
using System.Net.Sockets;
using BackupModule.Core.Diagnostics;
using MySqlConnector;

namespace BackupModule.Core.Databases.MySql;

/// <summary>What failures of a server and of its programs mean.</summary>
internal static class MySqlErrors
{
    private static readonly string[] s_denials =
        ["Access denied", "(1045)", "(1044)", "(1142)", "(1227)", "you need (at least one of)", "missing required privilege"];

    private static readonly string[] s_breaks =
        ["Can't connect", "Lost connection", "server has gone away", "Unknown MySQL server host", "Server shutdown", "(2013)", "(2002)", "(2003)"];

    /// <summary>The exception for a failure of a statement or a connection.</summary>
    /// <param name="failure">What the driver said.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="otherwise">The kind where the failure's code says no more.</param>
    public static BackupException Translate(MySqlException failure, string server, BackupErrorKind otherwise)
    {
        (BackupErrorKind kind, string guidance) = failure.ErrorCode switch
        {
            MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied => (
                BackupErrorKind.DatabaseAccessDenied,
                "Look at user and password. The server picks the account by the address that it sees: 'user'@'localhost' is "
                + "another account than 'user'@'%'."),
            MySqlErrorCode.SpecifiedAccessDeniedError or MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied => (
                BackupErrorKind.DatabaseAccessDenied, "Test-BackupDatabase names the missing right and the statement that grants it."),
            MySqlErrorCode.UnableToConnectToHost => (
                BackupErrorKind.DatabaseUnreachable, "Look whether the server runs, and at host and port."),
            _ when failure.InnerException is SocketException or System.IO.IOException || failure.IsTransient => (
                BackupErrorKind.DatabaseUnreachable, "Look whether the server runs; try again."),
            _ => (otherwise, "Look at the server's error log."),
        };
        return new BackupException(kind, $"The server {server} says: {failure.Message}", guidance, failure)
        {
            Subject = server,
            IsTransient = kind == BackupErrorKind.DatabaseUnreachable,
        };
    }

    /// <summary>The exception for a program of the server that failed.</summary>
    public static BackupException Translate(ExternalProgram program, string server, string what, BackupErrorKind otherwise)
    {
        bool Says(string[] words) => program.Complaints.Any(
            line => words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)));

        (BackupErrorKind kind, string? guidance) = Says(s_denials)
            ? (BackupErrorKind.DatabaseAccessDenied, "Test-BackupDatabase names the missing right and the statement that grants it.")
            : Says(s_breaks)
                ? (BackupErrorKind.DatabaseUnreachable, "Look whether the server runs, and try again.")
                : (otherwise, "Look at the server's error log, and run the program by hand.");
        return new BackupException(kind, $"{program.Name} {what} with the server {server}{program.Said}", guidance)
        {
            Subject = server,
            IsTransient = kind == BackupErrorKind.DatabaseUnreachable,
        };
    }
}

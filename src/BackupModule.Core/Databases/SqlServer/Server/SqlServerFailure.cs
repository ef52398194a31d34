using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Authentication;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.SqlClient;

namespace BackupModule.Core.Databases.SqlServer.Server;

/// <summary>What failures of SQL Server mean, and what to do about them.</summary>
internal static class SqlServerFailure
{
    // Errors that only say that another one was raised: that a backup or restore ended, and where that is logged.
    private static readonly HashSet<int> s_consequences = [3013, 3041, 3014, 3119, 927, 1914];

    /// <summary>An error of the server or of the way to it.</summary>
    /// <param name="failure">What the driver threw.</param>
    /// <param name="purpose">What the server was spoken to for.</param>
    /// <param name="what">What was being done, as in <c>backing up the database 'shop'</c>.</param>
    /// <param name="database">The database it was done to; null for none.</param>
    /// <param name="login">Who asked.</param>
    public static BackupException ToException(
        SqlException failure, ServerPurpose purpose, string what, string? database, string login)
    {
        SqlError? error = failure.Errors.Cast<SqlError>()
            .FirstOrDefault(static error => error.Class > 10 && !s_consequences.Contains(error.Number))
            ?? failure.Errors.Cast<SqlError>().FirstOrDefault();
        int number = error?.Number ?? failure.Number;
        string text = (error?.Message ?? failure.Message).Trim();
        if (FindTlsFailure(failure) is { } tls)
        {
            return Make(
                BackupErrorKind.DatabaseUnreachable,
                $"The server cannot be trusted while {what}: {tls.Message}",
                "Give the server a certificate that this machine trusts, or name its own with ServerCertificate=FILE in the "
                    + "connection string. TrustServerCertificate=true accepts any server, also one that poses as yours.",
                isTransient: false);
        }

        (BackupErrorKind kind, string? guidance, bool isTransient) = Explain(number, error?.Class ?? 0, purpose, database, login);
        return Make(kind, $"SQL Server failed while {what}: {text} ({number})", guidance, isTransient);

        BackupException Make(BackupErrorKind errorKind, string message, string? guidanceText, bool isTransient) =>
            new(errorKind, message, guidanceText, failure) { Subject = database, IsTransient = isTransient };
    }

    private static AuthenticationException? FindTlsFailure(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException tls)
            {
                return tls;
            }
        }

        return null;
    }

    private static (BackupErrorKind Kind, string? Guidance, bool IsTransient) Explain(
        int number, byte severity, ServerPurpose purpose, string? database, string login)
    {
        BackupErrorKind failed = purpose == ServerPurpose.Backup
            ? BackupErrorKind.DatabaseBackupFailed
            : BackupErrorKind.DatabaseRestoreFailed;
        string name = database ?? "master";
        return number switch
        {
            18456 or 18452 or 18470 => (
                BackupErrorKind.DatabaseAccessDenied,
                "Check user and password. For a login of SQL Server's own the server must allow both ways of authentication; "
                    + "its error log names the exact reason.",
                false),
            18487 or 18488 => (
                BackupErrorKind.DatabaseAccessDenied,
                $"The password has expired: ALTER LOGIN {TransactSql.Name(login)} WITH PASSWORD = N'…';",
                false),
            4060 or 916 or 4064 => (
                BackupErrorKind.DatabaseAccessDenied,
                $"The database is not there, or the login has no user in it: {Grants.Backup(name, login)}",
                false),
            262 or 3110 when purpose == ServerPurpose.Restore => (
                BackupErrorKind.DatabaseAccessDenied,
                $"{Grants.CreateDatabase(login)} To replace a database of another owner: {Grants.Administer(login)}",
                false),
            229 or 230 or 262 or 300 or 297 or 5011 or 15247 => (
                BackupErrorKind.DatabaseAccessDenied,
                $"{Grants.Backup(name, login)} {Grants.CreateDatabase(login)}",
                false),
            7983 => (
                BackupErrorKind.DatabaseAccessDenied,
                $"USE {TransactSql.Name(name)}; ALTER ROLE db_owner ADD MEMBER {TransactSql.Name(login)};",
                false),
            3201 or 3202 or 3203 or 3271 => (
                failed,
                "Check that the account which the service of SQL Server runs under may write and read in the exchange folder, "
                    + "that the server sees the folder under the same path as this machine, and that there is room on its disk; of a bucket, "
                    + "that the server's credential may list, get and put there, and that its system trusts the certificate.",
                false),
            3023 => (failed, "Another backup of the database runs, or its files are being changed: try again later.", true),
            3043 or 823 or 824 or 825 => (
                failed,
                $"Pages of the database are damaged. Find out which: {DatabaseStatements.Check(name)} "
                    + "Keep the backups that there are: they may be the last sound ones.",
                false),
            4208 => (
                BackupErrorKind.DatabaseUnsuitable,
                $"The database keeps no log to back up: ALTER DATABASE {TransactSql.Name(name)} SET RECOVERY FULL; and then "
                    + "make a backup, with which the log begins.",
                false),
            3035 => (BackupErrorKind.DatabaseUnsuitable, "Make a full backup of the database first.", false),
            4214 => (
                BackupErrorKind.DatabaseUnsuitable,
                "Make a backup of the policy first: the log begins with it.",
                false),
            4305 or 4326 or 4327 or 4330 or 3136 => (
                BackupErrorKind.DatabaseRestoreFailed,
                "What the server was given does not follow on what it has. Restore to an earlier moment.",
                false),
            3241 or 3242 or 3243 or 3183 or 3187 or 3189 => (
                failed,
                "The file is no whole backup as the server sees it. Test the backup, and take another one if it is damaged.",
                false),
            4338 or 4341 => (
                BackupErrorKind.RecoveryTargetUnreachable,
                "The server does not stop at the moment. Choose one before the log backup, or after it.",
                false),
            3169 => (
                BackupErrorKind.DatabaseUnsuitable,
                "The backup is of a later version: restore it on a server of that version or a later one.",
                false),
            33111 or 33117 or 15507 => (
                failed,
                "The database is encrypted by the server. Bring the certificate back with its private key first: CREATE "
                    + "CERTIFICATE … FROM FILE = N'…' WITH PRIVATE KEY (FILE = N'…', DECRYPTION BY PASSWORD = N'…');",
                false),
            3101 or 3102 => (
                BackupErrorKind.DatabaseRestoreFailed,
                "Somebody uses the database: stop what connects to it.",
                true),
            1801 or 3154 => (
                BackupErrorKind.DatabaseRestoreFailed,
                "A database of the name is there: give another name.",
                false),
            3156 or 3634 or 5133 or 5170 or 1834 => (
                BackupErrorKind.DatabaseRestoreFailed,
                "Choose a folder that is there on the server, that its service may write in, and that has none of the files.",
                false),
            3257 or 1101 or 1105 or 9002 => (failed, "Make room on the server's disk.", false),
            1205 or 1222 => (failed, "Try again.", true),
            -2 or 2 or 53 or 40 or 64 or 121 or 233 or 258 or 10053 or 10054 or 10060 or 10061 or 11001 or 17142 or 18401 => (
                BackupErrorKind.DatabaseUnreachable, Reach, true),
            _ when severity >= 20 || number <= 0 => (BackupErrorKind.DatabaseUnreachable, Reach, true),
            _ => (failed, "See the error log of SQL Server for the reason.", false),
        };
    }

    private static string Reach =>
        "Check that the server runs and takes connections by TCP, host and port (host,1433), and what is between.";
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.MySql.Logical;

/// <summary>Writes the statements that make a server's accounts, roles and rights.</summary>
/// <remarks>Passwords are in them as hashes, as the server keeps them.</remarks>
internal static class UserDump
{
    /// <summary>The file of the statements.</summary>
    public const string File = "users.sql";

    /// <summary>The statements, one a line.</summary>
    /// <exception cref="BackupException"><c>DatabaseAccessDenied</c>: the tables of accounts cannot be read.</exception>
    public static async Task<string> ReadAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        string isRole = session.IsMariaDb ? "is_role = 'Y'" : "0";
        IReadOnlyList<string?[]> accounts = await session.ReadRowsAsync(
            $"SELECT user, host, {isRole} FROM mysql.user WHERE user <> '' ORDER BY 3 DESC, 1, 2", cancellationToken)
            .ConfigureAwait(false);
        StringBuilder text = new();
        List<string> rights = [];
        foreach (string?[] account in accounts.Where(static account => !IsOfServer(account[0]!)))
        {
            bool isAccountRole = account[2] == "1";
            string name = MySqlServer.QuoteText(account[0]!)
                + (isAccountRole ? string.Empty : "@" + MySqlServer.QuoteText(account[1]!));
            try
            {
                text.Append(isAccountRole ? $"CREATE ROLE IF NOT EXISTS {name}" : await CreateAsync(name).ConfigureAwait(false))
                    .Append(";\n");
                rights.AddRange((await session.ReadRowsAsync($"SHOW GRANTS FOR {name}", cancellationToken).ConfigureAwait(false))
                    .Select(static row => row[0] + ";\n"));
            }
            catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseUnsuitable)
            {
                // With skip-name-resolve a server does not use accounts of named hosts, and shows nothing of them.
                text.Append("-- ").Append(name).Append(": ").Append(failure.Message.ReplaceLineEndings(" ")).Append('\n');
            }
        }

        return text.AppendJoin(string.Empty, rights).ToString();

        async Task<string> CreateAsync(string name)
        {
            string statement = (await session.ReadValueAsync($"SHOW CREATE USER {name}", cancellationToken).ConfigureAwait(false))!;
            return statement.StartsWith("CREATE USER ", StringComparison.Ordinal)
                ? "CREATE USER IF NOT EXISTS " + statement["CREATE USER ".Length..]
                : statement;
        }
    }

    private static bool IsOfServer(string user) =>
        user.StartsWith("mysql.", StringComparison.Ordinal) || user is "mariadb.sys" or "PUBLIC";
}

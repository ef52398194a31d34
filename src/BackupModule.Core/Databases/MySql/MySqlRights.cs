using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.MySql;

/// <summary>The rights of the account that is connected, from what the server shows of them.</summary>
internal sealed partial class MySqlRights
{
    private readonly List<(string Scope, HashSet<string> Rights)> _grants = [];

    private MySqlRights(string account) => Account = account;

    /// <summary>The account, as GRANT wants it.</summary>
    public string Account { get; }

    /// <summary>Asks the server.</summary>
    public static async Task<MySqlRights> ReadAsync(MySqlSession session, CancellationToken cancellationToken)
    {
        string account = (await session.ReadValueAsync("SELECT CURRENT_USER()", cancellationToken).ConfigureAwait(false))!;
        int at = account.LastIndexOf('@');
        MySqlRights rights = new($"{MySqlServer.QuoteText(account[..at])}@{MySqlServer.QuoteText(account[(at + 1)..])}");
        foreach (string?[] row in await session.ReadRowsAsync("SHOW GRANTS", cancellationToken).ConfigureAwait(false))
        {
            if (Grant().Match(row[0]!) is { Success: true } match)
            {
                rights._grants.Add((
                    match.Groups["scope"].Value.Replace("`", string.Empty, StringComparison.Ordinal),
                    [.. match.Groups["rights"].Value.Split(',').Select(static right => right.Trim().ToUpperInvariant())]));
            }
        }

        return rights;
    }

    /// <summary>True if the account has a right everywhere.</summary>
    public bool HasGlobally(params string[] anyOf) => Has("*.*", anyOf);

    /// <summary>True if the account has a right in a database.</summary>
    public bool HasIn(string database, string right) => HasGlobally(right) || Has($"{database}.*", [right]);

    private bool Has(string scope, string[] anyOf) => _grants.Exists(grant =>
        string.Equals(grant.Scope.Replace("\\_", "_", StringComparison.Ordinal), scope, StringComparison.OrdinalIgnoreCase)
        && (grant.Rights.Contains("ALL PRIVILEGES") || Array.Exists(anyOf, grant.Rights.Contains)));

    [GeneratedRegex(@"^GRANT (?<rights>.+?) ON (?<scope>\S+) TO ")]
    private static partial Regex Grant();
}

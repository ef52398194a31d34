using System.Collections.Generic;
using System.Globalization;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>The environment variables by which programs of the server find it, and log in as this process does.</summary>
internal static class ProgramVariables
{
    /// <summary>Variables of this process that would lead a program elsewhere, or change what it does.</summary>
    public static readonly IReadOnlyList<string> Unwanted = ["PGHOSTADDR", "PGSERVICE", "PGOPTIONS", "PGTARGETSESSIONATTRS"];

    /// <summary>The variables; the password is among them, so they belong to the program alone.</summary>
    /// <param name="connector">The source.</param>
    /// <param name="connection">An open connection, so that a program meets the same one of several servers.</param>
    public static IReadOnlyDictionary<string, string> Of(PostgresConnector connector, NpgsqlConnection connection)
    {
        NpgsqlConnectionStringBuilder settings = connector.Settings;
        Dictionary<string, string> variables = new()
        {
            ["PGHOST"] = connection.Host!,
            ["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATABASE"] = connection.Database,
            ["PGAPPNAME"] = "BackupModule",
            ["PGSSLMODE"] = settings.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                SslMode mode => mode.ToString().ToLowerInvariant(),
            },
        };
        Add("PGUSER", connection.UserName);
        Add("PGPASSWORD", connector.Password);
        Add("PGPASSFILE", settings.Passfile);
        Add("PGSSLROOTCERT", settings.RootCertificate);
        Add("PGSSLCERT", settings.SslCertificate);
        Add("PGSSLKEY", settings.SslKey);
        return variables;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                variables[name] = value;
            }
        }
    }
}

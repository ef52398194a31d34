using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Catalog.Postgres;

/// <summary>The address of a database, as libpq spells it: <c>postgres://user@host:port/database?sslmode=…</c>. It never
/// holds a password.</summary>
internal sealed class PostgresAddress
{
    /// <summary>An address to show people.</summary>
    public const string Example = "postgres://user@host:5432/database?sslmode=verify-full";

    private const int DefaultPort = 5432;

    private static readonly Dictionary<string, SslMode> s_sslModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = SslMode.Disable,
        ["allow"] = SslMode.Allow,
        ["prefer"] = SslMode.Prefer,
        ["require"] = SslMode.Require,
        ["verify-ca"] = SslMode.VerifyCA,
        ["verify-full"] = SslMode.VerifyFull,
    };

    private static readonly Dictionary<string, Action<NpgsqlConnectionStringBuilder, string>> s_parameters = new()
    {
        ["sslmode"] = static (settings, value) => settings.SslMode = s_sslModes.TryGetValue(value, out SslMode mode)
            ? mode
            : throw Invalid($"The sslmode '{value}' is not known.", $"Give one of {string.Join(", ", s_sslModes.Keys)}."),
        ["sslrootcert"] = static (settings, value) => settings.RootCertificate = value,
        ["sslcert"] = static (settings, value) => settings.SslCertificate = value,
        ["sslkey"] = static (settings, value) => settings.SslKey = value,
        ["passfile"] = static (settings, value) => settings.Passfile = value,
        ["host"] = static (settings, value) => settings.Host = value,
        ["connect_timeout"] = static (settings, value) => settings.Timeout =
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            && seconds is > 0 and <= 1024
                ? seconds
                : throw Invalid("The connect_timeout is no number of seconds from 1 to 1024."),
        ["application_name"] = static (settings, value) => settings.ApplicationName = value,
    };

    private readonly NpgsqlConnectionStringBuilder _settings;

    private PostgresAddress(NpgsqlConnectionStringBuilder settings) => _settings = settings;

    /// <summary>The address without its options, for people.</summary>
    public override string ToString()
    {
        string user = _settings.Username is { Length: > 0 } name ? name + "@" : string.Empty;
        string port = _settings.Port == DefaultPort ? string.Empty : $":{_settings.Port}";
        return $"postgres://{user}{_settings.Host}{port}/{_settings.Database}";
    }

    /// <summary>True for the address of a PostgreSQL database, whether it makes sense or not.</summary>
    public static bool IsOne(string address) =>
        address.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an address.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it makes no sense, or holds a password. The message does
    /// not repeat it.</exception>
    public static PostgresAddress Parse(string address)
    {
        if (!IsOne(address) || !Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Fragment.Length > 0)
        {
            throw Invalid("The catalog's address is no address of a PostgreSQL database.");
        }

        NpgsqlConnectionStringBuilder settings = new()
        {
            Host = Uri.UnescapeDataString(uri.Host),
            Port = uri.Port > 0 ? uri.Port : DefaultPort,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = uri.UserInfo.Length > 0 ? Uri.UnescapeDataString(uri.UserInfo) : null,
            ApplicationName = "BackupModule",

            // A fleet shares the server's connections: few, and none for long.
            MaxPoolSize = 10,
            ConnectionIdleLifetime = 30,
        };
        foreach ((string name, string value) in Options(uri))
        {
            ThrowIfPassword(name == "password");
            if (!s_parameters.TryGetValue(name, out Action<NpgsqlConnectionStringBuilder, string>? apply))
            {
                throw Invalid(
                    $"The catalog's address has an option '{name}', which is not known.",
                    $"Known are {string.Join(", ", s_parameters.Keys)}.");
            }

            apply(settings, value);
        }

        ThrowIfPassword(uri.UserInfo.Contains(':', StringComparison.Ordinal));
        if (string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database))
        {
            throw Invalid("The catalog's address does not say which host and database.");
        }

        return new PostgresAddress(settings);
    }

    /// <summary>What the driver is told.</summary>
    /// <param name="password">The password; null for what the environment says.</param>
    public string ConnectionString(string? password) => new NpgsqlConnectionStringBuilder(_settings.ConnectionString)
    {
        Password = password,
    }.ConnectionString;

    private static IEnumerable<(string Name, string Value)> Options(Uri uri) => uri.Query.TrimStart('?')
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(static option => option.Split('=', 2))
        .Select(static pair => (Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), Uri.UnescapeDataString(pair[^1])));

    private static void ThrowIfPassword(bool hasPassword)
    {
        if (hasPassword)
        {
            throw Invalid(
                "The catalog's address holds a password.",
                $"Leave it out, and set {BackupHome.CatalogPasswordVariable} to where it is found (env:NAME, file:PATH or "
                    + "command:PROGRAM ARGS), or use PGPASSFILE or ~/.pgpass.");
        }
    }

    private static BackupException Invalid(string message, string? guidance = null) => new(
        BackupErrorKind.InvalidArgument,
        message,
        guidance ?? $"Write the address as {Example}.")
    {
        Subject = BackupHome.CatalogVariable,
    };
}

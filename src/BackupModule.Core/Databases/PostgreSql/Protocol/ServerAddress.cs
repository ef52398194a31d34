using System;
using System.Globalization;
using System.IO;
using BackupModule.Core.Diagnostics;
using Npgsql;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>Where a server is and who asks, as a connection string of Npgsql says it.</summary>
internal sealed record ServerAddress
{
    private ServerAddress(NpgsqlConnectionStringBuilder settings) => Settings = settings;

    /// <summary>All settings, without a password.</summary>
    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>The host's name, or the folder of its socket.</summary>
    public string Host => Settings.Host!;

    /// <summary>The TCP port, or the number in the socket's name.</summary>
    public int Port => Settings.Port;

    /// <summary>The role.</summary>
    public string User => Settings.Username!;

    /// <summary>True for a socket of this machine.</summary>
    public bool IsSocket => Path.IsPathRooted(Host);

    /// <summary>The socket's path.</summary>
    public string SocketPath => Path.Join(Host, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{Port}"));

    /// <summary>The server, for messages.</summary>
    public string Display => IsSocket ? SocketPath : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads a connection string.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>; its message does not repeat the text.</exception>
    public static ServerAddress Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidCastException)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "The connection string of the PostgreSQL server cannot be read.",
                "Write it as Npgsql does: Host=HOST;Port=5432;Username=ROLE, with the password as a secret reference.",
                failure);
        }

        if (!string.IsNullOrEmpty(settings.Password))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "The connection string holds a password.",
                "Leave it out, and give a reference to it with -Password env:NAME or file:PATH.");
        }

        if (string.IsNullOrEmpty(settings.Host) || settings.Host.Contains(',', StringComparison.Ordinal))
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                "The connection string does not name one host.",
                "Write Host=HOST, with one host, or the folder of the server's socket.");
        }

        settings.Username ??= Environment.UserName;
        return new ServerAddress(settings);
    }

    /// <summary>The connection string for a session of SQL.</summary>
    /// <param name="password">The password; empty for none.</param>
    /// <param name="database">The database; null for that of the connection string, or <c>postgres</c>.</param>
    public string ForSql(string password, string? database = null) => new NpgsqlConnectionStringBuilder(Settings.ConnectionString)
    {
        Password = password.Length > 0 ? password : null,
        Database = database ?? Settings.Database ?? "postgres",
        Pooling = false,
        ApplicationName = "BackupModule",
        IncludeErrorDetail = false,
    }.ConnectionString;
}

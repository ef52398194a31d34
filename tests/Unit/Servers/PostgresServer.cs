using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using BackupModule.Core.Encryption.Keys;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Servers;

/// <summary>A real PostgreSQL server on loopback, for the tests of a class; it ends with them.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly string _script = Path.Combine(AppContext.BaseDirectory, "servers", "postgres.sh");
    private readonly string _folder;
    private readonly Dictionary<string, string> _environment;
    private int _databases;

    public PostgresServer()
    {
        Assert.SkipUnless(Shell.Has("pg_ctlcluster"), "needs pg_ctlcluster");
        _folder = Directory.CreateTempSubdirectory("backupmodule-postgres-").FullName;
        _environment = Shell.Read($"bash {_script} start {_folder}", _folder)
            .Split('\n')
            .Select(static line => line["export ".Length..].Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1].Trim('\''));
    }

    public string Password => _environment["PGPASSWORD"];

    /// <summary>The PEM file of the server's certificate, which signed itself.</summary>
    public string CertificateFile => _environment["PGSSLROOTCERT"];

    internal SecretReference PasswordReference => SecretReference.Parse("file:" + _environment["POSTGRES_PASSWORD_FILE"]);

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its name.</returns>
    public string CreateDatabase()
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        Execute("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>The address of a database, for the superuser.</summary>
    public string AddressOf(string database, string options = "") => AddressOf(database, _environment["PGUSER"], options);

    /// <summary>The address of a database.</summary>
    public string AddressOf(string database, string user, string options) =>
        $"postgres://{user}@{_environment["PGHOST"]}:{_environment["PGPORT"]}/{database}{options}";

    /// <summary>Runs statements as the superuser.</summary>
    public void Execute(string database, string sql)
    {
        using NpgsqlConnection connection = Open(database);
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query as the superuser that gives one value.</summary>
    public T Read<T>(string database, string sql)
    {
        using NpgsqlConnection connection = Open(database);
        using NpgsqlCommand command = new(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>A connection as the superuser.</summary>
    public NpgsqlConnection Open(string database)
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder
        {
            Host = _environment["PGHOST"],
            Port = int.Parse(_environment["PGPORT"]),
            Username = _environment["PGUSER"],
            Password = Password,
            Database = database,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    public void Dispose() => Shell.Run($"bash {_script} wipe {_folder}", "/");
}

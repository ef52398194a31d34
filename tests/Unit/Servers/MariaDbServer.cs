using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MySqlConnector;
using Xunit;

namespace BackupModule.Tests.Servers;

/// <summary>A real MariaDB server on loopback; it ends when it is disposed.</summary>
public sealed class MariaDbServer : IDisposable
{
    private readonly string _script = Path.Combine(AppContext.BaseDirectory, "servers", "mariadb.sh");
    private readonly Dictionary<string, string> _environment;

    public MariaDbServer()
        : this(string.Empty)
    {
    }

    /// <summary>A server with options of its own.</summary>
    public MariaDbServer(string options)
    {
        Assert.SkipUnless(Shell.Has("mariadb-install-db"), "needs mariadb-server");
        Assert.SkipUnless(Shell.Has("mariadb-backup"), "needs mariadb-backup");
        Folder = Directory.CreateTempSubdirectory("backupmodule-mariadb-").FullName;
        _environment = Shell.Read($"MARIADB_OPTIONS='{options}' bash {_script} start {Folder}", Folder)
            .Split('\n')
            .Select(static line => line["export ".Length..].Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1].Trim('\''));
    }

    public string Folder { get; }

    public string Password => File.ReadAllText(_environment["MARIADB_PASSWORD_FILE"]);

    /// <summary>The folder of the binary logs.</summary>
    public string DataFolder => Path.Combine(Folder, "data");

    /// <summary>The connection string of an account, without a password.</summary>
    public string ConnectionStringOf(string user = "tester") =>
        $"Server={_environment["MARIADB_HOST"]};Port={_environment["MARIADB_PORT"]};User ID={user}";

    /// <summary>Makes an account without rights.</summary>
    public void CreateUser(string user, string password) => Execute($"CREATE USER '{user}'@'%' IDENTIFIED BY '{password}'");

    /// <summary>Runs statements as the superuser.</summary>
    public void Execute(string sql) => Execute(ConnectionStringOf(), Password, sql);

    /// <summary>Runs statements.</summary>
    public static void Execute(string connectionString, string password, string sql)
    {
        using MySqlConnection connection = Open(connectionString, password);
        using MySqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query as the superuser that gives one value.</summary>
    public string Read(string sql) => Read(ConnectionStringOf(), Password, sql);

    /// <summary>Runs a query that gives one value, as text.</summary>
    public static string Read(string connectionString, string password, string sql)
    {
        using MySqlConnection connection = Open(connectionString, password);
        using MySqlCommand command = new(sql, connection);
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture)!;
    }

    /// <summary>Where the binary log ends.</summary>
    public (string File, long Position) LogEnd()
    {
        using MySqlConnection connection = Open(ConnectionStringOf(), Password);
        using MySqlCommand command = new("SHOW MASTER STATUS", connection);
        using MySqlDataReader reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetString(0), reader.GetInt64(1));
    }

    public static MySqlConnection Open(string connectionString, string password)
    {
        MySqlConnection connection = new(new MySqlConnectionStringBuilder(connectionString)
        {
            Password = password,
            Pooling = false,
            AllowUserVariables = true,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    public void Dispose() => Shell.Run($"bash {_script} wipe {Folder}", "/");
}

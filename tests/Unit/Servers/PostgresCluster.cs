using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using BackupModule.Core.Databases;
using Npgsql;
using Xunit;

namespace BackupModule.Tests.Servers;

/// <summary>A real PostgreSQL server that is backed up: with checksums, an archive of its log to compare with, and a role that
/// may replicate and read.</summary>
public sealed class PostgresCluster : IDisposable
{
    private readonly string _script = Path.Combine(AppContext.BaseDirectory, "servers", "postgres.sh");
    private readonly Dictionary<string, string> _environment;

    public PostgresCluster()
    {
        Assert.SkipUnless(Shell.Has("pg_ctlcluster"), "needs pg_ctlcluster");
        Folder = Directory.CreateTempSubdirectory("backupmodule-cluster-").FullName;
        _environment = Shell.Read($"POSTGRES_KIND=cluster bash {_script} start {Folder}", Folder)
            .Split('\n')
            .Select(static line => line["export ".Length..].Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1].Trim('\''));
    }

    public string Folder { get; }

    public string Programs => _environment["POSTGRES_BIN"];

    public string DataFolder => Path.Join(Folder, "data");

    /// <summary>Where the server itself archives its log.</summary>
    public string Archive => Path.Join(Folder, "archive");

    public int Port => int.Parse(_environment["PGPORT"]);

    public string Password => _environment["PGPASSWORD"];

    /// <summary>The server as a source of the policy's database <c>main</c>.</summary>
    public DatabaseDefinition Definition => new()
    {
        Name = "main",
        Engine = DatabaseEngine.PostgreSql,
        Mode = DatabaseMode.Physical,
        ConnectionString = $"Host=127.0.0.1;Port={Port};Username=backup",
        PasswordReference = "file:" + _environment["POSTGRES_PASSWORD_FILE"],
    };

    /// <summary>Runs statements as the superuser.</summary>
    public void Execute(string sql, string database = "postgres") => Execute(Port, sql, database);

    public void Execute(int port, string sql, string database = "postgres")
    {
        using NpgsqlConnection connection = Connect(port, database);
        using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 120 };
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query as the superuser that gives one value.</summary>
    public T Read<T>(string sql, string database = "postgres") => Read<T>(Port, sql, database);

    /// <summary>The same of a copy of the server.</summary>
    public T Read<T>(int port, string sql, string database = "postgres")
    {
        using NpgsqlConnection connection = Connect(port, database);
        using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 120 };
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>Runs pgbench as the superuser.</summary>
    public void Bench(string arguments, string database = "postgres") => Shell.Read(
        $"PGPASSWORD='{Password}' {Programs}/pgbench -h 127.0.0.1 -p {Port} -U tester {arguments} {database} 2>&1", "/");

    /// <summary>Starts pgbench, which ends by itself.</summary>
    public Process StartBench(string arguments, string database = "postgres")
    {
        ProcessStartInfo start = new($"{Programs}/pgbench", $"-h 127.0.0.1 -p {Port} -U tester {arguments} {database}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = Password;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>A session of the superuser, of this server or a copy of it.</summary>
    public NpgsqlConnection Connect(int port, string database)
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = _environment["PGUSER"],
            Password = Password,
            Database = database,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>Restarts the server as a standby and promotes it: it goes on on a new timeline.</summary>
    public void Promote()
    {
        Shell.Read(AsServer($"touch {DataFolder}/standby.signal"), "/");
        Shell.Read(AsServer($"{Programs}/pg_ctl -D {DataFolder} -w -l {DataFolder}/server.log restart") + " </dev/null >/dev/null 2>&1", "/");
        Shell.Read(AsServer($"{Programs}/pg_ctl -D {DataFolder} -w promote"), "/");
    }

    public void Stop() => Shell.Read(AsServer($"{Programs}/pg_ctl -D {DataFolder} -w -m fast stop"), "/");

    public void Start() => Shell.Read(
        AsServer($"{Programs}/pg_ctl -D {DataFolder} -w -l {DataFolder}/server.log start") + " </dev/null >/dev/null 2>&1", "/");

    /// <summary>Starts a copy of the server by hand.</summary>
    public void StartCopy(string dataFolder, out int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        string options = $"-p {port} -c archive_mode=off -c unix_socket_directories=";
        Shell.Read(
            AsServer($"{Programs}/pg_ctl -D {dataFolder} -w -l {dataFolder}/server.log -o '{options}' start") + " </dev/null >/dev/null 2>&1", "/");
    }

    /// <summary>Stops a copy that a restore has left running.</summary>
    public void StopCopy(string dataFolder) => Shell.Run(AsServer($"{Programs}/pg_ctl -D {dataFolder} -m immediate -w stop"), "/");

    /// <summary>A command line that runs as the user that the server runs as.</summary>
    public static string AsServer(string command) => Environment.IsPrivilegedProcess
        ? $"setpriv --reuid=postgres --regid=postgres --init-groups {command}"
        : command;

    public void Dispose() => Shell.Run($"bash {_script} wipe {Folder}", "/");
}

using System;
using System.Collections.Generic;
using System.Data.Common;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using Npgsql;

namespace BackupModule.Core.Databases;

/// <summary>What a database source must be like before anybody connects. Messages repeat nothing of a connection string but
/// the names of its parts: it may hold a password given by mistake.</summary>
public static class DatabaseRules
{
    private const string ReferenceGuidance =
        "Take it out of the connection string and say with -Password where it is found, as in env:PGPASSWORD or file:/etc/backup/db.pw.";

    private static readonly DatabaseMode[] s_both = [DatabaseMode.Physical, DatabaseMode.Logical];

    /// <summary>The mode of sources that do not name one.</summary>
    public static DatabaseMode DefaultMode(DatabaseEngine engine) =>
        engine == DatabaseEngine.MySql ? DatabaseMode.Logical : DatabaseMode.Physical;

    /// <summary>The modes that there are for a kind of server.</summary>
    public static IReadOnlyList<DatabaseMode> ModesOf(DatabaseEngine engine) =>
        engine is DatabaseEngine.PostgreSql or DatabaseEngine.MySql ? s_both : [DatabaseMode.Physical];

    /// <summary>Checks a source.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>, for the first thing that is wrong.</exception>
    public static void Validate(DatabaseDefinition database)
    {
        NameRule.Validate(database.Name, "database source");
        ValidateConnection(database);
        if (database.PasswordReference is { } reference)
        {
            SecretReference.Parse(reference);
        }

        if (!ModesOf(database.Engine).Contains(database.Mode))
        {
            throw Fault(
                database,
                $"{database.Engine} has no backups of the mode {database.Mode}",
                $"Give -Mode {string.Join(" or ", ModesOf(database.Engine))}.");
        }

        ValidateDatabases(database);
        ValidatePlaces(database);
        ValidateDifferentials(database);
    }

    /// <summary>The file of an SQLite source, as its connection string has it; empty where it names none.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: the connection string cannot be read.</exception>
    public static string FileOf(DatabaseDefinition database) =>
        Find(Read(database), "Data Source", "DataSource", "Filename") ?? string.Empty;

    /// <summary>The same SQLite source with its file at another path.</summary>
    public static DatabaseDefinition WithFile(DatabaseDefinition database, string path)
    {
        DbConnectionStringBuilder parts = Read(database);
        foreach (string name in new[] { "DataSource", "Filename" })
        {
            parts.Remove(name);
        }

        parts["Data Source"] = path;
        return database with { ConnectionString = parts.ConnectionString };
    }

    private static void ValidateConnection(DatabaseDefinition database)
    {
        DbConnectionStringBuilder parts = Read(database);
        if (parts.Keys.Cast<string>().FirstOrDefault(IsPassword) is { } secret)
        {
            throw Fault(database, $"the part '{secret}' of the connection string is a password, which is never stored", ReferenceGuidance);
        }

        switch (database.Engine)
        {
            case DatabaseEngine.PostgreSql:
                Require(database, parts, "Host=NAME", "Host", "Server");
                ValidatePostgreSql(database, parts);
                break;
            case DatabaseEngine.MySql:
                Require(database, parts, "Server=NAME", "Server", "Host", "Data Source", "DataSource", "Address", "Addr");
                break;
            case DatabaseEngine.SqlServer:
                Require(database, parts, "Server=NAME", "Server", "Data Source", "Address", "Addr", "Network Address");
                break;
            default:
                Require(database, parts, "Data Source=PATH", "Data Source", "DataSource", "Filename");
                ValidateFile(database);
                break;
        }
    }

    private static DbConnectionStringBuilder Read(DatabaseDefinition database)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = database.ConnectionString };
        }
        catch (ArgumentException)
        {
            // What the driver says may repeat the text.
            throw Fault(
                database,
                "the connection string cannot be read",
                "Write parts as NAME=VALUE with ';' between them, as in 'Host=127.0.0.1;Port=5432;Username=backup'. "
                    + "Addresses such as postgres://… are not taken, and no password belongs in it.");
        }
    }

    private static bool IsPassword(string part)
    {
        string bare = part.Replace(" ", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal);
        return bare.EndsWith("password", StringComparison.OrdinalIgnoreCase)
            || bare.Equals("pwd", StringComparison.OrdinalIgnoreCase)
            || bare.Equals("psw", StringComparison.OrdinalIgnoreCase);
    }

    private static void Require(
        DatabaseDefinition database, DbConnectionStringBuilder parts, string example, params string[] names)
    {
        if (string.IsNullOrWhiteSpace(Find(parts, names)))
        {
            throw Fault(database, "the connection string does not say where the database is", $"Give it a part {example}.");
        }
    }

    private static string? Find(DbConnectionStringBuilder parts, params string[] names) =>
        names.Select(name => parts.TryGetValue(name, out object? value) ? value as string : null)
            .FirstOrDefault(static value => value is not null);

    private static void ValidatePostgreSql(DatabaseDefinition database, DbConnectionStringBuilder parts)
    {
        foreach (string name in parts.Keys.Cast<string>())
        {
            try
            {
                _ = new NpgsqlConnectionStringBuilder { [name] = parts[name] };
            }
            catch (Exception failure) when (failure is ArgumentException or FormatException or NotSupportedException)
            {
                throw Fault(
                    database,
                    $"the part '{name}' of the connection string is not known, or has no value that it can have",
                    "Write it in the words of Npgsql, as in 'Host=127.0.0.1;Port=5432;Username=backup;SSL Mode=VerifyFull'.");
            }
        }
    }

    private static void ValidateFile(DatabaseDefinition database)
    {
        string file = FileOf(database);
        if (!Path.IsPathFullyQualified(file))
        {
            throw Fault(
                database,
                $"'{file}' is not the full path of a file",
                "Write the path from the root. Databases in memory cannot be backed up.");
        }
    }

    private static void ValidateDatabases(DatabaseDefinition database)
    {
        if (database.Databases.Count > 0
            && database.Engine != DatabaseEngine.SqlServer
            && database.Mode != DatabaseMode.Logical)
        {
            throw Fault(
                database,
                "a physical backup has the whole server, and databases are named",
                database.Engine == DatabaseEngine.SQLite
                    ? "Leave -Database out: the file is the database."
                    : "Leave -Database out, or choose -Mode Logical.");
        }

        if (database.Databases.FirstOrDefault(static name => string.IsNullOrWhiteSpace(name)) is not null)
        {
            throw Fault(database, "a database without a name is named", "Name databases, or none for all of the server.");
        }
    }

    private static void ValidatePlaces(DatabaseDefinition database)
    {
        RequireFullPath(database, database.ToolFolder, "-ToolFolder");
        RequireFullPath(database, database.UploadRoot, "-UploadRoot");
        if (database.ExchangePath is not null && database.Engine != DatabaseEngine.SqlServer)
        {
            throw Fault(database, "an exchange folder is named, which SQL Server alone needs", "Leave -ExchangePath out.");
        }

        if (database.UploadRoot is not null && string.IsNullOrWhiteSpace(database.UploadQuery))
        {
            throw Fault(
                database, "there is a folder of uploads, and no query that names them", "Give -UploadQuery as well, or leave -UploadRoot out.");
        }
    }

    private static void ValidateDifferentials(DatabaseDefinition database)
    {
        if (database.FullEvery is not null && database.Engine != DatabaseEngine.SqlServer)
        {
            throw Fault(
                database,
                "it is to have differential backups, which are made of SQL Server alone",
                "Leave -FullEvery out: the repository stores of each backup what it does not have yet.");
        }

        if (database.FullEvery <= TimeSpan.Zero)
        {
            throw Fault(
                database,
                $"'{database.FullEvery}' is no time from one full backup to the next",
                "Give -FullEvery a time such as 7d, or leave it out for full backups alone.");
        }
    }

    private static void RequireFullPath(DatabaseDefinition database, string? path, string parameter)
    {
        if (path is not null && !Path.IsPathFullyQualified(path))
        {
            throw Fault(database, $"'{path}' is not an absolute path", $"Give {parameter} from the root.");
        }
    }

    private static BackupException Fault(DatabaseDefinition database, string what, string guidance) =>
        new(BackupErrorKind.InvalidArgument, $"The database source '{database.Name}' cannot be used: {what}.", guidance)
        {
            Subject = database.Name,
        };
}

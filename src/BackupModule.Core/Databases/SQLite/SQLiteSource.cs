using System;
using System.IO;
using System.Linq;
using BackupModule.Core.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BackupModule.Core.Databases.SQLite;

/// <summary>The file that a definition's connection string names.</summary>
internal static class SQLiteSource
{
    /// <summary>The database's full path.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: the connection string names no file.</exception>
    public static string PathOf(DatabaseAccess access)
    {
        try
        {
            SqliteConnectionStringBuilder parts = new(access.Definition.ConnectionString);
            if (!Path.IsPathFullyQualified(parts.DataSource))
            {
                throw Unsuitable(
                    access, $"The connection string of '{access.Definition.Name}' names no file by its full path.");
            }

            return access.Password is { IsEmpty: false } || parts.Password.Length > 0
                ? throw Unsuitable(
                    access, "Encrypted SQLite databases cannot be opened: the SQLite here has no encryption.")
                : Path.GetFullPath(parts.DataSource);
        }
        catch (ArgumentException failure)
        {
            throw Unsuitable(
                access, $"The connection string of '{access.Definition.Name}' cannot be read: {failure.Message}");
        }
    }

    /// <summary>Opens a live database for reading. Its connection is never kept for others: a pooled one would hold the file.
    /// </summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection OpenLive(string path)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        return Open(connection);
    }

    /// <summary>Opens a file that nobody writes, without locks and without files beside it.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection OpenImmutable(string path)
    {
        string escaped = string.Join('/', path.Replace('\\', '/').TrimStart('/').Split('/').Select(Uri.EscapeDataString));
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = $"file:///{escaped}?immutable=1",
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        return Open(connection);
    }

    /// <summary>Runs a statement that gives one value.</summary>
    public static T ReadValue<T>(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>Runs a statement that gives nothing.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A name as SQL has it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static SqliteConnection Open(SqliteConnection connection)
    {
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static BackupException Unsuitable(DatabaseAccess access, string message) => new(
        BackupErrorKind.DatabaseUnsuitable, message, "Give 'Data Source=PATH' with the full path of the file, and no password.")
    {
        Subject = access.Definition.Name,
    };
}

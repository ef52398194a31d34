using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Chains;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Databases.SqlServer;

/// <summary>The folder that SQL Server and this machine both see under one path, through which backups go. Every file in it
/// has a name of its own, and is removed by who made it.</summary>
internal sealed class ExchangeFolder
{
    /// <summary>How the names of all files begin.</summary>
    public const string Mark = "backupmodule-";

    private const string BackupKind = "backup";
    private const string LogKind = "log";
    private const string RestoreKind = "restore";
    private const string TailKind = "tail";
    private const string ProbeKind = "probe";

    // What a process that was killed left; none takes that long.
    private static readonly TimeSpan s_leftAfter = TimeSpan.FromDays(7);

    private readonly string _path;
    private readonly string _source;

    private readonly string _nameStart;

    private ExchangeFolder(string path, string source, string server)
    {
        _path = path;
        _source = source;

        // Sources of one name on two servers may share the folder.
        string tag = ObjectId.Hash(Encoding.UTF8.GetBytes(server.ToUpperInvariant())).ToString()[..8];
        _nameStart = $"{Mark}{source}-{tag}-";
    }

    /// <summary>The folder of a source.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: none is given, or this machine cannot write in it.
    /// </exception>
    public static ExchangeFolder Open(DatabaseDefinition definition)
    {
        if (definition.ExchangePath is not { Length: > 0 } path)
        {
            throw Unsuitable(
                definition,
                "The database source has no exchange folder, which SQL Server writes its backups to.",
                "Give a folder that the server and this machine both see under the same path, with -ExchangePath.");
        }

        if (path.StartsWith(BackupDevice.BucketScheme, StringComparison.OrdinalIgnoreCase))
        {
            string database = definition.Databases.Count > 0 ? definition.Databases[0] : "NAME";
            string backup = new BackupStatement
            {
                Database = database,
                Type = BackupSetType.Full,
                Devices = [BackupDevice.Bucket($"{path.TrimEnd('/')}/{database}.bak")],
                IsCopyOnly = true,
            }.ToSql();
            throw Unsuitable(
                definition,
                $"'{path}' is in a bucket: what SQL Server writes there itself does not come into a repository.",
                "Give a folder that the server and this machine both see. To have the server make a backup in the bucket beside "
                    + $"those of this module: {CredentialStatement.CreateForBucket(path, "KEY", "SECRET")} {backup}");
        }

        ExchangeFolder folder = new(Path.GetFullPath(path), definition.Name, SqlServerSession.ServerOf(definition));
        try
        {
            string probe = folder.ForProbe();
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unsuitable(
                definition,
                $"This machine cannot write in the exchange folder '{path}': {failure.Message}",
                "Make the folder, and give the account that backups run under the right to write and delete in it.",
                failure);
        }

        return folder;
    }

    /// <summary>The name of a new file for a backup.</summary>
    public string ForBackup() => NewName(BackupKind, "bak");

    /// <summary>The name of a new file that only shows whether it can be made and seen.</summary>
    public string ForProbe() => NewName(ProbeKind, "tmp");

    /// <summary>The name of a new file for something that is restored.</summary>
    public string ForRestore(string extension) => NewName(RestoreKind, extension);

    /// <summary>The name of a new file for the last log of a database that is replaced. It is kept.</summary>
    public string ForTail() => NewName(TailKind, "trn");

    /// <summary>The name of a new file for a log.</summary>
    /// <param name="begunAt">The server's clock before the log is backed up.</param>
    public string ForLog(DateTimeOffset begunAt) =>
        NewName($"{LogKind}-{begunAt.ToUnixTimeMilliseconds().ToString("d15", CultureInfo.InvariantCulture)}", "trn");

    /// <summary>Logs that were backed up and not removed, because a stream ended before they were stored: in the order of
    /// their making, with the server's clock before each.</summary>
    public IReadOnlyList<(string Path, DateTimeOffset BegunAt)> ListLogs()
    {
        string start = NameStart(LogKind);
        List<(string Path, DateTimeOffset BegunAt)> logs = [];
        foreach (string file in Directory.EnumerateFiles(_path, $"{start}*.trn"))
        {
            if (long.TryParse(
                    Path.GetFileName(file)[start.Length..].Split('-')[0],
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out long milliseconds)
                && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            {
                logs.Add((file, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)));
            }
        }

        logs.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return logs;
    }

    /// <summary>Keeps other streams of the same log away until it is disposed: two would each have half of the log.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: there is one.</exception>
    public IDisposable LockLogs()
    {
        try
        {
            return new FileStream(
                Path.Combine(_path, NameStart(LogKind) + "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"Another stream takes the log of '{_source}' from the server.",
                "Stop the other one, or wait until it has ended.",
                failure)
            {
                Subject = _source,
            };
        }
    }

    /// <summary>Removes whole backups, and what was being restored, that processes left which were killed days ago. Logs are
    /// never removed: there is no other copy of them.</summary>
    public void RemoveLeftovers(DateTimeOffset now)
    {
        foreach (string kind in (string[])[BackupKind, RestoreKind])
        {
            foreach (string file in Directory.EnumerateFiles(_path, NameStart(kind) + "*"))
            {
                if (File.GetLastWriteTimeUtc(file) < (now - s_leftAfter).UtcDateTime)
                {
                    TryRemove(file);
                }
            }
        }
    }

    /// <summary>Opens what the server has written.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: the file is not here, or may not be read.</exception>
    public FileStream OpenWritten(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous);
        }
        catch (FileNotFoundException failure)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"SQL Server has written '{file}', and this machine does not see it: the path is another folder on the server.",
                "Mount one folder under the same path on both. Remove the file on the server: this machine cannot.",
                failure)
            {
                Subject = _source,
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"This machine cannot read '{file}', which SQL Server has written: {failure.Message}",
                "Let the account that backups run under read and delete what the server's account writes in the exchange folder: "
                    + "by a common group, or by an access list that new files inherit.",
                failure)
            {
                Subject = _source,
            };
        }
    }

    /// <summary>Fills a new file that the server is to read.</summary>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>: it cannot be written. Nothing of it is left.</exception>
    public async Task FillAsync(string file, Func<Stream, Task> fill, CancellationToken cancellationToken)
    {
        try
        {
            FileStream stream = new(file, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0, FileOptions.Asynchronous);
            await using (stream.ConfigureAwait(false))
            {
                if (!OperatingSystem.IsWindows())
                {
                    // The server's account is another one, and nothing says which; who may enter the folder is its owner's choice.
                    File.SetUnixFileMode(
                        stream.SafeFileHandle,
                        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                }

                await fill(stream).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            TryRemove(file);
            if (failure is IOException or UnauthorizedAccessException)
            {
                throw new BackupException(
                    BackupErrorKind.DatabaseRestoreFailed,
                    $"'{file}' could not be written into the exchange folder: {failure.Message}",
                    "Make room in the exchange folder, and let the account that restores write in it.",
                    failure)
                {
                    Subject = _source,
                };
            }

            throw;
        }
    }

    /// <summary>Removes a file if it is there; false if it cannot be.</summary>
    public static bool TryRemove(string file)
    {
        try
        {
            File.Delete(file);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static BackupException Unsuitable(
        DatabaseDefinition definition, string message, string guidance, Exception? inner = null) =>
        new(BackupErrorKind.DatabaseUnsuitable, message, guidance, inner) { Subject = definition.Name };

    private string NewName(string kind, string extension) =>
        Path.Combine(_path, $"{NameStart(kind)}{Guid.NewGuid():n}.{extension}");

    private string NameStart(string kind) => $"{_nameStart}{kind}-";
}

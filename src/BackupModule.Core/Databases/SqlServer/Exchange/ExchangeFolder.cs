using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>A folder that SQL Server and this machine both see under one path.</summary>
internal sealed class ExchangeFolder : IBackupExchange
{
    private readonly string _path;

    private ExchangeFolder(string path, ExchangeNames names)
    {
        _path = path;
        Names = names;
    }

    /// <inheritdoc/>
    public string Description => $"the exchange folder '{_path}'";

    /// <inheritdoc/>
    public ExchangeNames Names { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: this machine cannot write in it.</exception>
    public static ExchangeFolder Open(string path, ExchangeNames names)
    {
        ExchangeFolder folder = new(Path.GetFullPath(path), names);
        try
        {
            string probe = folder.DeviceOf(names.ForProbe()).Address;
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw folder.Unsuitable(
                $"This machine cannot write in the exchange folder '{path}': {failure.Message}",
                "Make the folder, and give the account that backups run under the right to write and delete in it.",
                failure);
        }

        return folder;
    }

    /// <inheritdoc/>
    public BackupDevice DeviceOf(string name) => BackupDevice.Disk(Path.Combine(_path, name));

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string nameStart, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. Directory.EnumerateFiles(_path, nameStart + "*").Select(static file => Path.GetFileName(file))]);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> LockLogsAsync(SqlServerSession session, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<IAsyncDisposable>(new FileStream(
                Path.Combine(_path, Names.LogLock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException failure)
        {
            throw LogLock.Taken(Names.Source, failure);
        }
    }

    /// <inheritdoc/>
    public Task<Stream> OpenWrittenAsync(BackupDevice device, CancellationToken cancellationToken)
    {
        string file = device.Address;
        try
        {
            return Task.FromResult<Stream>(
                new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous));
        }
        catch (FileNotFoundException failure)
        {
            throw Unsuitable(
                $"SQL Server has written '{file}', and this machine does not see it: the path is another folder on the server.",
                "Mount one folder under the same path on both. Remove the file on the server: this machine cannot.",
                failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unsuitable(
                $"This machine cannot read '{file}', which SQL Server has written: {failure.Message}",
                "Let the account that backups run under read and delete what the server's account writes in the exchange folder: "
                    + "by a common group, or by an access list that new files inherit.",
                failure);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="BackupException"><c>DatabaseRestoreFailed</c>: it cannot be written. Nothing of it is left.</exception>
    public async Task FillAsync(BackupDevice device, Func<Stream, Task> fill, CancellationToken cancellationToken)
    {
        string file = device.Address;
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
            await TryRemoveAsync(device).ConfigureAwait(false);
            if (failure is IOException or UnauthorizedAccessException)
            {
                throw new BackupException(
                    BackupErrorKind.DatabaseRestoreFailed,
                    $"'{file}' could not be written into the exchange folder: {failure.Message}",
                    "Make room in the exchange folder, and let the account that restores write in it.",
                    failure)
                {
                    Subject = Names.Source,
                };
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public Task<bool> TryRemoveAsync(BackupDevice device)
    {
        try
        {
            File.Delete(device.Address);
            return Task.FromResult(true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(false);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Whether the server sees the folder shows when it writes there.</remarks>
    public Task<IReadOnlyList<DatabaseFinding>> ReviewAsync(
        SqlServerSession session,
        ServerProfile server,
        IReadOnlyList<DatabaseProfile> databases,
        CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DatabaseFinding>>([]);

    /// <inheritdoc/>
    public async Task<DatabaseFinding?> FindBlindnessAsync(
        SqlServerSession session, ServerProfile server, BackupDevice probe, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<bool> answer = await session.QueryAsync(
                $"EXEC master.dbo.xp_fileexist {TransactSql.Text(probe.Address)};",
                "looking for a file in the exchange folder",
                null,
                static row => Convert.ToInt32(row.GetValue(0), CultureInfo.InvariantCulture) == 1,
                cancellationToken).ConfigureAwait(false);
            return answer.Any(static isThere => isThere)
                ? null
                : new DatabaseFinding(
                    // For others than administrators the server may look with less rights than it backs up with.
                    server.IsAdministrator,
                    "Storage",
                    $"The server does not see the file '{Path.GetFileName(probe.Address)}' that this machine has put into the "
                        + $"exchange folder '{_path}'.",
                    "Mount one folder under the same path on both, and let the account of the server's service read and write in it.");
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            return new DatabaseFinding(
                IsError: false,
                "Storage",
                "The login may not ask the server whether it sees the exchange folder: the first backup will show it.",
                $"GRANT EXECUTE ON master.dbo.xp_fileexist TO {TransactSql.Name(server.Login)};");
        }
    }

    private BackupException Unsuitable(string message, string guidance, Exception inner) =>
        new(BackupErrorKind.DatabaseUnsuitable, message, guidance, inner) { Subject = Names.Source };
}

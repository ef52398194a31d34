using System.IO;
using System.Net;
using System.Net.Sockets;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Core.Recovery;

/// <summary>What holds for the restore of every kind of database.</summary>
internal static class RestoreGuard
{
    /// <summary>Refuses a port that somebody listens on, before hours are spent on a server that could not use it.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>.</exception>
    public static void RequireFreePort(DatabaseRestoreRequest request)
    {
        if (request is not { Port: { } port, IsInPlace: false, StopsAfterwards: false })
        {
            return;
        }

        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException failure)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                $"The restored server cannot listen on the port {port}: {failure.Message}.",
                "Choose another -Port, or leave it out: then a free one is found.",
                failure)
            {
                Subject = $"{port}",
            };
        }
    }

    /// <summary>The error for a file of the restored database that could not be written.</summary>
    /// <param name="databaseName">The source's name.</param>
    /// <param name="folder">The folder that it is restored into; null for none of this machine.</param>
    /// <param name="failure">What the system said.</param>
    public static BackupException Unwritable(string databaseName, string? folder, IOException failure) => new(
        LocalStoreErrors.IsFull(failure) ? BackupErrorKind.StorageFull : BackupErrorKind.RestoreTargetUnwritable,
        $"The database '{databaseName}' could not be restored: {failure.Message}",
        $"See that the disk has room and can be written, remove what was restored so far{(folder is null ? string.Empty : $" below {folder}")}, "
            + "and run the restore again.",
        failure)
    {
        Subject = databaseName,
    };
}

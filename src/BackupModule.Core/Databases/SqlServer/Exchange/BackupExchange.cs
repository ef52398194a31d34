using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>Opens the exchange of a source, and what is the same in a folder and in a bucket.</summary>
internal static class BackupExchange
{
    // The server takes no backup that begins like this, which shows that it has read it.
    private static readonly byte[] s_probe = new byte[4096];

    /// <summary>Opens the exchange of a source: a folder, or a bucket for <c>s3://…</c>.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: none is given, or this process cannot write, list, read and
    /// remove in it; <c>InvalidArgument</c>: it is no address in a bucket.</exception>
    public static async Task<IBackupExchange> OpenAsync(
        DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        DatabaseDefinition definition = access.Definition;
        if (definition.ExchangePath is not { Length: > 0 } path)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                "The database source has no exchange folder, which SQL Server writes its backups to.",
                "Give a folder that the server and this machine both see under the same path, with -ExchangePath; or "
                    + "s3://HOST:PORT/BUCKET for a server of 2022 or later.")
            {
                Subject = definition.Name,
            };
        }

        ExchangeNames names = new(definition.Name, SqlServerSession.ServerOf(definition), access.Time);
        return path.StartsWith(BackupDevice.BucketScheme, StringComparison.OrdinalIgnoreCase)
            ? await ExchangeBucket.OpenAsync(path, names, access, observer, cancellationToken).ConfigureAwait(false)
            : ExchangeFolder.Open(path, names);
    }

    /// <summary>Sees to it that the server can use the exchange, as far as it can be asked.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>, <c>DatabaseAccessDenied</c>: it cannot.</exception>
    public static async Task RequireUsableAsync(
        this IBackupExchange exchange, SqlServerSession session, ServerProfile server, CancellationToken cancellationToken) =>
        (await exchange.ReviewAsync(session, server, [], cancellationToken).ConfigureAwait(false))
            .ThrowIfFaulty(exchange.Names.Source);

    /// <summary>Throws the first finding that keeps a source from being used.</summary>
    /// <exception cref="BackupException"><c>DatabaseAccessDenied</c> for a right that is missing, else
    /// <c>DatabaseUnsuitable</c>.</exception>
    public static void ThrowIfFaulty(this IEnumerable<DatabaseFinding> findings, string source)
    {
        if (findings.FirstOrDefault(static finding => finding.IsError) is { } fault)
        {
            throw new BackupException(
                fault.Check == "Privilege" ? BackupErrorKind.DatabaseAccessDenied : BackupErrorKind.DatabaseUnsuitable,
                fault.Message,
                fault.Guidance)
            {
                Subject = source,
            };
        }
    }

    /// <summary>Logs that were backed up and not removed, because a stream ended before they were stored: in the order of
    /// their making, with the server's clock before each.</summary>
    public static async Task<IReadOnlyList<(BackupDevice Device, DateTimeOffset BegunAt)>> ListLogsAsync(
        this IBackupExchange exchange, CancellationToken cancellationToken)
    {
        List<(BackupDevice Device, DateTimeOffset BegunAt)> logs = [];
        foreach (string name in (await exchange.ListAsync(exchange.Names.LogStart, cancellationToken).ConfigureAwait(false))
            .Order(StringComparer.Ordinal))
        {
            if (exchange.Names.TimeOfLog(name) is { } begunAt)
            {
                logs.Add((exchange.DeviceOf(name), begunAt));
            }
        }

        return logs;
    }

    /// <summary>Removes whole backups, and what was being restored, that processes left which were killed days ago. Logs are
    /// never removed: there is no other copy of them.</summary>
    public static async Task RemoveLeftoversAsync(this IBackupExchange exchange, CancellationToken cancellationToken)
    {
        foreach (string name in await exchange.ListAsync(exchange.Names.Start, cancellationToken).ConfigureAwait(false))
        {
            if (exchange.Names.IsLeftover(name))
            {
                await exchange.TryRemoveAsync(exchange.DeviceOf(name)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes something, and warns if it cannot be.</summary>
    public static async Task RemoveAsync(this IBackupExchange exchange, BackupDevice device, IBackupObserver observer)
    {
        if (!await exchange.TryRemoveAsync(device).ConfigureAwait(false))
        {
            observer.OnWarning($"'{device.Address}' could not be removed from {exchange.Description}: remove it by hand.");
        }
    }

    /// <summary>Puts something into the exchange and asks the server whether it sees it.</summary>
    /// <returns>Null where it does.</returns>
    public static async Task<DatabaseFinding?> ProbeServerAsync(
        this IBackupExchange exchange, SqlServerSession session, ServerProfile server, CancellationToken cancellationToken)
    {
        BackupDevice probe = exchange.DeviceOf(exchange.Names.ForProbe());
        try
        {
            await exchange.FillAsync(probe, target => target.WriteAsync(s_probe, cancellationToken).AsTask(), cancellationToken)
                .ConfigureAwait(false);
            return await exchange.FindBlindnessAsync(session, server, probe, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await exchange.TryRemoveAsync(probe).ConfigureAwait(false);
        }
    }
}

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
using BackupModule.Core.Storage;
using Microsoft.Data.SqlClient;

namespace BackupModule.Core.Databases.SqlServer.Exchange;

/// <summary>A bucket that SQL Server of 2022 and later writes into and reads from itself, with a credential of its own. This
/// process reaches the same bucket with its own keys.</summary>
internal sealed class ExchangeBucket : IBackupExchange
{
    // Of 10,000 parts of 10 MB, less room for the log that is written during the backup.
    private const long LargestDatabase = 90_000_000_000;

    // The server's numbers for a device that it cannot open, and for one that it has read and that is no backup.
    private const int CannotOpen = 3201;
    private const int IsNoBackup = 3241;

    private readonly BucketAddress _address;
    private readonly IObjectStore _store;

    private ExchangeBucket(BucketAddress address, IObjectStore store, ExchangeNames names)
    {
        _address = address;
        _store = store;
        Names = names;
    }

    /// <inheritdoc/>
    public string Description => $"the exchange bucket '{_address.Url}'";

    /// <inheritdoc/>
    public ExchangeNames Names { get; }

    /// <summary>Opens a bucket.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnsuitable</c>: this process cannot write, list, read and remove in it;
    /// <c>InvalidArgument</c>: it is no address in a bucket.</exception>
    public static async Task<ExchangeBucket> OpenAsync(
        string path, ExchangeNames names, DatabaseAccess access, IBackupObserver observer, CancellationToken cancellationToken)
    {
        BucketAddress address = BucketAddress.Parse(path);
        BucketAccess keys = access.Bucket ?? BucketAccess.FromEnvironment();
        IObjectStore store = Stores.Open(
            address.Location,
            keys.Settings with { Provider = StoreProvider.S3Compatible, Endpoint = address.Endpoint },
            keys.Secrets,
            access.Time,
            observer.OnDecision);
        ExchangeBucket bucket = new(address, store, names);
        int longest = bucket.DeviceOf(names.ForRestore("bak")).Address.Length;
        if (longest > BucketAddress.LongestUrl)
        {
            throw new BackupException(
                BackupErrorKind.InvalidArgument,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Addresses in '{address.Url}' would have {longest} characters, of which SQL Server takes {BucketAddress.LongestUrl}."),
                "Use a shorter prefix, or a shorter name of the database source.")
            {
                Subject = names.Source,
            };
        }

        await bucket.ProbeAsync(cancellationToken).ConfigureAwait(false);
        return bucket;
    }

    /// <inheritdoc/>
    public BackupDevice DeviceOf(string name) => BackupDevice.Bucket($"{_address.Url}/{name}");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string nameStart, CancellationToken cancellationToken) =>
        await _store.ListAsync(string.Empty, cancellationToken)
            .Select(static item => item.Key)
            .Where(key => key.StartsWith(nameStart, StringComparison.Ordinal))
            .ToListAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> LockLogsAsync(SqlServerSession session, CancellationToken cancellationToken) =>
        await LogLock.TakeAsync(session, Names, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<Stream> OpenWrittenAsync(BackupDevice device, CancellationToken cancellationToken)
    {
        string key = KeyOf(device);
        try
        {
            return await _store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false) is { } length
                ? new ObjectStream(_store, key, length)
                : throw Unsuitable(
                    $"SQL Server has written '{device.Address}', and this machine finds no such object: under its address the "
                        + "server reaches another bucket.",
                    "Have both resolve the host to one server. Remove the object from where the server wrote it: this machine cannot.",
                    null);
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.AccessDenied)
        {
            throw Unsuitable(
                $"This machine cannot read '{device.Address}', which SQL Server has written: {failure.Message}",
                "Let the key of this machine read and delete what the server's key writes: give both one user, or a policy of the bucket "
                    + "that makes its owner the owner of all objects.",
                failure);
        }
    }

    /// <inheritdoc/>
    public async Task FillAsync(BackupDevice device, Func<Stream, Task> fill, CancellationToken cancellationToken)
    {
        ObjectUpload upload = new(_store, KeyOf(device));
        await using (upload.ConfigureAwait(false))
        {
            try
            {
                await fill(upload).ConfigureAwait(false);
                await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await TryAbortAsync(upload).ConfigureAwait(false);
                await TryRemoveAsync(device).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TryRemoveAsync(BackupDevice device)
    {
        try
        {
            await _store.DeleteAsync(KeyOf(device), CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (BackupException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DatabaseFinding>> ReviewAsync(
        SqlServerSession session,
        ServerProfile server,
        IReadOnlyList<DatabaseProfile> databases,
        CancellationToken cancellationToken)
    {
        if (server.Version < ServerProfile.OldestWithBuckets)
        {
            return
            [
                new DatabaseFinding(
                    IsError: true,
                    "Version",
                    $"The server has the version {server.Version}; 2022 ({ServerProfile.OldestWithBuckets}) is the first that writes "
                        + "into buckets.",
                    "Give -ExchangePath a folder that the server and this machine both see."),
            ];
        }

        List<DatabaseFinding> findings = [];
        if (await ReviewCredentialAsync(session, server, cancellationToken).ConfigureAwait(false) is { } missing)
        {
            findings.Add(missing);
        }

        foreach (DatabaseProfile database in databases.Where(static database => database.IsOnline && database.CanBackUp))
        {
            DatabaseSize size = await DatabaseSize.ReadAsync(session, database.Name, cancellationToken).ConfigureAwait(false);
            if (size.Bytes > LargestDatabase)
            {
                findings.Add(TooLarge(database.Name, size, server));
            }
        }

        return findings;
    }

    /// <inheritdoc/>
    public async Task<DatabaseFinding?> FindBlindnessAsync(
        SqlServerSession session, ServerProfile server, BackupDevice probe, CancellationToken cancellationToken)
    {
        try
        {
            await session.QueryAsync(
                MediaStatements.ReadHeader([probe]),
                "looking for an object in the exchange bucket",
                null,
                static _ => true,
                cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (BackupException failure) when (NumbersOf(failure).Contains(IsNoBackup)
            || failure.Kind == BackupErrorKind.DatabaseAccessDenied)
        {
            // The login may not look into backups: that is said elsewhere.
            return null;
        }
        catch (BackupException failure) when (failure.Kind == BackupErrorKind.DatabaseBackupFailed)
        {
            return new DatabaseFinding(
                NumbersOf(failure).Contains(CannotOpen),
                "Storage",
                $"The server cannot read '{probe.Address}', which this machine has put there: {failure.Message}",
                "Check that the server's credential has a key that may list the bucket, and get and put its objects; that the server "
                    + "reaches the host; and that its operating system trusts the certificate.");
        }
    }

    private static IEnumerable<int> NumbersOf(BackupException failure) =>
        failure.InnerException is SqlException inner ? inner.Errors.Cast<SqlError>().Select(static error => error.Number) : [];

    private static async Task TryAbortAsync(ObjectUpload upload)
    {
        try
        {
            await upload.AbortAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (BackupException)
        {
            // What failed before is what is told. The parts are in no listing.
        }
    }

    private static DatabaseFinding TooLarge(string database, DatabaseSize size, ServerProfile server) => new(
        IsError: true,
        "Setting",
        string.Create(
            CultureInfo.InvariantCulture,
            $"The database '{database}' has {size.Bytes / 1e9:0} GB, and an object that SQL Server writes without compression holds "
                + $"{LargestDatabase / 1e9:0} GB."),
        "Give -ExchangePath a folder that the server and this machine both see."
            + (size.IsOfFiles
                ? " What counts is what the files are filled with, which the server says with: "
                    + Grants.ViewState(database, server.Login)
                : string.Empty));

    private async Task<DatabaseFinding?> ReviewCredentialAsync(
        SqlServerSession session, ServerProfile server, CancellationToken cancellationToken)
    {
        BucketCredentials known = await BucketCredentials.ReadAsync(session, cancellationToken).ConfigureAwait(false);
        string guidance = CredentialStatement.CreateForBucket(_address.BucketUrl, "KEY", "SECRET");
        return known.HasFor(_address.Url) ? null
            : known.AreVisible ? new DatabaseFinding(
                IsError: true,
                "Credential",
                $"The server has no credential for '{_address.BucketUrl}', which it needs to write there.",
                $"Have it made with a key of the bucket for KEY and SECRET: {guidance}")
            : new DatabaseFinding(
                IsError: false,
                "Privilege",
                $"The login '{server.Login}' may not see whether the server has a credential for '{_address.BucketUrl}'.",
                $"{Grants.AlterCredentials(server.Login)} If there is none: {guidance}");
    }

    /// <summary>Does what backups and restores do in the bucket.</summary>
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        string key = Names.ForProbe();
        byte[] content = [1];
        try
        {
            await _store.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
            try
            {
                IReadOnlyList<string> listed = await ListAsync(key, cancellationToken).ConfigureAwait(false);
                await _store.ReadAsync(key, 0, content, cancellationToken).ConfigureAwait(false);
                if (listed.Count == 0)
                {
                    throw Unsuitable(
                        $"{Description} does not list '{key}', which was just written there.",
                        "Use a server whose listings show at once what was written.",
                        null);
                }
            }
            finally
            {
                await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (BackupException failure) when (failure.Kind != BackupErrorKind.DatabaseUnsuitable)
        {
            throw new BackupException(
                BackupErrorKind.DatabaseUnsuitable,
                $"This machine cannot work in {Description}: {failure.Message}",
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that may list the bucket, and put, get and delete its objects; "
                    + "and AWS_CA_BUNDLE to a PEM file of the authority where the server's certificate is signed by one of your own.",
                failure)
            {
                Subject = Names.Source,
                IsTransient = failure.IsTransient,
            };
        }
    }

    private string KeyOf(BackupDevice device) => device.Address[(_address.Url.Length + 1)..];

    private BackupException Unsuitable(string message, string guidance, Exception? inner) =>
        new(BackupErrorKind.DatabaseUnsuitable, message, guidance, inner) { Subject = Names.Source };
}

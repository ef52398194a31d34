using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Policies;
using BackupModule.Core.Repositories;

namespace BackupModule.Core.Jobs.Records;

/// <summary>Keeps what a catalog holds besides its history in repositories, sealed.</summary>
internal sealed class CatalogArchive(ICatalog catalog, TimeProvider time, IBackupObserver observer)
{
    private static readonly TimeSpan s_alerts = TimeSpan.FromDays(90);

    /// <summary>Writes the record if it differs from the one that the repository has of this machine, which it replaces. A
    /// catalog that is younger than that one was made after another was lost: it replaces nothing until it was brought up to
    /// date.</summary>
    public async Task SaveAsync(Repository repository)
    {
        try
        {
            CatalogRecord present = await DescribeAsync(CancellationToken.None).ConfigureAwait(false);
            RecordStore records = new(repository, CatalogRecord.Kind);
            (ObjectId Id, CatalogRecord Record)[] own =
            [
                .. (await ReadAllAsync(repository, SilentObserver.Instance, CancellationToken.None).ConfigureAwait(false))
                    .Where(item => item.Record.HostName == present.HostName),
            ];
            byte[] json = present.Encode();
            if (own.Any(item => (item.Record with { Time = present.Time }).Encode().AsSpan().SequenceEqual(json)))
            {
                return;
            }

            if (own.Length > 0 && !await ReachesBackToAsync(own.Min(static item => item.Record.Time)).ConfigureAwait(false))
            {
                observer.OnWarning(
                    "The repository knows an older catalog of this machine, which is kept as it is. Bring it back with "
                    + "Update-BackupCatalog; until then, changes of policies are in the present catalog alone.");
                return;
            }

            // The new one first: at any moment there is one.
            await records.AppendAsync(json, CancellationToken.None).ConfigureAwait(false);
            foreach ((ObjectId id, _) in own)
            {
                await records.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (BackupException failure)
        {
            observer.OnDecision($"The catalog's record in the repository could not be renewed: {failure.Message}");
        }
    }

    /// <summary>The newest record of each machine.</summary>
    public static async Task<IReadOnlyList<CatalogRecord>> ReadAsync(
        Repository repository, IBackupObserver observer, CancellationToken cancellationToken) =>
    [
        .. (await ReadAllAsync(repository, observer, cancellationToken).ConfigureAwait(false))
            .Select(static item => item.Record)
            .GroupBy(static record => record.HostName)
            .Select(static records => records.MaxBy(static record => record.Time)!),
    ];

    private static Task<IReadOnlyList<(ObjectId Id, CatalogRecord Record)>> ReadAllAsync(
        Repository repository, IBackupObserver observer, CancellationToken cancellationToken) =>
        new RecordStore(repository, CatalogRecord.Kind)
            .ReadAllAsync(static json => CatalogRecord.Decode(json), observer, cancellationToken);

    // A record is written after a run, which its catalog has.
    private async Task<bool> ReachesBackToAsync(DateTimeOffset time) => (await catalog.ListRunsAsync(
        new RunQuery { Before = time, Limit = 1 }, CancellationToken.None).ConfigureAwait(false)).Count > 0;

    private async Task<CatalogRecord> DescribeAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetLocalNow();
        return new CatalogRecord
        {
            Time = now,
            HostName = MachineIdentity.Current.HostName,
            Repositories = await catalog.ListRepositoriesAsync(cancellationToken).ConfigureAwait(false),
            Policies =
            [
                .. (await catalog.ListPoliciesAsync(cancellationToken).ConfigureAwait(false)).Select(PolicyJson.Write),
            ],
            Channels = await catalog.ListChannelsAsync(cancellationToken).ConfigureAwait(false),
            Alerts = await catalog.ListAlertsAsync(now - s_alerts, cancellationToken).ConfigureAwait(false),
        };
    }
}

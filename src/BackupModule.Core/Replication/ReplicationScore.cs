using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace BackupModule.Core.Replication;

/// <summary>
/// 3-2-1-1-0: three copies, on two media, one of them off-site, one offline or immutable, no errors. Only events count,
/// with their dates; what is merely configured does not.
/// </summary>
/// <param name="Points">The five demands, in this order.</param>
public sealed record ReplicationScore(IReadOnlyList<ReplicationPoint> Points)
{
    private const string LiveMedium = "Local";

    private static readonly TimeSpan s_recent = TimeSpan.FromDays(35);

    /// <summary>How many of the demands are met.</summary>
    public int Met => Points.Count(static point => point.IsMet);

    /// <inheritdoc/>
    public override string ToString() => $"3-2-1-1-0: {Met} of {Points.Count}";

    /// <summary>Judges repositories that hold the same backups.</summary>
    /// <param name="source">The one that backups are made into.</param>
    /// <param name="copies">The others.</param>
    /// <param name="now">The present moment.</param>
    public static ReplicationScore Of(ReplicaFacts source, IReadOnlyList<ReplicaFacts> copies, DateTimeOffset now)
    {
        List<ReplicaFacts> all = [source, .. copies];
        DateTimeOffset? newest = ReplicaFacts.NewestOf(all);
        List<ReplicaFacts> current = all.FindAll(
            replica => newest - replica.NewestBackup <= replica.LagLimit);

        // An array, which PowerShell can index.
        ReplicationPoint[] points =
        [
            JudgeCopies(source, copies, current),
            JudgeMedia(source, current),
            JudgePlaces(source, copies, current),
            JudgeOffline(source, copies, current, now),
            JudgeErrors(all, now),
        ];
        return new ReplicationScore(points);
    }

    private static ReplicationPoint JudgeCopies(
        ReplicaFacts source, IReadOnlyList<ReplicaFacts> copies, List<ReplicaFacts> current)
    {
        const string Name = "3 copies";
        string fact = current.Count == 0
            ? "only the live data is known of."
            : $"the live data, {string.Join(", ", current.Select(DescribeBackup))}.";
        ReplicaFacts? behind = copies.FirstOrDefault(copy => !current.Contains(copy));
        return current.Count >= 2
            ? new ReplicationPoint(Name, true, fact, SecondNewest(current), null)
            : new ReplicationPoint(
                Name,
                false,
                fact,
                null,
                !current.Contains(source) ? $"Back up into {source.Name} with Invoke-Backup."
                : behind is null ? $"Make a copy with New-BackupRepository -CopyOf {source.Name}, and sync it."
                : SyncStep(source, behind));
    }

    private static ReplicationPoint JudgeMedia(ReplicaFacts source, List<ReplicaFacts> current)
    {
        const string Name = "2 media";
        List<string> media = [.. current.Select(static replica => replica.Medium).Append(LiveMedium).Distinct()];
        string fact = $"{string.Join(", ", media)}.";
        return media.Count >= 2
            ? new ReplicationPoint(
                Name,
                true,
                fact,
                current.Where(static replica => replica.Medium != LiveMedium)
                    .Max(static replica => replica.NewestBackupSeen),
                null)
            : new ReplicationPoint(
                Name,
                false,
                fact,
                null,
                $"Sync {source.Name} into a bucket, or into an archive on a removable disk (-Role Archive).");
    }

    private static ReplicationPoint JudgePlaces(
        ReplicaFacts source, IReadOnlyList<ReplicaFacts> copies, List<ReplicaFacts> current)
    {
        const string Name = "1 off-site";
        if (source.Place is not { } here)
        {
            return new ReplicationPoint(
                Name,
                false,
                $"the place of {source.Name} is not known.",
                null,
                $"Say it with Set-BackupRepository -Name {source.Name} -Place.");
        }

        ReplicaFacts? away = current.Find(replica => IsElsewhere(replica, here));
        ReplicaFacts? behind = copies.FirstOrDefault(copy => IsElsewhere(copy, here));
        return away is not null
            ? new ReplicationPoint(Name, true, $"{DescribeBackup(away)} in {away.Place}.", away.NewestBackupSeen, null)
            : new ReplicationPoint(
                Name,
                false,
                $"no copy outside {here} is up to date.",
                null,
                behind is not null
                    ? SyncStep(source, behind)
                    : $"Make one with New-BackupRepository -CopyOf {source.Name} -Place, and sync it.");
    }

    private static ReplicationPoint JudgeOffline(
        ReplicaFacts source, IReadOnlyList<ReplicaFacts> copies, List<ReplicaFacts> current, DateTimeOffset now)
    {
        const string Name = "1 offline or immutable";
        if (current.Find(replica => IsOffline(replica)) is { } offline)
        {
            return new ReplicationPoint(
                Name, true, $"{DescribeBackup(offline)} is not connected.", offline.NewestBackupSeen, null);
        }

        if (current.Find(replica => HasPassed(replica, RepositoryFactKind.TamperTested, now)) is { } immutable)
        {
            DateTimeOffset tested = immutable.Last(RepositoryFactKind.TamperTested)!.At;
            return new ReplicationPoint(Name, true, $"{immutable.Name} refused tampering on {Day(tested)}.", tested, null);
        }

        ReplicaFacts? archive = copies.FirstOrDefault(static copy => copy.Role == RepositoryRole.Archive);
        return new ReplicationPoint(
            Name,
            false,
            archive is { IsConnected: true } && current.Contains(archive)
                ? $"{archive.Name} is connected."
                : "no archive that is up to date is offline, and no copy has proved that it refuses tampering.",
            null,
            archive is null ? $"Sync {source.Name} into an archive on a removable disk (-Role Archive)."
                : current.Contains(archive) ? "Disconnect its disk."
                : SyncStep(source, archive));
    }

    private static ReplicationPoint JudgeErrors(List<ReplicaFacts> all, DateTimeOffset now)
    {
        const string Name = "0 errors";
        ReplicaFacts? bad = all.Find(replica => !HasPassed(replica, RepositoryFactKind.Verified, now));
        if (bad is not null)
        {
            string state = bad.Last(RepositoryFactKind.Verified) switch
            {
                null => "was never checked from here.",
                { Passed: false } failed => $"had errors on {Day(failed.At)}.",
                { } old => $"was last checked on {Day(old.At)}.",
            };
            return new ReplicationPoint(
                Name, false, $"{bad.Name} {state}", null, $"Run Test-BackupRepository -Name {bad.Name}.");
        }

        ReplicaFacts? partial = all.Find(
            static replica => replica.Last(RepositoryFactKind.Synced) is { Passed: false });
        return partial is not null
            ? new ReplicationPoint(
                Name,
                false,
                $"the last sync of {partial.Name} left backups out.",
                null,
                "Check the source with Test-BackupRepository -ReadData.")
            : new ReplicationPoint(
                Name,
                true,
                $"{string.Join(", ", all.Select(static replica =>
                    $"{replica.Name} was sound on {Day(replica.Last(RepositoryFactKind.Verified)!.At)}"))}.",
                all.Min(static replica => replica.Last(RepositoryFactKind.Verified)?.At),
                null);
    }

    private static bool IsElsewhere(ReplicaFacts replica, string here) =>
        replica.Place is { } place && !place.Equals(here, StringComparison.OrdinalIgnoreCase);

    private static bool IsOffline(ReplicaFacts replica) =>
        replica is { Role: RepositoryRole.Archive, IsConnected: false }
        && replica.Last(RepositoryFactKind.Synced) is not null;

    // What is away for weeks cannot be checked more often than it comes.
    private static bool HasPassed(ReplicaFacts replica, RepositoryFactKind kind, DateTimeOffset now) =>
        replica.Last(kind) is { Passed: true } fact
        && now - fact.At <= (replica.LagLimit > s_recent ? replica.LagLimit : s_recent);

    private static string SyncStep(ReplicaFacts source, ReplicaFacts copy) =>
        $"Run Sync-BackupRepository -Name {source.Name} -Destination {copy.Name}.";

    private static string DescribeBackup(ReplicaFacts replica) => $"{replica.Name} (backup of {Day(replica.NewestBackup)})";

    // With the live data, two repositories are enough.
    private static DateTimeOffset? SecondNewest(List<ReplicaFacts> current) =>
        current.Select(static replica => replica.NewestBackupSeen).OrderDescending().ElementAtOrDefault(1);

    private static string Day(DateTimeOffset? date) =>
        date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "unknown";
}

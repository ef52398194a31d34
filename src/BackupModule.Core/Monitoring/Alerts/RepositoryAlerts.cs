using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Monitoring.Facts;
using BackupModule.Core.Monitoring.Statistics;
using BackupModule.Core.Monitoring.Standing;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Finds what is wrong with one repository.</summary>
internal sealed class RepositoryAlerts(RepositoryWatch repository, WatchFacts facts)
{
    private const double LowShare = 0.10;
    private const double LowestShare = 0.03;
    private const double LowDays = 7;
    private const double LowestDays = 2;
    private const double AmpleDays = 30;

    // An alert that is open stays until there is this much more room than would have opened it.
    private const double Hysteresis = 1.2;

    private readonly DateTimeOffset _now = facts.Now;
    private readonly AlertKey _storageKey = new(AlertKind.StorageLow, null, repository.Name);

    /// <summary>The conditions that hold.</summary>
    public IEnumerable<AlertCondition> Find() =>
        new[] { FindStorageLow(), FindDamage() }.OfType<AlertCondition>();

    /// <summary>The keys of what cannot be told.</summary>
    public IEnumerable<AlertKey> FindUndecided() => repository.Space is null ? [_storageKey] : [];

    private AlertCondition? FindDamage()
    {
        RepositoryProof proof = RepositoryProof.Of(repository, facts);
        return proof.Damage is { } damage
            ? Make(
                AlertKind.VerificationFailed,
                AlertSeverity.Critical,
                $"The check of '{repository.Name}' of {AlertText.Ago(damage.At, _now)} found damage."
                    + (damage.Run?.Message is { } message ? $" {AlertText.Sentence(message)}" : string.Empty),
                damage.Run?.Guidance ?? $"See what it affects with Test-BackupRepository -Name {repository.Name} "
                    + $"-ReadData; repair it with Repair-BackupRepository -Name {repository.Name}, from a copy where there "
                    + "is one; then check again.")
            : null;
    }

    private AlertCondition? FindStorageLow()
    {
        if (repository.Space is not { } space)
        {
            return null;
        }

        StorageGrowth? growth = StorageGrowth.Of(repository.Runs, _now);
        double? days = growth is { BytesPerDay: > 0 } ? space.FreeBytes / growth.BytesPerDay : null;
        double factor = facts.OpenAlerts.Any(alert => AlertKey.Of(alert) == _storageKey) ? Hysteresis : 1;
        AlertSeverity? severity =
            space.FreeShare < LowestShare || days < LowestDays ? AlertSeverity.Critical
            : days < LowDays * factor || (space.FreeShare < LowShare * factor && !(days >= AmpleDays))
                ? AlertSeverity.Warning
                : null;
        return severity is { } found
            ? Make(
                AlertKind.StorageLow,
                found,
                $"The volume of '{repository.Name}' has {HumanUnits.Size(space.FreeBytes)} of "
                    + $"{HumanUnits.Size(space.TotalBytes)} free ({AlertText.Percent(space.FreeShare)})"
                    + (growth?.FullAt(_now, space.FreeBytes) is { } full
                        ? $"; at {HumanUnits.Size(growth.BytesPerDay)} a day it is full on "
                            + $"{AlertText.Moment(full, _now)[..10]}."
                        : "."),
                $"Free space (Invoke-BackupRetention, then Optimize-BackupRepository -Name {repository.Name}), or give the "
                    + "volume more.")
            : null;
    }

    private AlertCondition Make(AlertKind kind, AlertSeverity severity, string message, string guidance) => new()
    {
        Kind = kind,
        Severity = severity,
        Subject = repository.Name,
        Message = message,
        Guidance = guidance,
    };
}

using System;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs;
using BackupModule.Core.Jobs.Telling;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Sources;

namespace BackupModule.Cmdlets;

/// <summary>What runs policies' jobs for a cmdlet.</summary>
internal sealed class JobEngine(
    ICatalog catalog, IRepositoryAccess repositories, SecretResolver secrets, TimeProvider clock)
{
    private readonly ISourceFileSystem _source = SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false);

    /// <summary>Tells people of runs and alerts.</summary>
    public RunTeller Teller(IBackupObserver observer) =>
        new(catalog, new NotificationDispatcher(secrets, clock), clock, observer);

    /// <summary>Runs one job that somebody asked for.</summary>
    public PolicyRunner PolicyRunner(IBackupObserver observer) =>
        new(catalog, JobRunner(Teller(observer)), _source, clock);

    /// <summary>Runs what is due.</summary>
    public ScheduleRunner ScheduleRunner(RunTeller teller, IBackupObserver observer) =>
        new(catalog, JobRunner(teller), clock, observer);

    private JobRunner JobRunner(RunTeller teller) => new(catalog, repositories, _source, secrets, teller, clock);
}

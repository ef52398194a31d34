using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Jobs;
using BackupModule.Core.Jobs.Telling;
using BackupModule.Core.Monitoring.Notifications;
using BackupModule.Core.Policies;
using BackupModule.Core.Repositories;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Tests.Jobs;

/// <summary>A machine with a catalog, registered repositories, and an application to back up.</summary>
internal sealed class JobWorld : IDisposable, IRepositoryAccess
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Repository> _repositories = new(StringComparer.OrdinalIgnoreCase);

    public JobWorld() => Catalog = new SqliteCatalog(_folder["home/catalog.db"]);

    public SqliteCatalog Catalog { get; private set; }

    public RecordingObserver Observer { get; } = new();

    public string this[string path] => _folder[path];

    /// <summary>What has been said in words.</summary>
    public RunTeller Teller => new(
        Catalog, new NotificationDispatcher(new SecretResolver(), TimeProvider.System), TimeProvider.System, Observer);

    public JobRunner Runner => RunnerWith(Teller);

    public JobRunner RunnerWith(RunTeller teller) => new(
        Catalog,
        this,
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
        new SecretResolver(),
        teller,
        TimeProvider.System);

    /// <summary>Makes a repository, which cuts files as the first one does, and registers it.</summary>
    public async Task<Repository> CreateRepositoryAsync(string name)
    {
        Repository repository = await Repository.CreateAsync(
            new LocalObjectStore(_folder[name]),
            RepositoryFixture.PasswordBytes,
            _repositories.Values.FirstOrDefault()?.Config.Polynomial,
            new RepositoryOptions(),
            TimeProvider.System,
            CancellationToken.None);
        await RegisterAsync(name, repository);
        return repository;
    }

    /// <summary>Has the machine lose its catalog, and start anew with one that knows one repository.</summary>
    public async Task LoseCatalogAsync(string registered)
    {
        Catalog = new SqliteCatalog(_folder[$"home-{Guid.NewGuid():n}/catalog.db"]);
        await RegisterAsync(registered, _repositories[registered]);
    }

    public string Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], content);
        return _folder[path];
    }

    public async Task<EffectivePolicy> AddPolicyAsync(string name, PolicySettings settings, TimeSpan age = default)
    {
        BackupPolicy policy = new() { Name = name, Settings = settings, ChangedAt = TimeProvider.System.GetLocalNow() - age };
        await Catalog.AddPolicyAsync(policy, CancellationToken.None);
        return new PolicyResolver([policy]).Resolve(policy);
    }

    public Task<JobResult> RunAsync(EffectivePolicy policy, JobKind job = JobKind.Backup, BackupKind kind = BackupKind.Manual) =>
        Runner.RunAsync(JobRequest.Manual(policy, job, kind), Observer, CancellationToken.None);

    public async Task<OpenRepository> OpenAsync(
        string name, string? passwordReference, int? compressionLevel, CancellationToken cancellationToken) => new(
            (await Catalog.FindRepositoryAsync(name, cancellationToken))!,
            await Repository.OpenAsync(
                new LocalObjectStore(_folder[name]), RepositoryFixture.PasswordBytes, new RepositoryOptions(), cancellationToken));

    public void Dispose() => _folder.Dispose();

    private Task RegisterAsync(string name, Repository repository)
    {
        _repositories[name] = repository;
        return Catalog.AddRepositoryAsync(
            new RegisteredRepository
            {
                Name = name,
                Location = _folder[name],
                RepositoryId = repository.Config.Id.ToString(),
                RegisteredAt = TimeProvider.System.GetLocalNow(),
            },
            CancellationToken.None);
    }
}

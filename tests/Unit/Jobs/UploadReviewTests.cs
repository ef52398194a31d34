using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Agreement;
using BackupModule.Core.Jobs;
using BackupModule.Core.Repositories;
using BackupModule.Core.Sources;
using BackupModule.Core.Sources.Generated;
using BackupModule.Core.Sources.Streams;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class UploadReviewTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Uploads_that_a_backup_lacks_and_files_that_nobody_names_are_reported()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("up/here.jpg", [1]);
        _fixture.Write("up/orphan.jpg", [2]);
        _fixture.Write("code/index.php", [3]);

        await ReviewAsync(repository, "here.jpg\0lost.jpg\0");

        Assert.Collection(
            _fixture.Observer.Warnings,
            warning => Assert.Equal(
                $"The database source 'main' names 1 of 2 uploads that are not in the backup: {_fixture.SourcePath}/up/lost.jpg", warning),
            warning => Assert.Equal(
                $"The backup has 1 files in '{_fixture.SourcePath}/up' that the database source 'main' does not name: "
                + $"{_fixture.SourcePath}/up/orphan.jpg",
                warning));
    }

    [Fact]
    public async Task What_agrees_is_no_warning_and_a_list_that_cannot_be_read_is_one()
    {
        Repository repository = await _fixture.CreateAsync();
        _fixture.Write("up/here.jpg", [1]);

        await ReviewAsync(repository, "here.jpg\0");
        Assert.Empty(_fixture.Observer.Warnings);
        Assert.Contains(_fixture.Observer.Decisions, decision => decision.StartsWith("All 1 uploads", StringComparison.Ordinal));

        await ReviewAsync(repository, "here.jpg\0half");
        Assert.Contains("could not be compared", Assert.Single(_fixture.Observer.Warnings), StringComparison.Ordinal);
    }

    private async Task ReviewAsync(Repository repository, string list)
    {
        DatabaseDefinition database = new()
        {
            Name = "main",
            Engine = DatabaseEngine.PostgreSql,
            ConnectionString = "Host=db",
            UploadQuery = "SELECT path FROM uploads",
            UploadRoot = _fixture.SourcePath + "/up",
        };
        DatabaseFacts facts = new()
        {
            Name = "main",
            Engine = DatabaseEngine.PostgreSql,
            Mode = DatabaseMode.Logical,
            ServerVersion = "15.1",
            Uploads = new UploadFacts(2),
        };
        BackupResult backup = await new BackupRunner(
                repository,
                SourceFileSystems.ForThisMachine(TimeZoneInfo.Local, recordAccessTime: false),
                TimeProvider.System,
                _fixture.Observer)
            .RunAsync(
                new BackupOptions
                {
                    Paths = [_fixture.SourcePath],
                    Generated = [new GeneratedFile("manifest.json", new byte[] { 1 })],
                    Streams = [new ListFolder(list)],
                },
                CancellationToken.None);
        await new UploadReview(repository, _fixture.Observer).RunAsync(
            backup.Snapshot, [database, database with { Name = "unasked" }], [facts], CancellationToken.None);
    }

    private sealed class ListFolder(string list) : IStreamedFolder
    {
        public string Path => DatabasePaths.Of("main");

        public async Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken)
        {
            await using System.IO.Stream file = writer.OpenFile(new StreamedEntry(UploadList.FileName), ContentCut.ByContent);
            await file.WriteAsync(Encoding.UTF8.GetBytes(list), cancellationToken);
        }
    }
}

using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.LogStreams;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories;
using BackupModule.Core.Sources;
using BackupModule.Core.Storage.Local;
using BackupModule.Tests.Storage;
using Xunit;

namespace BackupModule.Tests.Jobs.LogStreams;

/// <summary>Pieces of a log become backups of it, whenever they are due, and go whatever happens in between.</summary>
public sealed class LogArchiverTests : IDisposable
{
    private const string SourceId = "7313313313313313313";
    private const string First = "000000010000000000000001";
    private const string Second = "000000010000000000000002";
    private const string Open = "000000010000000000000003";

    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private static readonly DatabaseDefinition s_database = new()
    {
        Name = "main",
        Engine = DatabaseEngine.PostgreSql,
        Mode = DatabaseMode.Physical,
        ConnectionString = "Host=127.0.0.1",
    };

    private readonly RepositoryFixture _fixture = new();
    private readonly TestTime _time = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Pieces_that_a_stream_left_behind_when_it_was_killed_in_their_removal_go_with_the_next_one()
    {
        FaultyStore store = new(new LocalObjectStore(_fixture.RepositoryPath));
        Repository repository = await _fixture.CreateAsync(store);
        LogStore pieces = await StorePiecesAsync(repository);
        store.On(StoreCall.Delete, "backupmodule/logs/").After(1).Throw();
        await Assert.ThrowsAsync<BackupException>(() => ArchiveAsync(repository, TimeSpan.Zero));
        store.Heal();
        Assert.Equal(4, (await pieces.ListAsync(CancellationToken.None)).Count);

        int removed = await Archiver(repository).RemoveTakenAsync(s_database, SourceId, CancellationToken.None);

        Assert.Equal(3, removed);
        Assert.Equal(Open, Assert.Single(await pieces.ListAsync(CancellationToken.None)).File);
        Assert.False(await ArchiveAsync(repository, TimeSpan.Zero));
        DatabaseHistory history = await DatabaseHistory
            .ReadAsync(repository, "shop", _fixture.Observer, CancellationToken.None);
        Assert.Equal([First, Second], Assert.Single(history.LogsOf("main", SourceId)).Facts.Files.Select(static file => file.Name));
    }

    [Fact]
    public async Task Pieces_that_no_backup_holds_stay()
    {
        Repository repository = await _fixture.CreateAsync();
        LogStore pieces = await StorePiecesAsync(repository);

        Assert.Equal(0, await Archiver(repository).RemoveTakenAsync(s_database, SourceId, CancellationToken.None));

        Assert.Equal(5, (await pieces.ListAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Of_marks_at_one_place_only_the_last_one_stays()
    {
        Repository repository = await _fixture.CreateAsync();
        LogStore pieces = await StorePiecesAsync(repository);
        DateTimeOffset start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
        foreach ((long offset, int minute) in ((long, int)[])[(100, 5), (100, 4), (100, 6), (0, 5)])
        {
            await pieces.PutAsync(
                new LogPiece(Open, offset, 0, start.AddMinutes(minute)), Array.Empty<byte>(), CancellationToken.None);
        }

        Assert.Equal(2, await Archiver(repository).RemoveTakenAsync(s_database, SourceId, CancellationToken.None));

        LogPiece[] marks = [.. (await pieces.ListAsync(CancellationToken.None)).Where(static piece => piece.Length == 0)];
        Assert.Equal([(0, start.AddMinutes(5)), (100, start.AddMinutes(6))], marks.Select(static mark => (mark.Offset, mark.Until)));
    }

    [Fact]
    public async Task Files_are_due_an_hour_after_they_were_complete_however_often_the_stream_begins_anew()
    {
        Repository repository = await _fixture.CreateAsync();
        await StorePiecesAsync(repository);
        _time.Jump(TimeSpan.FromMinutes(50));
        Assert.False(await ArchiveAsync(repository, s_hour));

        _time.Jump(TimeSpan.FromMinutes(2));

        Assert.True(await ArchiveAsync(repository, s_hour));
    }

    // The first file in two pieces, complete nine minutes ago; the second one a minute later; a third one has begun.
    private async Task<LogStore> StorePiecesAsync(Repository repository)
    {
        DateTimeOffset start = _time.GetUtcNow().AddMinutes(-10);
        LogStore store = new(repository, "shop", "main", SourceId);
        foreach ((string file, long offset, int minute) in ((string, long, int)[])
            [(First, 0, 0), (First, 100, 1), (Second, 0, 1), (Second, 100, 2), (Open, 0, 3)])
        {
            await store.PutAsync(
                new LogPiece(file, offset, 100, start.AddMinutes(minute)), new byte[100], CancellationToken.None);
        }

        return store;
    }

    private async Task<bool> ArchiveAsync(Repository repository, TimeSpan maximumAge) => await Archiver(repository)
        .ArchiveAsync(s_database, SourceId, long.MaxValue, maximumAge, CancellationToken.None) is not null;

    private LogArchiver Archiver(Repository repository) => new(
        repository.OpenAfresh(),
        SourceFileSystems.ForThisMachine(TimeZoneInfo.Utc, recordAccessTime: false),
        "shop",
        _time,
        _fixture.Observer);
}

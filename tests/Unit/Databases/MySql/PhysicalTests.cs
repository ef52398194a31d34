using System;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Backup;
using BackupModule.Core.Chunking;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories;
using BackupModule.Core.Sources.Generated;
using BackupModule.Tests.Interop;
using Xunit;

namespace BackupModule.Tests.Databases.MySql;

public sealed class PhysicalTests
{
    [Fact]
    public async Task The_files_of_a_server_come_back_and_go_on_with_the_log()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.Execute(
            "CREATE DATABASE app; CREATE TABLE app.items (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50)); "
            + "CREATE TABLE app.old (n INT) ENGINE=MyISAM; INSERT INTO app.old VALUES (5); "
            + "USE app; INSERT INTO app.items (name) SELECT 'item' FROM seq_1_to_20000");
        DiskContent content = await fixture.BackUpAsync(fixture.Access(DatabaseMode.Physical));
        fixture.Server.Execute("INSERT INTO app.items (name) VALUES ('zz after')");
        await fixture.NextSecondAsync();
        DateTimeOffset before = fixture.Clock();
        await fixture.NextSecondAsync();
        fixture.Server.Execute("DELETE FROM app.items");
        content = content with { Logs = await fixture.CatchUpAsync(LogCoverage.Empty), LogFolder = fixture.LogFolder };

        DatabaseRestoreResult backup = await fixture.RestoreAsync(content, new() { Destination = fixture["backup"] });
        DatabaseRestoreResult time = await fixture.RestoreAsync(
            content, new() { Destination = fixture["time"], Target = new RecoveryTarget { Time = before } });

        Assert.Equal("20000", fixture.ReadRestored(backup, "SELECT count(*) FROM app.items"));
        Assert.Equal("5", fixture.ReadRestored(backup, "SELECT n FROM app.old"));
        Assert.Equal("20001", fixture.ReadRestored(time, "SELECT count(*) FROM app.items"));
        Assert.Contains(backup.Checks, static check => check is { Name: "CHECK TABLE", Passed: true });
        Assert.Equal(["Extract", "Prepare", "Start", "Check"], backup.Phases.Select(static phase => phase.Name));
        Assert.Contains(content.Cuts, static pair =>
            pair.Key is "app/items.ibd" or "app/items.new" && pair.Value == ContentCut.Blocks(32768));
        Assert.Equal(ContentCut.Blocks(32768), content.Cuts["ibdata1"]);
        Assert.Contains("ib_logfile0", content.Cuts.Keys);
    }

    [Fact]
    public async Task A_second_backup_stores_little_of_what_did_not_change()
    {
        Restic.Require();
        using MariaDbFixture fixture = new();
        using RepositoryFixture repositories = new();
        Repository repository = await repositories.CreateAsync();
        fixture.Server.Execute(
            "CREATE DATABASE app; CREATE TABLE app.items (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(200)); "
            + "USE app; INSERT INTO app.items (name) SELECT concat(md5(seq), md5(seq + 1), md5(seq + 2)) FROM seq_1_to_100000");
        BackupResult first = await BackUpAsync();
        fixture.Server.Execute("UPDATE app.items SET name = 'x' WHERE id BETWEEN 100 AND 200");
        BackupResult second = await BackUpAsync();

        Assert.InRange(second.Snapshot.Summary!.DataAdded, 1, first.Snapshot.Summary!.DataAdded / 4);
        await repositories.Restic.CheckAllAsync();

        async Task<BackupResult> BackUpAsync()
        {
            await using IDatabaseBackup backup = await fixture.Engine.BeginBackupAsync(
                fixture.Access(DatabaseMode.Physical), fixture.Observer, default);
            return await repositories.BackUpAsync(
                repository,
                new BackupOptions { Paths = [], Generated = [new GeneratedFile("about", "a test"u8.ToArray())], Streams = [backup] });
        }
    }

    [Fact]
    public async Task Rights_that_are_missing_are_said_with_their_grants()
    {
        using MariaDbFixture fixture = new();
        fixture.Server.CreateUser("bk", "b");
        DatabaseAccess access = fixture.Access(DatabaseMode.Physical, "bk", "b");

        BackupException refused = await Assert.ThrowsAsync<BackupException>(() => fixture.BackUpAsync(access));
        Assert.Equal(BackupErrorKind.DatabaseAccessDenied, refused.Kind);
        foreach (DatabaseFinding finding in (await fixture.Engine.TestAsync(access, default)).Where(
            static finding => finding.Check == "Privilege"))
        {
            fixture.Server.Execute(finding.Guidance!);
        }

        Assert.NotNull((await fixture.BackUpAsync(access)).Facts.MySql!.LogFile);
    }
}

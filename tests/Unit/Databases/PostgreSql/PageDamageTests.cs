using System;
using System.IO;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs;
using BackupModule.Core.Recovery;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>A page on the server's disk is damaged.</summary>
public sealed class PageDamageTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    [Fact]
    public async Task A_damaged_page_is_named_and_no_backup_is_made_of_it()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("CREATE TABLE t AS SELECT i AS id, repeat('x', 100) AS text FROM generate_series(1, 5000) i; CHECKPOINT");
        string file = server.Read<string>("SELECT pg_relation_filepath('t')");
        DatabaseFacts sound = await BackUpAsync();
        server.Stop();
        using (FileStream page = File.Open(Path.Join(server.DataFolder, file), FileMode.Open))
        {
            page.Position = (5 * 8192) + 4000;
            page.WriteByte((byte)'?');
        }

        server.Start();
        JobResult result = await world.Jobs.RunAsync(world.Policy);
        (DatabaseHistory history, _) = await world.HistoryAsync();

        Assert.True(sound.PostgreSql!.HasChecksums);
        Assert.InRange(sound.PostgreSql.PagesVerified, 1000, long.MaxValue);
        BackupException failure = Assert.IsType<BackupException>(result.Failure);
        Assert.Equal(BackupErrorKind.DatabaseBackupFailed, failure.Kind);
        Assert.Contains($"{file}, block 5", failure.Message, StringComparison.Ordinal);
        Assert.Single(history.BackupsOf("main"));

        async Task<DatabaseFacts> BackUpAsync()
        {
            await world.BackUpAsync();
            (DatabaseHistory first, _) = await world.HistoryAsync();
            return Assert.Single(first.BackupsOf("main")).Facts;
        }
    }
}

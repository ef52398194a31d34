using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Databases;
using BackupModule.Core.Diagnostics;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Databases.PostgreSql;

/// <summary>A server's files are restored where they were.</summary>
public sealed class InPlaceTests(PostgresCluster server) : IClassFixture<PostgresCluster>
{
    [Fact]
    public async Task A_stopped_server_comes_back_as_it_was_and_what_was_there_is_put_aside()
    {
        await using PointInTimeWorld world = new(server);
        await world.BeginAsync();
        server.Execute("CREATE TABLE t AS SELECT i AS id FROM generate_series(1, 500) i");
        await world.BackUpAsync();
        server.Execute("DELETE FROM t");

        BackupException running = await Assert.ThrowsAsync<BackupException>(
            () => world.RestoreAsync(RecoveryTarget.Backup, new DatabaseRestoreRequest { IsInPlace = true }));
        server.Stop();
        DatabaseRestoreResult result = await world.RestoreAsync(
            RecoveryTarget.Backup, new DatabaseRestoreRequest { IsInPlace = true });
        server.Start();

        Assert.Equal(BackupErrorKind.DatabaseUnsuitable, running.Kind);
        Assert.Equal(server.DataFolder, result.Path);
        Assert.Null(result.Port);
        Assert.Equal(500, server.Read<long>("SELECT count(*) FROM t"));
        Assert.Equal("on", server.Read<string>("SHOW archive_mode"));
        Assert.True(Directory.EnumerateFileSystemEntries(server.DataFolder + ".before-restore").Any());
    }
}

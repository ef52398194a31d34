using System;
using System.Threading.Tasks;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Scale.Generating;

/// <summary>Many snapshots of one empty folder, an hour apart, with the members that a backup writes.</summary>
internal static class SyntheticSnapshots
{
    private static readonly DateTimeOffset s_first = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task CreateAsync(Options options)
    {
        int count = options.Number("count", 10_000);
        Repository repository = await options.CreateRepositoryAsync();
        BlobWriter blobs = new(repository);
        ObjectId root = await blobs.RunAsync(writer => writer.WriteTreeAsync([]));
        await Parallel.ForAsync(0, count, async (hour, token) =>
            await repository.Files.SaveAsync(
                FileKind.Snapshot, Describe(FileTimestamp.FromDateTimeOffset(s_first.AddHours(hour)), root), token));
        Figures.Write("snapshots", ("snapshots", count));
    }

    private static byte[] Describe(FileTimestamp time, ObjectId root) => new Snapshot
    {
        Time = time,
        Parent = ObjectId.Random(),
        Tree = root,
        Paths = ["/srv/application/current", "/etc/application"],
        HostName = "server.example.org",
        UserName = "root",
        Tags = ["nightly"],
        ProgramVersion = "BackupModule",
        Summary = new SnapshotSummary { BackupStart = time, BackupEnd = time },
    }.Encode();
}

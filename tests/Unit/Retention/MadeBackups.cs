using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Tests.Retention;

/// <summary>Snapshots that are in no repository.</summary>
internal static class MadeBackups
{
    public static Snapshot At(string time, params string[] tags) =>
        At(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), tags);

    public static Snapshot At(DateTimeOffset time, params string[] tags)
    {
        Snapshot snapshot = new()
        {
            Time = FileTimestamp.FromDateTimeOffset(time),
            Tree = ObjectId.Hash("tree"u8),
            Paths = ["/srv"],
            HostName = "web1",
            Tags = tags.Length > 0 ? tags : null,
        };
        return snapshot with { Id = ObjectId.Hash(snapshot.Encode()) };
    }

    /// <summary>Backups at equal distances, the first at the start.</summary>
    public static IReadOnlyList<Snapshot> Series(string start, TimeSpan every, int count, params string[] tags)
    {
        DateTimeOffset first = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return [.. Enumerable.Range(0, count).Select(i => At(first + (every * i), tags))];
    }

    /// <summary>Gives a snapshot the id that its content has after it was changed.</summary>
    public static Snapshot WithOwnId(this Snapshot snapshot) =>
        snapshot with { Id = ObjectId.Hash(Encoding.UTF8.GetBytes(Convert.ToHexString(snapshot.Encode()))) };
}

using System;
using System.Collections.Generic;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Windows;

/// <summary>Turns what Windows says about a file into the node that restic would record for it.</summary>
/// <param name="zone">The zone that times are spelled in.</param>
/// <param name="recordAccessTime">False to record the modification time in the access time's place.</param>
internal sealed class WindowsNodeFactory(TimeZoneInfo zone, bool recordAccessTime)
{
    private const int NanosecondsPerTick = 100;

    // 1601-01-01 to 1970-01-01.
    private const long EpochSeconds = 11_644_473_600;

    /// <summary>Makes the node.</summary>
    public TreeNode Create(
        string name, FileFacts facts, string linkTarget, IReadOnlyList<KeyValuePair<string, string>> attributes)
    {
        FileTimestamp modified = Time(facts.WriteTime);
        return new TreeNode
        {
            Name = name,
            Type = facts.Type,
            Mode = facts.Mode,
            ModifiedTime = modified,
            AccessTime = recordAccessTime ? Time(facts.AccessTime) : modified,
            ChangeTime = modified,
            Size = facts.Type == NodeType.File ? facts.Size : 0,
            LinkTarget = linkTarget,
            GenericAttributes = attributes,
        };
    }

    private FileTimestamp Time(long fileTime)
    {
        (long seconds, long rest) = Math.DivRem(fileTime, TimeSpan.TicksPerSecond);
        return FileTimestamp.FromUnix(seconds - EpochSeconds, (int)rest * NanosecondsPerTick, zone);
    }
}

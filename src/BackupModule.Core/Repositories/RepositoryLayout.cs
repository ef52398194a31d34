using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories;

/// <summary>Where each file of a repository stands: restic's default layout.</summary>
public static class RepositoryLayout
{
    /// <summary>The key of the config file.</summary>
    public const string ConfigKey = "config";

    /// <summary>The folder of what is ours alone, which restic passes over.</summary>
    public const string OwnFolder = "backupmodule/";

    /// <summary>The key of the note that says where the repository is that took the place of one whose config was put
    /// aside.</summary>
    public const string SuccessorKey = OwnFolder + "replaced/by";

    /// <summary>The folders that a new repository has: one a kind, and 256 for packs by their first two digits.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        .. Enum.GetValues<FileKind>().Select(static kind => FolderOf(kind).TrimEnd('/')),
        .. Enumerable.Range(0, 256).Select(i => "data/" + i.ToString("x2", CultureInfo.InvariantCulture)),
    ];

    /// <summary>The folder of a kind, with <c>/</c> at its end.</summary>
    public static string FolderOf(FileKind kind) => kind switch
    {
        FileKind.Key => "keys/",
        FileKind.Pack => "data/",
        FileKind.Index => "index/",
        FileKind.Snapshot => "snapshots/",
        FileKind.Lock => "locks/",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The store key of a file.</summary>
    public static string KeyOf(FileKind kind, ObjectId id)
    {
        string name = id.ToString();
        return kind == FileKind.Pack ? $"data/{name.AsSpan(0, 2)}/{name}" : FolderOf(kind) + name;
    }
}

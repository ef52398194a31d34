using System;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases;

/// <summary>A backup of a database in the making.</summary>
public interface IDatabaseBackup : IStreamedFolder, IAsyncDisposable
{
    /// <summary>What the backup's manifest says of the database; valid when <see cref="IStreamedFolder.StreamAsync"/> has
    /// returned.</summary>
    DatabaseFacts Facts { get; }
}

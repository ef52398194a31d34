using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Sources.Streams;

namespace BackupModule.Core.Databases;

/// <summary>What the repository has of a policy's databases from before, for backups that build on it. Asked while a backup is
/// streamed, when nobody can remove anything from the repository.</summary>
public interface IEarlierBackups
{
    /// <summary>The newest backup of a source; null where there is none that can be read.</summary>
    /// <param name="databaseName">The source's name in the policy.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<EarlierBackup?> FindAsync(string databaseName, CancellationToken cancellationToken);
}

/// <summary>An earlier backup of a database source.</summary>
/// <param name="Facts">What its manifest says of the database.</param>
/// <param name="Files">The files directly in the database's folder that the repository has whole, by name: for
/// <see cref="IFolderWriter.TryAddStored"/>.</param>
public sealed record EarlierBackup(DatabaseFacts Facts, IReadOnlyDictionary<string, StoredContent> Files);

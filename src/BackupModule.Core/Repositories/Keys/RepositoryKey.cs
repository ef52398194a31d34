using BackupModule.Core.Encryption.Keys;
using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories.Keys;

/// <summary>A key of a repository, as a listing shows it.</summary>
/// <param name="Id">The key file's id.</param>
/// <param name="File">What the file says; no secret is readable in it.</param>
/// <param name="IsCurrent">True for the key that the repository was opened with.</param>
public sealed record RepositoryKey(ObjectId Id, KeyFile File, bool IsCurrent);

using BackupModule.Core.Hashing;

namespace BackupModule.Core.Repositories;

/// <summary>A file of the repository, as a listing shows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Size">Its length in bytes.</param>
public sealed record StoredFile(ObjectId Id, long Size);

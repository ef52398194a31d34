namespace BackupModule.Core.Diagnostics;

/// <summary>Tells content that is lost from content that could not be reached just now.</summary>
internal static class ContentLoss
{
    /// <summary>True if what was to be read is damaged or gone for certain. Any other failure says nothing of it, and
    /// nothing may be given up because of it.</summary>
    public static bool IsLoss(this BackupException failure) => failure.Kind is BackupErrorKind.TreeDamaged
        or BackupErrorKind.ChunkDamaged or BackupErrorKind.ChunkMissing or BackupErrorKind.PackMissing
        or BackupErrorKind.PackDamaged;

    /// <summary>True if the store may give the same bytes another time, or to another user: no proof of loss.</summary>
    public static bool MayPass(this BackupException failure) =>
        failure.IsTransient || failure.Kind == BackupErrorKind.AccessDenied;
}

using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scanning;

/// <summary>Takes what a scan finds: one call after the other, depth first and in byte order of names, not always on the
/// same thread. May answer from any thread.</summary>
public interface IScanVisitor
{
    /// <summary>A regular file. Its place in the directory must be answered, now or later.</summary>
    ValueTask OnFileAsync(ScannedFile file, CancellationToken cancellationToken);

    /// <summary>A directory whose places are all answered. Unless it is the root, its own place in its parent must be
    /// answered, and if that completes the parent, the parent is handled in the same way.</summary>
    ValueTask OnDirectoryCompleteAsync(DirectoryScan directory, CancellationToken cancellationToken);
}

using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Hashing;
using BackupModule.Core.Indexing;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Restore;

/// <summary>How much of a file the repository has.</summary>
internal sealed class ContentSizes(BlobIndex blobs)
{
    /// <summary>Bytes in the file, without the chunks that the backup lost.</summary>
    public long Of(TreeNode file) => file.Content!.Sum(LengthOf);

    /// <summary>Bytes in some chunks of the file, without those that the backup lost.</summary>
    /// <param name="file">The file.</param>
    /// <param name="chunks">The chunks' numbers; null for all.</param>
    public long Of(TreeNode file, IReadOnlyList<int>? chunks) =>
        chunks?.Sum(number => LengthOf(file.Content![number])) ?? Of(file);

    private long LengthOf(ObjectId id) =>
        blobs.TryFind(new BlobKey(BlobType.Data, id), out BlobLocation location) ? location.Entry.PlainLength : 0;
}

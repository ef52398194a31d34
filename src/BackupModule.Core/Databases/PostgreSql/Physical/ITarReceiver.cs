using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>Takes the entries of a tar archive, in their order.</summary>
internal interface ITarReceiver
{
    /// <summary>A folder.</summary>
    void OnFolder(TarEntry entry);

    /// <summary>A symbolic link.</summary>
    void OnLink(TarEntry entry);

    /// <summary>A file, whose content follows.</summary>
    void OnFile(TarEntry entry);

    /// <summary>The next bytes of the file.</summary>
    ValueTask OnContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The file is whole.</summary>
    void OnFileEnd();
}

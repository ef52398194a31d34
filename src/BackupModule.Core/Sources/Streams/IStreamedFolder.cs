using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Sources.Streams;

/// <summary>A folder of a backup that is on no disk: whoever has its content sends it, file after file, once.</summary>
public interface IStreamedFolder
{
    /// <summary>Its path in the backup, below <see cref="Generated.GeneratedFile.Top"/>.</summary>
    string Path { get; }

    /// <summary>Sends everything. Only when this has returned is the content whole; a failure means that the folder, and the
    /// backup, does not come to be.</summary>
    /// <exception cref="Diagnostics.BackupException">The content could not be had whole.</exception>
    Task StreamAsync(IFolderWriter writer, CancellationToken cancellationToken);
}

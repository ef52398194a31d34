using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage;

/// <summary>Ranges without bytes, which no HTTP request can ask for.</summary>
internal static class EmptyRange
{
    /// <summary>Reads no bytes at an offset: the object must be there and reach that far.</summary>
    /// <exception cref="BackupException">The object is missing or ends before the offset.</exception>
    public static async Task ReadAsync(
        IObjectStore store, string key, long offset, CancellationToken cancellationToken)
    {
        long size = await store.GetSizeAsync(key, cancellationToken).ConfigureAwait(false)
            ?? throw ObjectErrors.Missing(key, store.Location);
        if (offset > size)
        {
            throw ObjectErrors.TooShort(key, store.Location, offset, 0);
        }
    }
}

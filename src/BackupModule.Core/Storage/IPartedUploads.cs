using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage;

/// <summary>Puts of objects that are not in memory whole. An object is shown when it is complete, and not before. Failures are
/// those of <see cref="IObjectStore"/>.</summary>
public interface IPartedUploads
{
    /// <summary>Begins an upload.</summary>
    /// <returns>What the store calls it.</returns>
    Task<string> BeginAsync(string key, CancellationToken cancellationToken);

    /// <summary>Sends a part. One that was sent before under the number is replaced.</summary>
    /// <param name="key">The object.</param>
    /// <param name="upload">The upload.</param>
    /// <param name="number">The part's number, from 1 to 10,000.</param>
    /// <param name="content">The part; all but the last have 5 MiB at least.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What the store calls the part's content.</returns>
    Task<string> PutPartAsync(
        string key, string upload, int number, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes an object of the parts.</summary>
    /// <param name="key">The object.</param>
    /// <param name="upload">The upload.</param>
    /// <param name="parts">What the store calls the parts' contents, in order.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task CompleteAsync(string key, string upload, IReadOnlyList<string> parts, CancellationToken cancellationToken);

    /// <summary>Gives an upload up, and frees what its parts take. One that is not there is no error.</summary>
    Task AbortAsync(string key, string upload, CancellationToken cancellationToken);
}

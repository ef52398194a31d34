using System;
using System.IO;
using System.Runtime.InteropServices;

namespace BackupModule.Core.Storage;

/// <summary>Content in memory as a stream, for clients that want one.</summary>
internal static class ContentStream
{
    /// <summary>A stream over the content itself where it is an array's, over a copy where it is not.</summary>
    public static MemoryStream Over(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}

using System;
using System.IO;
using System.Text.Json.Nodes;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>A resumable upload under way. It is named with the terms of its start.</summary>
internal sealed class FakeGcsUpload(FakeGcsRequest start, JsonObject metadata) : IDisposable
{
    private const int Unit = 256 * 1024;

    private readonly MemoryStream _kept = new();

    public FakeGcsRequest Start => start;

    public JsonObject Metadata => metadata;

    /// <summary>The object, once it is whole.</summary>
    public FakeGcsObject? Finished { get; set; }

    public long Kept => _kept.Length;

    public byte[] Content => _kept.ToArray();

    /// <summary>Keeps what of a chunk is not kept yet: all of the last one, of others whole units.</summary>
    /// <returns>False if bytes before it are missing.</returns>
    public bool Keep(long offset, ReadOnlySpan<byte> chunk, long total)
    {
        if (offset > Kept)
        {
            return false;
        }

        long end = offset + chunk.Length;
        end = end == total ? end : end / Unit * Unit;
        if (end > Kept)
        {
            _kept.Write(chunk[(int)(Kept - offset)..(int)(end - offset)]);
        }

        return true;
    }

    public void Dispose() => _kept.Dispose();
}

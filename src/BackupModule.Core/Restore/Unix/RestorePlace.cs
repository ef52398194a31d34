using System;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Restore.Unix;

/// <summary>Where an entry is: its directory, open, and its name in it as bytes. Pin it with <c>fixed</c>.</summary>
internal ref struct RestorePlace
{
    private DirectoryLease _directory;
    private PathBytes _name;

    /// <summary>Takes over the lease.</summary>
    /// <param name="directory">The open directory.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="buffer">Of <see cref="PathBytes.StackSize"/>.</param>
    public RestorePlace(DirectoryLease directory, ReadOnlySpan<char> name, Span<byte> buffer)
    {
        _directory = directory;
        _name = new PathBytes(name, buffer);
    }

    /// <summary>The directory's descriptor.</summary>
    public readonly int Directory => _directory.Descriptor;

    /// <summary>The name with the zero byte that ends it.</summary>
    public readonly ReadOnlySpan<byte> Name => _name.Bytes;

    /// <summary>The name's first byte.</summary>
    public readonly ref byte GetPinnableReference() => ref _name.GetPinnableReference();

    /// <summary>Ends the lease.</summary>
    public void Dispose()
    {
        _name.Dispose();
        _directory.Dispose();
    }
}

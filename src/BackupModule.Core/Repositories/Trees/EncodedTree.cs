using System;

namespace BackupModule.Core.Repositories.Trees;

/// <summary>A directory's JSON in pooled memory. Whoever encoded it owns it, and disposes it when nothing reads it any
/// more.</summary>
public sealed class EncodedTree : IDisposable
{
    private readonly Utf8Builder _text;

    internal EncodedTree(Utf8Builder text) => _text = text;

    /// <summary>The JSON; empty after disposal.</summary>
    public ReadOnlyMemory<byte> Json => _text.Written;

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();
}

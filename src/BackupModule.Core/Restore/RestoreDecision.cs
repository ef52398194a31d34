using System;

namespace BackupModule.Core.Restore;

/// <summary>What a restore does with one entry of the backup, without the entry: a byte.</summary>
internal readonly record struct RestoreDecision
{
    private const int ActionBits = 0x07;

    private readonly Bits _bits;

    /// <summary>The decision in a planned item.</summary>
    public RestoreDecision(RestoreItem item) =>
        _bits = (Bits)(item.Action + 1)
            | (item.ReplacesOther ? Bits.ReplacesOther : 0)
            | (item.ReplacesFile ? Bits.ReplacesFile : 0)
            | (item.SetsMetadata ? Bits.SetsMetadata : 0);

    private RestoreDecision(Bits bits) => _bits = bits;

    [Flags]
    private enum Bits : byte
    {
        ReplacesOther = 0x08,
        ReplacesFile = 0x10,
        SetsMetadata = 0x20,
        Enters = 0x40,
    }

    /// <summary>What is done; null for an entry that is no part of the restore.</summary>
    public RestoreAction? Action => ((int)_bits & ActionBits) == 0 ? null : (RestoreAction)(((int)_bits & ActionBits) - 1);

    /// <summary>As <see cref="RestoreItem.ReplacesOther"/>.</summary>
    public bool ReplacesOther => _bits.HasFlag(Bits.ReplacesOther);

    /// <summary>As <see cref="RestoreItem.ReplacesFile"/>.</summary>
    public bool ReplacesFile => _bits.HasFlag(Bits.ReplacesFile);

    /// <summary>As <see cref="RestoreItem.SetsMetadata"/>.</summary>
    public bool SetsMetadata => _bits.HasFlag(Bits.SetsMetadata);

    /// <summary>True for a directory whose own entries were planned, too.</summary>
    public bool Enters => _bits.HasFlag(Bits.Enters);

    /// <summary>The same decision, about a directory that is entered or not.</summary>
    public RestoreDecision WithEnters(bool enters) => new(enters ? _bits | Bits.Enters : _bits & ~Bits.Enters);
}

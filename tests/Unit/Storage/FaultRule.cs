using BackupModule.Core.Diagnostics;

namespace BackupModule.Tests.Storage;

/// <summary>When a call fails, and how: <c>store.On(StoreCall.Put).After(3).AfterTheEffect().Throw()</c>.</summary>
internal sealed class FaultRule(FaultyStore store, StoreCall? call, string keyPrefix)
{
    private int _passes;

    public bool IsAfterTheEffect { get; private set; }

    public bool IsFatal { get; private set; }

    public BackupErrorKind Kind { get; private set; } = BackupErrorKind.StorageFailure;

    public bool IsTransient { get; private set; }

    /// <summary>Lets so many such calls pass first.</summary>
    public FaultRule After(int calls)
    {
        _passes = calls;
        return this;
    }

    /// <summary>The call does its work, and only then fails, like a connection that drops before the answer.</summary>
    public FaultRule AfterTheEffect(bool isAfter = true)
    {
        IsAfterTheEffect = isAfter;
        return this;
    }

    /// <summary>Trying again may help, and the store says so.</summary>
    public FaultRule Transient()
    {
        IsTransient = true;
        return this;
    }

    /// <summary>The call fails, once.</summary>
    public FaultyStore Throw(BackupErrorKind kind = BackupErrorKind.StorageFailure)
    {
        Kind = kind;
        return store.Add(this);
    }

    /// <summary>The call fails and everything after it too, as it looks to a process that is killed: nothing it does
    /// any more has an effect.</summary>
    public FaultyStore Kill()
    {
        IsFatal = true;
        return store.Add(this);
    }

    /// <summary>Counts a call; true if it is the one that fails.</summary>
    public bool Hits(StoreCall made, string key) =>
        (call is null || call == made)
        && key.StartsWith(keyPrefix, System.StringComparison.Ordinal)
        && _passes-- == 0;
}

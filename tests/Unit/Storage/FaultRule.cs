using System;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Tests.Storage;

/// <summary>When a call goes wrong, and how: <c>store.On(StoreCall.Put).After(3).Goes(FaultKind.ErrorAfter)</c>.</summary>
internal sealed class FaultRule(FaultyStore store, StoreCall? call, string keyPrefix)
{
    private Random? _random;
    private double _share;
    private int _passes;

    public FaultKind Fault { get; private set; }

    public BackupErrorKind Kind { get; private set; } = BackupErrorKind.StorageFailure;

    public bool IsTransient { get; private set; }

    /// <summary>Lets so many such calls pass first.</summary>
    public FaultRule After(int calls)
    {
        _passes = calls;
        return this;
    }

    /// <summary>Not one such call, but this share of them, as the random numbers fall.</summary>
    public FaultRule Randomly(Random random, double share)
    {
        _random = random;
        _share = share;
        return this;
    }

    /// <summary>The call does its work, and only then fails.</summary>
    public FaultRule AfterTheEffect()
    {
        Fault = FaultKind.ErrorAfter;
        return this;
    }

    /// <summary>Trying again may help, and the store says so.</summary>
    public FaultRule Transient()
    {
        IsTransient = true;
        return this;
    }

    /// <summary>The call fails.</summary>
    public FaultyStore Throw(BackupErrorKind kind = BackupErrorKind.StorageFailure)
    {
        Kind = kind;
        return store.Add(this);
    }

    /// <summary>The call goes wrong in this way.</summary>
    public FaultyStore Goes(FaultKind fault)
    {
        Fault = fault;
        return store.Add(this);
    }

    /// <summary>Counts a call; true if it is one that goes wrong.</summary>
    public bool Hits(StoreCall made, string key) =>
        (call is null || call == made)
        && key.StartsWith(keyPrefix, StringComparison.Ordinal)
        && (_random is null ? _passes-- == 0 : _random.NextDouble() < _share);

    /// <summary>The failure that this rule stands for.</summary>
    public BackupException ToFailure(StoreCall made, string key) =>
        new(
            Fault == FaultKind.Disappear ? BackupErrorKind.StorageObjectNotFound : Kind,
            $"{made} of '{key}' was made to fail.")
        {
            IsTransient = IsTransient,
            Subject = key,
        };
}

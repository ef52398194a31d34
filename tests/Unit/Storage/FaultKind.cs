namespace BackupModule.Tests.Storage;

/// <summary>What goes wrong with a call of a store.</summary>
public enum FaultKind
{
    /// <summary>It fails without effect.</summary>
    ErrorBefore,

    /// <summary>It does its work, and only then fails, like a connection that drops before the answer.</summary>
    ErrorAfter,

    /// <summary>A put that stores the first half of the object and fails, as a store does that is not atomic.</summary>
    ShortWrite,

    /// <summary>It works, after a while.</summary>
    Slow,

    /// <summary>It does its work, and it and everything after it fails, until the store is healed. To the repository
    /// this is also what a killed process looks like: nothing that it does any more has an effect.</summary>
    LostConnection,

    /// <summary>The object is listed, but this once it cannot be found.</summary>
    Disappear,
}

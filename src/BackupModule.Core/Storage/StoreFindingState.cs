namespace BackupModule.Core.Storage;

/// <summary>The outcome of a check of a store.</summary>
public enum StoreFindingState
{
    /// <summary>The store does what it should.</summary>
    Passed,

    /// <summary>The store says that it cannot do this; a repository works without it.</summary>
    Unsupported,

    /// <summary>The store does not do what it should.</summary>
    Failed,
}

namespace BackupModule.Core.Storage;

/// <summary>How fast an archive gives an object back, and so at what price: the names are Amazon's.</summary>
public enum ThawSpeed
{
    /// <summary>Hours, at the usual price.</summary>
    Standard,

    /// <summary>Up to two days, at the lowest price.</summary>
    Bulk,

    /// <summary>Minutes, at a high price; not from the deepest archives.</summary>
    Expedited,
}

namespace BackupModule.Core.Catalog.Sql;

/// <summary>How a catalog's schema stands to this module.</summary>
internal enum SchemaState
{
    /// <summary>Nothing was ever stored.</summary>
    Missing,

    /// <summary>Steps are missing.</summary>
    Old,

    /// <summary>All steps are there.</summary>
    Current,
}

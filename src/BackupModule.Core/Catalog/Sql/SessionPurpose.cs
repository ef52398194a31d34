namespace BackupModule.Core.Catalog.Sql;

/// <summary>What a transaction is for.</summary>
internal enum SessionPurpose
{
    /// <summary>To look only; nothing is made where nothing is.</summary>
    Read,

    /// <summary>To change; the catalog is made where it is missing.</summary>
    Change,
}

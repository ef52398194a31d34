namespace BackupModule.Core.Databases.SqlServer.Chains;

/// <summary>What a backup set holds. The numbers are those of <c>RESTORE HEADERONLY</c>.</summary>
public enum BackupSetType
{
    /// <summary>A whole database.</summary>
    Full = 1,

    /// <summary>A stretch of the log.</summary>
    Log = 2,

    /// <summary>The extents that changed since a full backup.</summary>
    Differential = 5,
}

namespace BackupModule.Core.Databases;

/// <summary>How a database is backed up.</summary>
public enum DatabaseMode
{
    /// <summary>The server's files, as the server hands them out: all databases at once, restored to the same version of the
    /// server; with its log, to any moment.</summary>
    Physical,

    /// <summary>Dumps of databases, restored into any server that understands them.</summary>
    Logical,
}

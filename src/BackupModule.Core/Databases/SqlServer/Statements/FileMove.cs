namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>Where a file of a restored database goes.</summary>
/// <param name="LogicalName">The file's name within the database.</param>
/// <param name="Path">Its path on the server.</param>
internal readonly record struct FileMove(string LogicalName, string Path)
{
    /// <inheritdoc/>
    public override string ToString() => $"MOVE {TransactSql.Text(LogicalName)} TO {TransactSql.Text(Path)}";
}

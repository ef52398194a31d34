namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>A lock by name that a session holds until it releases it or ends.</summary>
internal static class SessionLock
{
    /// <summary>Takes it if nobody else has it; the one value of the one row is negative where somebody has.</summary>
    /// <param name="name">The name, of 255 characters at most.</param>
    public static string Take(string name) => $"""
        DECLARE @result int;
        EXEC @result = sys.sp_getapplock @Resource = {TransactSql.Text(name)}, @LockMode = N'Exclusive', @LockOwner = N'Session',
            @LockTimeout = 0, @DbPrincipal = N'public';
        SELECT @result;
        """;

    /// <summary>Releases it.</summary>
    public static string Release(string name) =>
        $"EXEC sys.sp_releaseapplock @Resource = {TransactSql.Text(name)}, @LockOwner = N'Session', @DbPrincipal = N'public';";
}

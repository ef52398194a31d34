using System.Collections.Generic;

namespace BackupModule.Core.Databases.SqlServer.Statements;

/// <summary>Statements that look into backups. The server asks for the right to create databases.</summary>
internal static class MediaStatements
{
    /// <summary>What a backup's header says of its sets.</summary>
    public static string ReadHeader(IReadOnlyList<BackupDevice> devices) =>
        $"RESTORE HEADERONLY FROM {BackupDevice.Join(devices)};";

    /// <summary>The files of the database in a backup.</summary>
    public static string ListFiles(IReadOnlyList<BackupDevice> devices) =>
        $"RESTORE FILELISTONLY FROM {BackupDevice.Join(devices)};";

    /// <summary>Reads a backup whole and compares its checksums. That the database in it is sound, it does not prove.</summary>
    public static string Verify(IReadOnlyList<BackupDevice> devices) =>
        $"RESTORE VERIFYONLY FROM {BackupDevice.Join(devices)} WITH CHECKSUM;";
}

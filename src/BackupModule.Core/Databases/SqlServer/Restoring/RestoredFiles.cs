using System;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Databases.SqlServer.Server;
using BackupModule.Core.Databases.SqlServer.Statements;

namespace BackupModule.Core.Databases.SqlServer.Restoring;

/// <summary>Where the files of a restored database go. Paths are the server's, whose system may be another one.</summary>
internal static class RestoredFiles
{
    private const string LogType = "L";
    private const string StreamType = "S";

    /// <summary>New files named after the new database.</summary>
    /// <param name="files">The files in the backup.</param>
    /// <param name="database">The new name.</param>
    /// <param name="dataFolder">The folder for data.</param>
    /// <param name="logFolder">The folder for the log.</param>
    public static IReadOnlyList<FileMove> Place(
        IReadOnlyList<MediaFile> files, string database, string dataFolder, string logFolder)
    {
        List<FileMove> moves = [];
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (MediaFile file in files)
        {
            string folder = file.Type == LogType ? logFolder : dataFolder;
            string name = $"{Clean(database)}_{Clean(file.LogicalName)}";
            string extension = file.Type == StreamType ? string.Empty : ExtensionOf(file);
            string path = Join(folder, name + extension);
            for (int i = 2; !taken.Add(path); i++)
            {
                path = Join(folder, $"{name}_{i}{extension}");
            }

            moves.Add(new FileMove(file.LogicalName, path));
        }

        return moves;
    }

    private static string Join(string folder, string name)
    {
        char separator = folder.Contains('\\', StringComparison.Ordinal) ? '\\' : '/';
        return folder.EndsWith(separator) ? folder + name : $"{folder}{separator}{name}";
    }

    private static string ExtensionOf(MediaFile file)
    {
        string name = file.PhysicalName[(file.PhysicalName.LastIndexOfAny(['/', '\\']) + 1)..];
        int dot = name.LastIndexOf('.');
        return dot > 0 ? Clean(name[dot..]) : file.Type == LogType ? ".ldf" : ".mdf";
    }

    // No part of a name may lead into another folder.
    private static string Clean(string name) => string.Concat(name.Select(
        static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ' ? c : '_'));
}

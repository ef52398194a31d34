using System;
using System.IO;
using System.Text;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Storage.Local;

namespace BackupModule.Core.Monitoring.Metrics;

/// <summary>Writes a file that another program reads at any moment, such as the text-file collector of the
/// node_exporter.</summary>
public static class MetricFile
{
    private const UnixFileMode ForAllToRead =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the text under another name in the same folder, flushes it, and renames it, so that a reader finds
    /// either the old file or the new one, whole. Everybody may read it (0644): metrics hold no secrets.</summary>
    /// <exception cref="BackupException"><c>AccessDenied</c>, <c>StorageFull</c>, <c>StorageReadOnly</c>,
    /// <c>StorageObjectNotFound</c> (no such folder), <c>StorageFailure</c>.</exception>
    public static void Write(string path, string text)
    {
        // The collector reads *.prom only.
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            try
            {
                WriteFlushed(temporary, Encoding.UTF8.GetBytes(text));
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            DirectorySync.Flush(Path.GetDirectoryName(path)!);
        }
        catch (Exception failure) when (LocalStoreErrors.IsFileSystemFailure(failure))
        {
            throw Translate(failure, path);
        }
    }

    private static void WriteFlushed(string path, byte[] content)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        using FileStream file = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // Given at creation, the mode would be cut by the process's mask.
            File.SetUnixFileMode(file.SafeFileHandle, ForAllToRead);
        }

        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static BackupException Translate(Exception failure, string path)
    {
        BackupException translated = LocalStoreErrors.Translate(failure, "write", path);
        string guidance = translated.Kind switch
        {
            BackupErrorKind.StorageObjectNotFound => $"Make the folder {Path.GetDirectoryName(path)}.",
            BackupErrorKind.StorageFull => "Free space on the disk.",
            _ => translated.Guidance ?? string.Empty,
        };
        return new BackupException(translated.Kind, translated.Message, guidance, failure) { Subject = path };
    }
}

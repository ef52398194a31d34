using System;
using System.IO;
using System.Text;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Unix;

namespace BackupModule.Core.Databases;

/// <summary>A folder below the system's temporary one that only the user of this process can enter; it is gone when it is
/// disposed, or, where its process was killed, when the user's next one is made.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private const string Prefix = "backupmodule-";

    // Held locked while the folder is in use; the system lets go of it however the process ends.
    private const string OwnerName = ".owner";

    private readonly FileStream _owner;

    /// <summary>Makes one; .NET gives it the mode 0700.</summary>
    public PrivateFolder()
    {
        RemoveAbandoned(System.IO.Path.GetTempPath());
        Path = Directory.CreateTempSubdirectory(Prefix).FullName;

        // Nobody sees it before it is locked.
        string unseen = this[OwnerName + ".new"];
        _owner = new FileStream(unseen, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        File.Move(unseen, this[OwnerName]);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The path of an entry of the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Bytes that are free where private folders are made.</summary>
    public static long FreeSpace => new DriveInfo(System.IO.Path.GetTempPath()).AvailableFreeSpace;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Windows deletes no folder in which a file is open; elsewhere nobody else is to take it for abandoned first.
        if (OperatingSystem.IsWindows())
        {
            _owner.Dispose();
        }

        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        _owner.Dispose();
    }

    /// <summary>Removes folders of processes of this user that ended without doing so: what they leave may be a password, or a
    /// copy of a database.</summary>
    internal static void RemoveAbandoned(string parent)
    {
        foreach (string folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            try
            {
                if (IsOfThisUser(folder) && File.Exists(System.IO.Path.Combine(folder, OwnerName)) && !IsInUse(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another process removes it, too, or it is in use again. It is looked at next time.
            }
        }
    }

    private static bool IsInUse(string folder)
    {
        try
        {
            using FileStream free = new(
                System.IO.Path.Combine(folder, OwnerName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Below a folder that others write into, what looks like ours may be a trap; nobody else can make one that is this user's.
    private static bool IsOfThisUser(string folder) => OperatingSystem.IsWindows()
        || (TryReadStatus(folder, out FileStatus status) && status.Type == NodeType.Directory
            && status.UserId == MachineIdentity.Current.UserId && (status.Mode & 0x1ff) == 0x1c0);

    private static unsafe bool TryReadStatus(string path, out FileStatus status)
    {
        status = default;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        fixed (FileStatus* destination = &status)
        {
            return LinuxNativeMethods.Statx(
                LinuxNativeMethods.CurrentDirectory, name, LinuxNativeMethods.SymlinkNoFollow, FileStatus.BasicFields, destination) == 0;
        }
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Sources.Windows;

namespace BackupModule.Core.Restore.Windows;

/// <summary>
/// A folder on Windows. Every part of a path is checked for reparse points before it is used; unlike on Linux the check
/// and the use are two steps, so a destination that others can write to at the same time is not safe. New entries
/// inherit the destination's access rules until their metadata is applied.
/// </summary>
[SupportedOSPlatform("windows")]
public sealed class WindowsRestoreTarget : IRestoreTarget
{
    private const uint ReplaceExisting = 1;

    private readonly WindowsNodeFactory _nodes = new(TimeZoneInfo.Utc, recordAccessTime: true);

    /// <summary>Opens the folder; makes it, and those above it, if it is not there.</summary>
    /// <exception cref="BackupException"><c>RestoreTargetUnwritable</c>, <c>StorageFull</c>.</exception>
    public WindowsRestoreTarget(string directory)
    {
        Root = WindowsText.ToRaw(Path.GetFullPath(WindowsText.FromRaw(directory)));
        Try(directory, "create the destination", () => Directory.CreateDirectory(WindowsPath.ToVerbatim(Root)));
    }

    /// <inheritdoc/>
    public string Root { get; }

    /// <inheritdoc/>
    public TreeNode? ReadNode(string path)
    {
        string verbatim = Locate(path);
        int error = WindowsSourceFileSystem.Look(verbatim, out FileFacts facts);
        if (error is WindowsErrors.FileNotFound or WindowsErrors.PathNotFound)
        {
            return null;
        }

        Check(error == 0, error, path, "read the metadata of");
        string target = facts.Type == NodeType.SymbolicLink
            ? Try(path, "read the symbolic link", () => new FileInfo(verbatim).LinkTarget) ?? string.Empty
            : string.Empty;
        return _nodes.Create(path[RestorePath.NameStart(path)..], facts, WindowsText.ToRaw(target), []);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListNames(string path)
    {
        string verbatim = LocateItself(path);
        List<string> names = Try(path, "list", () =>
        {
            List<string> found = [];
            foreach (string entry in Directory.EnumerateFileSystemEntries(verbatim))
            {
                found.Add(WindowsText.ToRaw(Path.GetFileName(entry)));
            }

            return found;
        });
        names.Sort(RawText.ByteOrder);
        return names;
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        string verbatim = LocateItself(path);
        Try(path, "create the directory", () => Directory.CreateDirectory(verbatim));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        RestorePath.CheckName(path[RestorePath.NameStart(path)..]);
        string verbatim = Locate(path);
        if (WindowsSourceFileSystem.Look(verbatim, out FileFacts facts) == 0)
        {
            Try(path, "delete", () => Remove(verbatim, facts.Attributes));
        }
    }

    /// <inheritdoc/>
    public IRestoreFile CreateFile(string path)
    {
        string verbatim = Locate(path);
        return new WindowsRestoreFile(
            Try(path, "create the file", () => File.OpenHandle(
                verbatim, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read)),
            path,
            verbatim);
    }

    /// <inheritdoc/>
    public BackupException? WriteFile(string path, TreeNode node, ReadOnlySpan<byte> content)
    {
        using IRestoreFile file = CreateFile(path);
        try
        {
            file.Write(0, content);
        }
        catch (BackupException)
        {
            file.Dispose();
            Delete(path);
            throw;
        }

        return file.Complete(node);
    }

    /// <inheritdoc/>
    public IRestoreFile OpenFile(string path)
    {
        string verbatim = LocateItself(path);
        return new WindowsRestoreFile(
            Try(path, "open the file", () =>
            {
                FileAttributes attributes = File.GetAttributes(verbatim);
                if ((attributes & FileAttributes.ReadOnly) != 0)
                {
                    // Left closed by an earlier restore; its attributes are applied again in the end.
                    File.SetAttributes(verbatim, attributes & ~FileAttributes.ReadOnly);
                }

                return File.OpenHandle(verbatim, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            }),
            path,
            verbatim);
    }

    /// <inheritdoc/>
    public void Rename(string path, string newName)
    {
        RestorePath.CheckName(newName);
        string newPath = string.Concat(path.AsSpan(0, RestorePath.NameStart(path)), newName);
        bool done = WindowsNativeMethods.Move(Locate(path), Locate(newPath), ReplaceExisting);
        Check(done, Marshal.GetLastPInvokeError(), path, "rename");
    }

    /// <inheritdoc/>
    public void CreateSpecial(string path, TreeNode node)
    {
        string verbatim = Locate(path);
        if (node.Type != NodeType.SymbolicLink)
        {
            throw new BackupException(
                BackupErrorKind.RestoreTargetUnwritable,
                $"'{RawText.ToDisplay(path)}' is a {node.Type}, which Windows does not have.");
        }

        string target = WindowsText.FromRaw(node.LinkTarget);
        bool isDirectory = (GenericAttributes.ReadFileAttributes(node) & FileFacts.Directory) == FileFacts.Directory;
        Try<FileSystemInfo>(path, "create", () => isDirectory
            ? Directory.CreateSymbolicLink(verbatim, target)
            : File.CreateSymbolicLink(verbatim, target));
    }

    /// <inheritdoc/>
    public void CreateHardLink(string path, string existingPath)
    {
        bool done = WindowsNativeMethods.CreateHardLink(Locate(path), LocateItself(existingPath), 0);
        Check(done, Marshal.GetLastPInvokeError(), path, "create the hard link");
    }

    /// <inheritdoc/>
    public BackupException? ApplyMetadata(string path, TreeNode node) =>
        WindowsMetadata.Apply(
            path, node.Type == NodeType.SymbolicLink ? Locate(path) : LocateItself(path), node);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held open.
    }

    /// <summary>Runs a call of the framework, and turns its failures into the engine's.</summary>
    internal static T Try<T>(string path, string action, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WindowsRestoreErrors.Create(e.HResult & 0xffff, path, action);
        }
    }

    private static bool Remove(string verbatim, uint attributes)
    {
        if ((attributes & FileFacts.ReadOnly) != 0)
        {
            File.SetAttributes(verbatim, FileAttributes.Normal);
        }

        if ((attributes & FileFacts.Directory) == 0)
        {
            File.Delete(verbatim);
            return true;
        }

        if ((attributes & FileFacts.ReparsePoint) == 0)
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(verbatim).EnumerateFileSystemInfos())
            {
                Remove(entry.FullName, (uint)entry.Attributes);
            }
        }

        Directory.Delete(verbatim, recursive: false);
        return true;
    }

    private static void Check(bool done, int error, string path, string action)
    {
        if (!done)
        {
            throw WindowsRestoreErrors.Create(error, path, action);
        }
    }

    /// <summary>The path for Windows, after no directory on the way was found to be a link.</summary>
    private string Locate(string path)
    {
        if (path.Length > 0)
        {
            WindowsNames.Check(path);
        }

        for (int end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            RefuseLink(path[..end]);
        }

        return Verbatim(path);
    }

    /// <summary>As <see cref="Locate"/>; what is at the path must be no link either.</summary>
    private string LocateItself(string path)
    {
        string verbatim = Locate(path);
        if (path.Length > 0)
        {
            RefuseLink(path);
        }

        return verbatim;
    }

    private void RefuseLink(string path)
    {
        if (WindowsSourceFileSystem.Look(Verbatim(path), out FileFacts facts) == 0
            && facts.Type is not (NodeType.File or NodeType.Directory))
        {
            throw RestorePath.Refuse(path, "a part of it is a link");
        }
    }

    private string Verbatim(string path) =>
        WindowsPath.ToVerbatim(path.Length == 0 ? Root : $@"{Root.TrimEnd('\\')}\{path}");
}

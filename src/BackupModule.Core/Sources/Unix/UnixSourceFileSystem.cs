using System;
using System.Buffers;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Repositories.Trees;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Unix;

/// <summary>
/// Reads Linux's file systems. A directory's entries are looked up relative to its descriptor, so that renaming a folder
/// above it meanwhile mixes nothing up; reading leaves access times alone where the system allows it.
/// </summary>
/// <param name="zone">The zone that times are spelled in; restic uses the machine's.</param>
/// <param name="recordAccessTime">False to record the modification time in the access time's place.</param>
public sealed unsafe class UnixSourceFileSystem(TimeZoneInfo zone, bool recordAccessTime) : ISourceFileSystem
{
    // statx as lstat would: without following a link or mounting what is mounted on demand.
    private const int LookFlags = LinuxNativeMethods.SymlinkNoFollow | LinuxNativeMethods.NoAutomount;
    private const int AdviseSequential = 2;

    // What the system reads ahead without advice.
    private const ulong WorthAdvising = 128 * 1024;

    private static readonly int _directoryFlags =
        OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec;

    // NonBlocking: a named pipe that took the file's place must not hang the backup.
    private static readonly int _fileFlags =
        OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec;

    private readonly UnixNodeFactory _nodes = new(zone, recordAccessTime);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public TreeNode ReadNode(string path)
    {
        ReadOnlySpan<char> trimmed = Trim(path);
        using PathBytes bytes = new(trimmed, stackalloc byte[PathBytes.StackSize]);
        fixed (byte* target = bytes)
        {
            SourceEntry entry = Look(
                LinuxNativeMethods.CurrentDirectory, target, LastPart(path).ToString(), trimmed.ToString());
            return entry.Failure is null ? entry.Node! : throw entry.Failure;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<SourceEntry> ReadDirectory(string path, Func<string, bool> accept)
    {
        using SafeFileHandle directory = Open(path, _directoryFlags, "list");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DirectoryReader.BufferSize);
        try
        {
            List<SourceEntry> entries = [];
            int descriptor = (int)directory.DangerousGetHandle();
            DirectoryReader reader = new(descriptor, buffer);
            while (reader.MoveNext())
            {
                string name = RawText.Decode(reader.Name);
                if (accept(name))
                {
                    fixed (byte* entry = reader.Name)
                    {
                        entries.Add(Look(descriptor, entry, name, path));
                    }
                }
            }

            if (reader.Error != 0)
            {
                throw UnixSourceErrors.Create(reader.Error, path, "list");
            }

            entries.Sort(static (left, right) => RawText.ByteOrder.Compare(left.Name, right.Name));
            return entries;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public ISourceFile OpenFile(string path)
    {
        SafeFileHandle handle = Open(path, _fileFlags | OpenFlags.NoAccessTime, "open");
        try
        {
            FileStatus status = UnixSourceFile.ReadStatus(handle, path);
            if (status.Type != NodeType.File)
            {
                throw UnixSourceErrors.NotAFile(path);
            }

            if (status.Size >= WorthAdvising)
            {
                // Only advice: what it returns does not matter.
                _ = LinuxNativeMethods.Advise((int)handle.DangerousGetHandle(), 0, 0, AdviseSequential);
            }

            return new UnixSourceFile(handle, path, status, _nodes, SparseReader.For(handle, status));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The last part of a path; <c>/</c> itself for the root.</summary>
    internal static ReadOnlySpan<char> LastPart(string path)
    {
        ReadOnlySpan<char> trimmed = Trim(path);
        return trimmed is "/" ? trimmed : trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    // With a slash at its end a path would name what a symbolic link points to.
    private static ReadOnlySpan<char> Trim(string path)
    {
        if (path.Contains('\0'))
        {
            throw UnixSourceErrors.Create(Errno.NoEntry, path, "read");
        }

        ReadOnlySpan<char> trimmed = path.AsSpan().TrimEnd('/');
        return trimmed.IsEmpty && path.Length > 0 ? "/" : trimmed;
    }

    [SkipLocalsInit]
    private static SafeFileHandle Open(string path, int flags, string action)
    {
        using PathBytes bytes = new(Trim(path), stackalloc byte[PathBytes.StackSize]);
        fixed (byte* target = bytes)
        {
            int descriptor = LinuxNativeMethods.OpenAt(LinuxNativeMethods.CurrentDirectory, target, flags, 0);
            int error = descriptor < 0 ? LinuxNativeMethods.LastError : 0;
            if (error == Errno.NotPermitted && (flags & OpenFlags.NoAccessTime) != 0)
            {
                // Only the owner and root may leave the access time alone.
                return Open(path, flags & ~OpenFlags.NoAccessTime, action);
            }

            return error == 0
                ? new SafeFileHandle(descriptor, ownsHandle: true)
                : throw UnixSourceErrors.Create(error, path, action);
        }
    }

    /// <summary>Reads an entry's metadata.</summary>
    /// <param name="directory">The open directory that <paramref name="entry"/> is relative to.</param>
    /// <param name="entry">The entry's name or path.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="place">The directory's path, or the entry's own where that is the current directory.</param>
    [SkipLocalsInit]
    private SourceEntry Look(int directory, byte* entry, string name, string place)
    {
        FileStatus status;
        if (LinuxNativeMethods.Statx(directory, entry, LookFlags, FileStatus.BasicFields, &status) != 0)
        {
            return new SourceEntry(name, null, Failure("read the metadata of"));
        }

        string linkTarget = string.Empty;
        if (status.Type == NodeType.SymbolicLink && !SymbolicLinkReader.TryRead(directory, entry, out linkTarget))
        {
            return new SourceEntry(name, null, Failure("read the symbolic link"));
        }

        int error = AttributeReader.Read(AttributeHolder.Entry(directory, entry), out var attributes);
        TreeNode node = _nodes.Create(name, status, linkTarget, attributes);
        return new SourceEntry(name, node, error == 0 ? null : Failure("read all extended attributes of", error));

        BackupException Failure(string action, int? number = null)
        {
            string path = directory == LinuxNativeMethods.CurrentDirectory ? place : $"{place.TrimEnd('/')}/{name}";
            return UnixSourceErrors.Create(number ?? LinuxNativeMethods.LastError, path, action);
        }
    }
}

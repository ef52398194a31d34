using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Local;

/// <summary>Gives a file its name in one step, and only if the name is free. <see cref="File.Move(string, string)"/> looks
/// first and moves then, so that of two that do it at once the later wins.</summary>
internal static partial class ExclusiveMove
{
    private const int NotPermitted = 1;
    private const int Exists = 17;
    private const int Invalid = 22;
    private const int TooManyLinks = 31;
    private const int NoSuchCall = 38;
    private const int NotSupported = 95;
    private const int AtWorkingDirectory = -100;
    private const uint NoReplace = 1;

    /// <summary>Moves a file within a folder.</summary>
    /// <returns>False if the name is taken; the file stays under its old one.</returns>
    /// <exception cref="IOException">The move failed.</exception>
    /// <exception cref="BackupException"><c>StorageUnsupported</c>: the file system knows neither hard links nor moves that
    /// do not replace.</exception>
    public static bool TryMove(string from, string to) =>
        OperatingSystem.IsWindows() ? TryMoveOnWindows(from, to) : TryMoveOnLinux(from, to);

    private static bool TryMoveOnWindows(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(to))
        {
            return false;
        }
    }

    private static bool TryMoveOnLinux(string from, string to)
    {
        if (RenameAt(AtWorkingDirectory, from, AtWorkingDirectory, to, NoReplace) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        if (error is Invalid or NoSuchCall or NotSupported)
        {
            // NFS has no such move, but links.
            if (Link(from, to) == 0)
            {
                File.Delete(from);
                return true;
            }

            error = Marshal.GetLastPInvokeError();
        }

        return error switch
        {
            Exists => false,
            NotPermitted or NotSupported or NoSuchCall or TooManyLinks => throw new BackupException(
                BackupErrorKind.StorageUnsupported,
                $"The file system of {to} cannot create a file only if there is none.",
                "Take care that nobody else creates a repository there at the same time."),
            _ => throw new IOException($"{to}: {new Win32Exception(error).Message}", error),
        };
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}

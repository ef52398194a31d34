using System;
using System.IO;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>Reads a secret from a file that nobody else can read.</summary>
internal static class SecretFile
{
    private const UnixFileMode ReadableByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Reads the file.</summary>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>.</exception>
    public static async Task<Secret> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileStream stream = File.OpenRead(path);
            await using (stream.ConfigureAwait(false))
            {
                if (IsReadableByOthers(stream))
                {
                    throw Unavailable(
                        path,
                        "can be read by other users",
                        OperatingSystem.IsWindows()
                            ? "Remove the rights of everybody but yourself, SYSTEM and Administrators."
                            : $"Run: chmod 600 '{path}'");
                }

                return await SecretContent.ReadAsync(stream, cancellationToken).ConfigureAwait(false)
                    ?? throw Unavailable(path, "is too long to hold one secret", "Check that it is the right file.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(path, "cannot be read", "Check the path and that the current user may read the file.", e);
        }
    }

    // Looks at the open file, so that no other file can be put in its place in between.
    private static bool IsReadableByOthers(FileStream stream) => OperatingSystem.IsWindows()
        ? IsReadableByOthersOnWindows(stream)
        : (File.GetUnixFileMode(stream.SafeFileHandle) & ReadableByOthers) != 0;

    [SupportedOSPlatform("windows")]
    private static bool IsReadableByOthersOnWindows(FileStream stream)
    {
        using WindowsIdentity current = WindowsIdentity.GetCurrent();
        foreach (FileSystemAccessRule rule in stream.GetAccessControl()
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)))
        {
            SecurityIdentifier identity = (SecurityIdentifier)rule.IdentityReference;
            if (rule.AccessControlType == AccessControlType.Allow
                && (rule.FileSystemRights & FileSystemRights.ReadData) != 0
                && identity != current.User
                && !identity.IsWellKnown(WellKnownSidType.LocalSystemSid)
                && !identity.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid))
            {
                return true;
            }
        }

        return false;
    }

    private static BackupException Unavailable(string path, string what, string guidance, Exception? inner = null) =>
        new(BackupErrorKind.SecretUnavailable, $"The secret file '{path}' {what}.", guidance, inner) { Subject = path };
}

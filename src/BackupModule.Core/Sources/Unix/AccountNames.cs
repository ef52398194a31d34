using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using BackupModule.Core.Repositories.Trees;

namespace BackupModule.Core.Sources.Unix;

/// <summary>Names of users and groups by number, each asked of the system once (it may have to ask a directory
/// server).</summary>
internal sealed unsafe class AccountNames
{
    // struct passwd and struct group both start with the name; neither is longer than this.
    private const int RecordWords = 32;
    private const int LargestBuffer = 1 << 20;

    private readonly ConcurrentDictionary<uint, string> _users = new();
    private readonly ConcurrentDictionary<uint, string> _groups = new();

    private delegate int Lookup(uint id, nint* record, byte* buffer, nuint size, nint** result);

    /// <summary>The user's name; empty if the number has none.</summary>
    public string User(uint id) => _users.GetOrAdd(id, static key => Find(LinuxNativeMethods.GetUser, key));

    /// <summary>The group's name; empty if the number has none.</summary>
    public string Group(uint id) => _groups.GetOrAdd(id, static key => Find(LinuxNativeMethods.GetGroup, key));

    private static string Find(Lookup lookup, uint id)
    {
        nint* record = stackalloc nint[RecordWords];
        for (int size = 4096; ; size *= 4)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                fixed (byte* target = buffer)
                {
                    nint* found;
                    int error = lookup(id, record, target, (nuint)buffer.Length, &found);
                    if (error == Errno.Range && size < LargestBuffer)
                    {
                        continue;
                    }

                    return error == 0 && found != null
                        ? RawText.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)record[0]))
                        : string.Empty;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}

using System;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Sources.Unix;

/// <summary>
/// Gives the zeros of a sparse file's holes without reading them: the system would fill its page cache with them, which
/// costs many times more than the zeros do. One instance reads one file from its start to its end.
/// </summary>
internal sealed unsafe class SparseReader
{
    // Below this, looking for holes costs more than it saves.
    private const ulong SmallestGain = 16 * 1024 * 1024;
    private const int FromStart = 0;
    private const int FromEnd = 2;
    private const int NextData = 3;
    private const int NextHole = 4;

    private const int StatusSize = 64;
    private const long Ext = 0xef53;
    private const long Xfs = 0x58465342;
    private const long Btrfs = 0x9123683e;
    private const long Tmpfs = 0x01021994;

    private readonly SafeFileHandle _handle;
    private long _position;
    private long _holeEnd;
    private long _dataEnd;

    private SparseReader(SafeFileHandle handle) => _handle = handle;

    /// <summary>A reader for the file, open at its start; null if it has few holes, or stands on a file system whose
    /// word on holes is not to be relied on (some have reported fresh data as holes).</summary>
    public static SparseReader? For(SafeFileHandle handle, in FileStatus status)
    {
        if (status.Size < SmallestGain || status.Blocks > (status.Size - SmallestGain) / 512)
        {
            return null;
        }

        long* fileSystem = stackalloc long[StatusSize];
        return LinuxNativeMethods.FileSystemStatus((int)handle.DangerousGetHandle(), fileSystem) == 0
            && fileSystem[0] is Ext or Xfs or Btrfs or Tmpfs
            ? new SparseReader(handle)
            : null;
    }

    /// <summary>Fills the buffer with zeros as far as the hole at the current position goes and returns their count.
    /// Where there is no hole it returns 0, and cuts the buffer to the data before the next one.</summary>
    public int ReadHole(ref Span<byte> buffer)
    {
        if (_position >= _dataEnd)
        {
            FindNext();
        }

        if (_position < _holeEnd)
        {
            int zeros = (int)Math.Min(buffer.Length, _holeEnd - _position);
            buffer[..zeros].Clear();
            return zeros;
        }

        buffer = buffer[..(int)Math.Min(buffer.Length, _dataEnd - _position)];
        return 0;
    }

    /// <summary>Takes note of what was read, hole or data.</summary>
    public void Advance(int count) => _position += count;

    private void FindNext()
    {
        _holeEnd = LinuxNativeMethods.Seek(_handle, _position, NextData);
        if (_holeEnd >= 0)
        {
            _dataEnd = LinuxNativeMethods.Seek(_handle, _holeEnd, NextHole);
        }
        else if (LinuxNativeMethods.LastError == Errno.NoDeviceOrAddress)
        {
            // No data from here on. After the end, plain reads show whether the file has grown meanwhile.
            _holeEnd = LinuxNativeMethods.Seek(_handle, 0, FromEnd);
            _dataEnd = long.MaxValue;
        }

        if (_holeEnd < _position || _dataEnd <= _holeEnd)
        {
            _holeEnd = _position;
            _dataEnd = long.MaxValue;
        }

        // Looking for data and holes moves the file's position.
        _ = LinuxNativeMethods.Seek(_handle, _holeEnd, FromStart);
    }
}

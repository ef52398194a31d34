using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Core.Storage.Local;

/// <summary>
/// Reads large parts of files past the system's page cache. Packs are written past it, so they are seldom in it, and a
/// restore or a check reads each of their bytes once: taking a page for it and copying it out costs more than decrypting
/// it.
/// </summary>
internal static unsafe partial class DirectReader
{
    private const int Block = AlignedMemory.Alignment;
    private const int Interrupted = 4;

    /// <summary>Reads as much as can be read directly.</summary>
    /// <param name="file">A file, open for reading, that nobody else uses through this handle.</param>
    /// <param name="offset">The first byte to read.</param>
    /// <param name="destination">Gets the bytes; only memory from a <see cref="RangeBuffer"/> for this offset can.</param>
    /// <returns>How many bytes were read. Fewer than asked for, or 0, where the file ends, where most of it is in the page
    /// cache, and where system, file system or memory do not allow it; an ordinary read finds out which.</returns>
    public static int Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        if (!OperatingSystem.IsLinux() || destination.Length < DirectMode.SmallestGain
            || !AlignedMemory.IsAligned(destination[BytesToBlock(offset)..])
            || PageCache.HoldsMost(file, offset, destination.Length) || !DirectMode.TryEnter(file))
        {
            return 0;
        }

        byte* edges = (byte*)NativeMemory.AlignedAlloc(2 * Block, Block);
        try
        {
            fixed (byte* target = destination)
            {
                return Read(file, offset, target, destination.Length, edges);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(edges);
            DirectMode.Leave(file);
        }
    }

    // One request: whole blocks go where they belong, the first and the last by way of the two blocks of edges.
    private static int Read(SafeFileHandle file, long offset, byte* target, int length, byte* edges)
    {
        int head = BytesToBlock(offset);
        int tail = (length - head) % Block;
        byte* last = edges + Block;
        IoVector* vectors = stackalloc IoVector[3];
        int count = 0;
        if (head > 0)
        {
            vectors[count++] = new IoVector(edges, Block);
        }

        vectors[count++] = new IoVector(target + head, (nuint)(length - head - tail));
        if (tail > 0)
        {
            vectors[count++] = new IoVector(last, Block);
        }

        int before = (int)(offset % Block);
        nint read;
        do
        {
            read = ReadVectors(file, vectors, count, offset - before);
        }
        while (read < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        int done = (int)Math.Clamp(read - before, 0, length);
        int fromFirst = Math.Min(done, head);
        int fromLast = Math.Max(0, done - (length - tail));
        new ReadOnlySpan<byte>(edges + before, fromFirst).CopyTo(new Span<byte>(target, fromFirst));
        new ReadOnlySpan<byte>(last, fromLast).CopyTo(new Span<byte>(target + length - tail, fromLast));
        return done;
    }

    private static int BytesToBlock(long offset) => (int)(-offset & (Block - 1));

    [LibraryImport("libc", EntryPoint = "preadv", SetLastError = true)]
    private static partial nint ReadVectors(SafeFileHandle file, IoVector* vectors, int count, long offset);

    /// <summary>The C library's <c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct IoVector(byte* start, nuint length)
    {
        private readonly byte* _start = start;
        private readonly nuint _length = length;
    }
}

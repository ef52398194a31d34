using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Compare.DataSets;

/// <summary>Numbered files whose content follows from their number and their generation: 0 at first, 1 once changed.</summary>
internal abstract class GeneratedFiles : IDataSet
{
    // Together 1 % of the files.
    private const int RewriteEvery = 125;
    private const int AddOneIn = 500;

    // Times are part of the data: both generations have their own, far from the moment of the backup.
    private static readonly DateTime s_firstTime = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime s_changeTime = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public abstract long Size { get; }

    /// <summary>The number of files before the change.</summary>
    protected abstract int Count { get; }

    /// <summary>The largest file's length in bytes.</summary>
    protected abstract int MaxLength { get; }

    /// <inheritdoc/>
    public void Make(string folder)
    {
        byte[] buffer = new byte[MaxLength];
        for (int i = 0; i < Count; i++)
        {
            Write(folder, i, generation: 0, buffer);
        }
    }

    /// <inheritdoc/>
    public void Change(string folder)
    {
        byte[] buffer = new byte[MaxLength];
        for (int i = 0; i < Count; i += RewriteEvery)
        {
            Write(folder, i, generation: 1, buffer);
        }

        for (int i = Count; i < Count + (Count / AddOneIn); i++)
        {
            Write(folder, i, generation: 1, buffer);
        }
    }

    /// <inheritdoc/>
    public void Undo(string folder)
    {
        byte[] buffer = new byte[MaxLength];
        for (int i = 0; i < Count; i += RewriteEvery)
        {
            Write(folder, i, generation: 0, buffer);
        }

        for (int i = Count; i < Count + (Count / AddOneIn); i++)
        {
            string path = Path.Combine(folder, PathOf(i));
            if (File.Exists(path))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Where the file is, relative to the data set's folder.</summary>
    protected abstract string PathOf(int number);

    /// <summary>Writes the file's content to the buffer's start and returns its length.</summary>
    protected abstract int Fill(byte[] buffer, int number, int generation);

    private void Write(string folder, int number, int generation, byte[] buffer)
    {
        string path = Path.Combine(folder, PathOf(number));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        int length = Fill(buffer, number, generation);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, buffer.AsSpan(0, length), fileOffset: 0);
        File.SetLastWriteTimeUtc(file, (generation == 0 ? s_firstTime : s_changeTime).AddSeconds(number));
    }
}

using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace BackupModule.Compare.DataSets;

/// <summary>
/// One file like a virtual machine's disk, 4 GB: by extents of 1 MiB, 40 % text, 35 % incompressible and 25 % zeros. One
/// in a hundred of its blocks of 64 KiB changes, anywhere.
/// </summary>
internal sealed class DiskImage(double scale) : IDataSet
{
    private const ulong Seed = 0x696D616765;
    private const long FullSize = 4L << 30;
    private const int ExtentSize = 1 << 20;
    private const int BlockSize = 64 * 1024;
    private const int BlocksPerExtent = ExtentSize / BlockSize;
    private const int ChangeOneIn = 100;
    private const int ZeroPercent = 25;
    private const int TextPercent = 40;
    private const string FileName = "disk.img";

    // Item numbers of draws that are not about one block.
    private const long ChoiceOfBlocks = -1;

    private static readonly DateTime s_firstTime = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly WordList _words = new(Seed);
    private readonly int _extents = Math.Max(1, (int)(FullSize * scale / ExtentSize));

    /// <inheritdoc/>
    public string Name => "image";

    /// <inheritdoc/>
    public string Description => $"one disk image of {_extents} MiB";

    /// <inheritdoc/>
    public long Size => (long)_extents * ExtentSize;

    private int Blocks => _extents * BlocksPerExtent;

    /// <inheritdoc/>
    public void Make(string folder)
    {
        string path = Path.Combine(folder, FileName);
        byte[] block = new byte[BlockSize];
        using (FileStream image = new(path, FileMode.Create, FileAccess.Write))
        {
            for (int i = 0; i < Blocks; i++)
            {
                Fill(block, i, generation: 0);
                image.Write(block);
            }
        }

        File.SetLastWriteTimeUtc(path, s_firstTime);
    }

    /// <inheritdoc/>
    public void Change(string folder) => Rewrite(folder, generation: 1);

    /// <inheritdoc/>
    public void Undo(string folder) => Rewrite(folder, generation: 0);

    private void Rewrite(string folder, int generation)
    {
        string path = Path.Combine(folder, FileName);
        byte[] block = new byte[BlockSize];
        SeededRandom choice = new(Seed, ChoiceOfBlocks);
        using SafeFileHandle image = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        for (int i = 0; i < Math.Max(1, Blocks / ChangeOneIn); i++)
        {
            int number = choice.Next(Blocks);
            Fill(block, number, generation);
            RandomAccess.Write(image, block, (long)number * BlockSize);
        }

        File.SetLastWriteTimeUtc(image, s_firstTime.AddDays(generation));
    }

    private void Fill(byte[] block, int number, int generation)
    {
        // What was written once is no longer a hole.
        int kind = new SeededRandom(Seed, long.MinValue + (number / BlocksPerExtent)).Next(100 - (generation * ZeroPercent));
        SeededRandom random = new(Seed, number, generation);
        switch (kind)
        {
            case < TextPercent:
                _words.Fill(block, random);
                break;
            case < 100 - ZeroPercent:
                random.Fill(block);
                break;
            default:
                block.AsSpan().Clear();
                break;
        }
    }
}

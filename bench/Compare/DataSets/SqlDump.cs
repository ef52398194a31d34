using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace BackupModule.Compare.DataSets;

/// <summary>One file of INSERT statements, 0.5 GB, as a database dump is. One line in a hundred changes.</summary>
internal sealed class SqlDump(double scale) : IDataSet
{
    private const ulong Seed = 0x64756D70;
    private const long FullSize = 500_000_000;
    private const int ChangeEvery = 100;
    private const string FileName = "dump.sql";

    private static readonly DateTime s_firstTime = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly WordList _words = new(Seed);

    /// <inheritdoc/>
    public string Name => "dump";

    /// <inheritdoc/>
    public string Description => $"one SQL dump of {Size / 1_000_000} MB";

    /// <inheritdoc/>
    public long Size { get; } = (long)(FullSize * scale);

    /// <inheritdoc/>
    public void Make(string folder) => Write(folder, generation: 0);

    /// <inheritdoc/>
    public void Change(string folder) => Write(folder, generation: 1);

    /// <inheritdoc/>
    public void Undo(string folder) => Write(folder, generation: 0);

    private void Write(string folder, int generation)
    {
        string path = Path.Combine(folder, FileName);
        using (StreamWriter output = new(path, append: false, Encoding.ASCII, bufferSize: 1 << 20))
        {
            // Counted by the first generation, so that both have the same lines.
            long counted = 0;
            for (int line = 0; counted < Size; line++)
            {
                string text = Line(line, generation: 0);
                counted += text.Length;
                output.Write(generation != 0 && line % ChangeEvery == 0 ? Line(line, generation) : text);
            }
        }

        File.SetLastWriteTimeUtc(path, s_firstTime.AddDays(generation));
    }

    private string Line(int number, int generation)
    {
        SeededRandom random = new(Seed, number, generation);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO orders VALUES ({number},'{random.Next():x16}{random.Next():x16}','{_words.PickText(random)} {_words.PickText(random)}','{_words.PickText(random)}@{_words.PickText(random)}.example',{random.Next(10_000)}.{random.Next(100):00},'2024-{random.Next(1, 13):00}-{random.Next(1, 29):00} {random.Next(24):00}:{random.Next(60):00}:{random.Next(60):00}',{random.Next(2)});\n");
    }
}

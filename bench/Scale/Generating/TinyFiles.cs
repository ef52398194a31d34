using System;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;

namespace BackupModule.Scale.Generating;

/// <summary>A folder of many tiny files, a hundred in each of its folders, a hundred of those in each of theirs.</summary>
internal static class TinyFiles
{
    private const int InFolder = 100;
    private const int Bytes = 64;

    public static async Task CreateAsync(Options options)
    {
        int count = options.Number("count", 2_000_000);
        for (int folder = 0; folder * (long)InFolder < count; folder++)
        {
            string path = Path.Combine(options.Location, Text(folder / InFolder), Text(folder % InFolder));
            Directory.CreateDirectory(path);
            for (int file = 0; file < Math.Min(InFolder, count - (folder * InFolder)); file++)
            {
                byte[] content = new byte[Bytes];
                new Random((folder * InFolder) + file).NextBytes(content);
                await File.WriteAllBytesAsync(Path.Combine(path, Text(file)), content);
            }
        }

        Figures.Write("files", ("files", count));
    }

    private static string Text(int number) => number.ToString("d4", CultureInfo.InvariantCulture);
}

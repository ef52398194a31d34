using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace BackupModule.Compare.DataSets;

/// <summary>
/// Real files of this machine: 30,000 copied from the folders of <c>/usr</c>, about 1 GB. Four fifths are source code
/// and other text; the rest is what else is there. They are picked evenly over the sorted names, so that all packages
/// take part. One in a hundred is edited in the middle or added.
/// </summary>
internal sealed class SourceFiles(double scale, IReadOnlyList<string> roots) : IDataSet
{
    private const int FullCount = 30_000;
    private const long FullSize = 1_000_000_000;
    private const int RewriteEvery = 125;
    private const int AddEvery = 500;
    private const int LargestFile = 4 << 20;

    // Small binary files say nothing that small text files do not.
    private const int SmallestOther = 16 << 10;

    private const string AddedFolder = "added";
    private const string OriginalsSuffix = ".originals";

    private static readonly HashSet<string> s_textExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".c", ".cc", ".cmake", ".conf", ".cpp", ".cs", ".css", ".d", ".el", ".go", ".h", ".hpp", ".html", ".inc", ".ipp",
        ".java", ".js", ".json", ".lua", ".md", ".php", ".pl", ".pm", ".po", ".py", ".rb", ".rs", ".s", ".sh", ".sql",
        ".svg", ".tcl", ".ts", ".txt", ".vim", ".xml", ".yaml", ".yml",
    };

    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
    };

    /// <summary>Where real files are found on Debian.</summary>
    public static IReadOnlyList<string> DefaultRoots { get; } =
        ["/usr/include", "/usr/lib", "/usr/libexec", "/usr/share", "/usr/src"];

    /// <inheritdoc/>
    public string Name => "source";

    /// <inheritdoc/>
    public string Description => $"{Count} real files, source code and others, up to {Size / 1_000_000} MB";

    /// <inheritdoc/>
    public long Size { get; } = (long)(FullSize * scale);

    private int Count { get; } = Math.Max(4, (int)(FullCount * scale));

    /// <inheritdoc/>
    /// <exception cref="BenchmarkException">The machine has not enough files.</exception>
    public void Make(string folder)
    {
        List<FileInfo> chosen = Choose();
        foreach (FileInfo file in chosen)
        {
            string target = Path.Combine(folder, file.FullName.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            file.CopyTo(target);
        }
    }

    /// <inheritdoc/>
    public void Change(string folder)
    {
        string[] files = Files(folder);
        for (int i = 0; i < files.Length; i += RewriteEvery)
        {
            string kept = Path.Combine(OriginalsOf(folder), Path.GetRelativePath(folder, files[i]));
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);

            // Moved, so that the original keeps its times; the edited file is a new one, as editors make it.
            File.Move(files[i], kept);
            File.WriteAllBytes(files[i], Edit(File.ReadAllBytes(kept)));
        }

        Directory.CreateDirectory(Path.Combine(folder, AddedFolder));
        for (int i = RewriteEvery / 2; i < files.Length; i += AddEvery)
        {
            string added = Path.Combine(folder, AddedFolder, i + Path.GetExtension(files[i]));
            File.WriteAllBytes(added, Edit(File.ReadAllBytes(files[i])));
        }
    }

    /// <inheritdoc/>
    public void Undo(string folder)
    {
        string added = Path.Combine(folder, AddedFolder);
        if (Directory.Exists(added))
        {
            Directory.Delete(added, recursive: true);
        }

        string originals = OriginalsOf(folder);
        if (Directory.Exists(originals))
        {
            foreach (string kept in Files(originals))
            {
                File.Move(kept, Path.Combine(folder, Path.GetRelativePath(originals, kept)), overwrite: true);
            }

            Directory.Delete(originals, recursive: true);
        }
    }

    private static string OriginalsOf(string folder) => folder + OriginalsSuffix;

    private static string[] Files(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*", s_everything);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static byte[] Edit(byte[] content)
    {
        int middle = content.Length / 2;
        return [.. content.AsSpan(0, middle), .. "\n# An edited line.\n"u8, .. content.AsSpan(middle)];
    }

    private List<FileInfo> Choose()
    {
        List<FileInfo> candidates = [.. roots.Where(Directory.Exists)
            .SelectMany(static root => new DirectoryInfo(root).EnumerateFiles("*", s_everything))
            .Where(static file => file.Length is > 0 and <= LargestFile)
            .OrderBy(static file => file.FullName, StringComparer.Ordinal)];
        ILookup<bool, FileInfo> byKind = candidates.ToLookup(static file => s_textExtensions.Contains(file.Extension));
        List<FileInfo> text = Spread([.. byKind[true]], Count * 4 / 5);
        List<FileInfo> others = Spread(
            [.. byKind[false].Where(static file => file.Length >= SmallestOther)], Count - text.Count);
        if (text.Count + others.Count < Count)
        {
            throw new BenchmarkException(
                $"The data set '{Name}' needs {Count} real files, but only {text.Count + others.Count} fit in "
                + $"{string.Join(", ", roots)}. Install packages that bring source code, such as golang-1.19-src and "
                + "libboost1.81-dev, or leave the data set out.");
        }

        return Limit([.. text, .. others]);
    }

    // The last ones are left out when the rest is large enough.
    private List<FileInfo> Limit(List<FileInfo> files)
    {
        long total = 0;
        return [.. files.TakeWhile(file => (total += file.Length) <= Size)];
    }

    private static List<FileInfo> Spread(List<FileInfo> files, int count)
    {
        if (files.Count <= count)
        {
            return files;
        }

        List<FileInfo> chosen = [];
        for (int i = 0; i < count; i++)
        {
            chosen.Add(files[(int)((long)i * files.Count / count)]);
        }

        return chosen;
    }
}

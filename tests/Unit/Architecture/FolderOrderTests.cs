using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace BackupModule.Tests.Architecture;

/// <summary>The engine's folders are its stages in the order of the data flow; each uses only those above it.</summary>
public sealed partial class FolderOrderTests
{
    private static readonly string[] s_order =
    [
        "Diagnostics", "Storage", "Chunking", "Hashing", "Compression", "Encryption", "Packing", "Indexing",
        "Repositories", "Sources", "Databases", "Scanning", "Backup", "Restore", "Verification", "Maintenance",
        "Replication", "Scheduling", "Retention", "Policies", "Catalog", "Recovery", "Monitoring", "Jobs", "Reporting",
        "Server",
    ];

    [Fact]
    public void Every_folder_of_the_engine_has_its_place_in_the_order()
    {
        IEnumerable<string> folders = new DirectoryInfo(CorePath()).EnumerateDirectories()
            .Select(static folder => folder.Name)
            .Where(static name => name is not ("bin" or "obj"));

        Assert.Empty(folders.Except(s_order));
    }

    [Fact]
    public void A_folder_uses_only_folders_above_it()
    {
        List<string> violations = [];
        foreach (string folder in s_order.Where(static name => Directory.Exists(Path.Combine(CorePath(), name))))
        {
            int place = Array.IndexOf(s_order, folder);
            foreach (string file in Directory.EnumerateFiles(Path.Combine(CorePath(), folder), "*.cs", SearchOption.AllDirectories))
            {
                violations.AddRange(UsedFolders(File.ReadAllText(file))
                    .Where(used => Array.IndexOf(s_order, used) > place)
                    .Select(used => $"{folder}/{Path.GetFileName(file)} uses {used}"));
            }
        }

        Assert.Empty(violations);
    }

    [Fact]
    public void The_engine_references_no_PowerShell_assembly()
    {
        IEnumerable<string?> references = typeof(Core.Repositories.Repository).Assembly.GetReferencedAssemblies()
            .Select(static name => name.Name);

        Assert.DoesNotContain(references, static name => name!.Contains("Automation", StringComparison.Ordinal));
    }

    // Names in comments are references for readers, not for the compiler.
    private static IEnumerable<string> UsedFolders(string source) =>
        UseOfFolder().Matches(Comment().Replace(source, string.Empty))
            .Select(static match => match.Groups["folder"].Value)
            .Where(s_order.Contains)
            .Distinct();

    private static string CorePath([CallerFilePath] string thisFile = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../src/BackupModule.Core"));

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?:BackupModule\.Core\.|(?<![.\w]))(?<folder>[A-Z]\w+)(?=\.[A-Z]|;)")]
    private static partial Regex UseOfFolder();
}

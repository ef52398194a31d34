using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;
using BackupModule.Core.Sources;
using Xunit;

namespace BackupModule.Tests.Scanning;

/// <summary>Our decisions beside those of stock restic, on one tree.</summary>
public sealed class ExcludeRulesJudgedTests
{
    private const int RandomRuns = 8;

    private static readonly string[] Names = ["a", "b", "foo", "Foo", "bar.log", "x y", "ä€", "a*", "[c]"];

    private static readonly string[] PatternParts =
        ["a", "foo", "FOO", "*", "**", "*.log", "?", "f*o", "[a-f]*", "[^a-e]??", "ä?", "*?€", "x*", "a\\*", "\\[c\\]", ".."];

    [Fact]
    public async Task Given_patterns_leave_out_what_restic_leaves_out()
    {
        using TemporaryFolder folder = new();
        ResticJudge judge = await ResticJudge.CreateAsync(Path.Combine(folder.Path, "repository"));
        string source = MakeTree(folder.Path);
        ExcludeOptions[] cases =
        [
            new() { Patterns = ["foo"] },
            new() { Patterns = [$"{source}/a/*", "!foo", "a/foo/b"] },
            new() { Patterns = ["/"] },
            new() { Patterns = ["", ".", "!", "**/foo/**/b"] },
            new() { Patterns = ["*.log", "!/**/a/bar.log"], CaseInsensitivePatterns = ["FOO", "!a"] },
            new() { MarkerFiles = ["bar.log:ba", "x y"] },
            new() { MarkerFiles = ["foo"], LargerThan = 8 },
            new() { ExcludeCaches = true },
        ];
        foreach (ExcludeOptions options in cases)
        {
            await AssertSameAsync(judge, source, options);
        }
    }

    [Fact]
    public async Task Random_patterns_leave_out_what_restic_leaves_out()
    {
        using TemporaryFolder folder = new();
        ResticJudge judge = await ResticJudge.CreateAsync(Path.Combine(folder.Path, "repository"));
        string source = MakeTree(folder.Path);
        Random random = new(7);
        for (int run = 0; run < RandomRuns; run++)
        {
            await AssertSameAsync(judge, source, new ExcludeOptions
            {
                Patterns = RandomPatterns(random, source),
                CaseInsensitivePatterns = run % 3 == 0 ? RandomPatterns(random, source) : [],
            });
        }
    }

    [Fact]
    public async Task A_selection_picks_the_files_that_restic_restores()
    {
        using TemporaryFolder folder = new();
        ResticJudge judge = await ResticJudge.CreateAsync(Path.Combine(folder.Path, "repository"));
        string source = MakeTree(folder.Path);
        await judge.BackUpAsync(source);
        Random random = new(11);
        for (int run = 0; run < RandomRuns; run++)
        {
            string[] patterns = RandomPatterns(random, source);
            bool including = run % 2 == 0;
            string destination = Path.Combine(folder.Path, $"restored-{run}");
            await judge.RestoreAsync(
                destination,
                patterns.SelectMany(pattern => new[] { including ? "--include" : "--exclude", pattern }));

            PathSelection selection = including ? new(patterns, []) : new([], patterns);
            IEnumerable<string> ours = SelectedFiles("/", selection, source).Order(StringComparer.Ordinal);
            IEnumerable<string> theirs = Directory.Exists(destination)
                ? Directory.EnumerateFiles(destination, "*", SearchOption.AllDirectories)
                    .Select(path => path[destination.Length..])
                    .Order(StringComparer.Ordinal)
                : [];
            Assert.True(theirs.SequenceEqual(ours), $"run {run}: {string.Join(' ', patterns)}");
        }
    }

    private static async Task AssertSameAsync(ResticJudge judge, string source, ExcludeOptions options)
    {
        List<string> arguments = [];
        arguments.AddRange(options.Patterns.Select(pattern => "--exclude=" + pattern));
        arguments.AddRange(options.CaseInsensitivePatterns.Select(pattern => "--iexclude=" + pattern));
        arguments.AddRange(options.MarkerFiles.Select(marker => "--exclude-if-present=" + marker));
        arguments.AddRange(options.ExcludeCaches ? ["--exclude-caches"] : []);
        arguments.AddRange(options.LargerThan is { } limit ? [$"--exclude-larger-than={limit}"] : []);

        IReadOnlyList<string> theirs = await judge.ListTakenAsync(source, arguments);
        ExcludeRules rules = new(options);
        List<string> ours = [];
        if (!rules.ExcludesPath(source))
        {
            Walk(source, rules, new DiskFileSystem(), ours);
        }

        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
    }

    private static void Walk(string directory, ExcludeRules rules, DiskFileSystem disk, List<string> kept)
    {
        DirectoryMark mark = rules.ReadMark(directory, disk);
        foreach (SourceEntry entry in disk.ReadDirectory(
            directory,
            name => !mark.Excludes(name) && !rules.ExcludesPath($"{directory}/{name}")))
        {
            if (rules.ExcludesNode(entry.Node!, 0, 0))
            {
                continue;
            }

            kept.Add($"{directory}/{entry.Name}");
            if (entry.Node!.Type == NodeType.Directory)
            {
                Walk($"{directory}/{entry.Name}", rules, disk, kept);
            }
        }
    }

    // The walk starts at the root, as in the snapshot, though only the source is in it.
    private static IEnumerable<string> SelectedFiles(string directory, PathSelection selection, string source)
    {
        bool above = source.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);
        string[] entries = above
            ? [directory.TrimEnd('/') + "/" + source[directory.Length..].TrimStart('/').Split('/')[0]]
            : Directory.GetFileSystemEntries(directory);
        foreach (string entry in entries)
        {
            if (Directory.Exists(entry))
            {
                foreach (string file in selection.MayContainSelected(entry) ? SelectedFiles(entry, selection, source) : [])
                {
                    yield return file;
                }
            }
            else if (selection.Selects(entry))
            {
                yield return entry;
            }
        }
    }

    private static string[] RandomPatterns(Random random, string source) => [.. Enumerable
        .Range(0, random.Next(1, 5))
        .Select(_ =>
        {
            string start = random.Next(4) switch { 0 => source + "/", 1 => "!", 2 => $"!{source}/", _ => string.Empty };
            return start + string.Join('/', random.GetItems(PatternParts, random.Next(1, 4)));
        })];

    private static string MakeTree(string folder)
    {
        string source = Path.Combine(folder, "tree");
        foreach (string first in Names)
        {
            foreach (string second in Names)
            {
                string directory = Path.Combine(source, first, second);
                Directory.CreateDirectory(Path.Combine(directory, "c"));
                File.WriteAllText(Path.Combine(directory, "bar.log"), first);
                File.WriteAllText(Path.Combine(directory, "foo"), first + second);
                File.WriteAllText(Path.Combine(directory, "b"), "Signature: 8a477f597d28d172789f06886806bc55");
            }

            File.Copy(Path.Combine(source, first, "a", "b"), Path.Combine(source, first, "CACHEDIR.TAG"));
        }

        return source;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Packing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Repositories.Trees;
using Xunit;

namespace BackupModule.Tests.Interop;

/// <summary>How stock restic spells every character of a name.</summary>
public sealed class NameInteropTests : IDisposable
{
    private const int RunesPerName = 60;
    private const int LastRune = 0x1ffff;

    private readonly RepositoryFixture _fixture = new();

    public NameInteropTests() => Restic.Require();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Names_of_every_character_are_spelled_as_restic_spells_them_but_for_its_older_unicode()
    {
        WriteNames();
        Repository repository = await _fixture.CreateAsync();
        (int exitCode, string output) = await _fixture.Restic.TryRunAsync(["backup", "."], _fixture.SourcePath);
        Assert.True(exitCode == 0, output);
        IReadOnlyDictionary<string, string> theirs = await ReadSpellingsAsync(repository);

        HashSet<int> escapedByThemAlone = [];
        foreach ((string name, string spelling) in theirs)
        {
            foreach (Rune rune in name.EnumerateRunes())
            {
                bool isPrintedByThem = spelling.Contains(rune.ToString(), StringComparison.Ordinal);
                if (Quote(rune.ToString()) == rune.ToString() && !isPrintedByThem)
                {
                    escapedByThemAlone.Add(rune.Value);
                }
            }

            string ours = string.Concat(name.EnumerateRunes().Select(rune =>
                escapedByThemAlone.Contains(rune.Value) ? Escape(rune) : Quote(rune.ToString())));
            Assert.Equal(spelling, ours);
        }

        // restic 0.14 of Debian is built with Unicode 13; 14 and 15 added 838 and 4,489 characters.
        Assert.InRange(escapedByThemAlone.Count, 0, 838 + 4489);
    }

    private static string Escape(Rune rune) => rune.IsBmp ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}";

    private static string Quote(string text)
    {
        StringBuilder output = new();
        GoText.AppendQuoted(output, text);
        return output.ToString();
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadSpellingsAsync(Repository repository)
    {
        await repository.Index.LoadAsync(CancellationToken.None);
        BlobKey tree = new(BlobType.Tree, (await repository.Snapshots.ListAllAsync(CancellationToken.None))[0].Tree);
        using JsonDocument json = JsonDocument.Parse(await repository.Blobs.ReadAsync(tree, CancellationToken.None));
        return json.RootElement.GetProperty("nodes").EnumerateArray()
            .Select(node => node.GetProperty("name").GetString()!)
            .ToDictionary(GoText.Unquote);
    }

    private void WriteNames()
    {
        IEnumerable<Rune> runes = Enumerable.Range(1, LastRune)
            .Where(value => Rune.IsValid(value) && value != '/').Select(value => new Rune(value));
        foreach (Rune[] chunk in runes.Chunk(RunesPerName))
        {
            _fixture.Write("x" + string.Concat(chunk), []);
        }
    }
}

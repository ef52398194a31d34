using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Encryption;
using BackupModule.Core.Hashing;
using BackupModule.Core.Repositories;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Memory;

namespace BackupModule.Tests;

/// <summary>The format's test vectors, made with stock restic 0.14; their README says what is in them.</summary>
internal static class Vectors
{
    public const string TinyRepository = "tiny-repo-v2.tar";

    public const string PrunedRepository = "tiny-repo-v2-after-forget-prune-0.14.tar";

    private const string TopFolder = "repo/";

    private static readonly Lazy<JsonElement> s_json =
        new(() => JsonDocument.Parse(File.ReadAllBytes(PathOf("vectors.json"))).RootElement);

    public static byte[] Password => Encoding.UTF8.GetBytes(Text("password"));

    public static byte[] SecondPassword => Encoding.UTF8.GetBytes(Text("second_password"));

    /// <summary>The master key of the tiny repositories.</summary>
    public static MasterKey MasterKey
    {
        get
        {
            JsonElement key = JsonDocument.Parse(Text("master_key_plaintext")).RootElement;
            return new MasterKey(
            [
                .. key.GetProperty("encrypt").GetBytesFromBase64(),
                .. key.GetProperty("mac").GetProperty("k").GetBytesFromBase64(),
                .. key.GetProperty("mac").GetProperty("r").GetBytesFromBase64(),
            ]);
        }
    }

    public static JsonElement Member(string name) => s_json.Value.GetProperty(name);

    public static string Text(string name) => Member(name).GetString()!;

    public static byte[] Hex(string name) => Convert.FromHexString(Text(name));

    /// <summary>A map from ids to JSON texts: <c>trees</c>, <c>indexes</c> or <c>snapshots</c>.</summary>
    public static IReadOnlyDictionary<ObjectId, string> Texts(string name) => Member(name).EnumerateObject()
        .ToDictionary(member => ObjectId.Parse(member.Name), member => member.Value.GetString()!);

    /// <summary>Puts the files of one of the repositories into a new store.</summary>
    public static async Task<MemoryObjectStore> LoadAsync(string tarName = TinyRepository)
    {
        MemoryObjectStore store = new();
        foreach ((string key, byte[] content) in Read(tarName))
        {
            await store.PutAsync(key, content, CancellationToken.None);
        }

        return store;
    }

    public static Task<Repository> OpenAsync(IObjectStore store) => OpenAsync(store, Password);

    public static Task<Repository> OpenAsync(IObjectStore store, byte[] password) =>
        Repository.OpenAsync(store, password, new RepositoryOptions(), CancellationToken.None);

    /// <summary>The lines of a file of chunk boundaries.</summary>
    public static IReadOnlyList<(int Start, int Length, ObjectId Id)> Chunks(string fileName) =>
    [
        .. File.ReadLines(PathOf(fileName)).Select(line => line.Split(' '))
            .Select(parts => (int.Parse(parts[0]), int.Parse(parts[1]), ObjectId.Parse(parts[2]))),
    ];

    private static IEnumerable<(string Key, byte[] Content)> Read(string tarName)
    {
        using FileStream file = File.OpenRead(PathOf(tarName));
        using TarReader tar = new(file);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                using MemoryStream content = new();
                entry.DataStream?.CopyTo(content);
                yield return (entry.Name[TopFolder.Length..], content.ToArray());
            }
        }
    }

    private static string PathOf(string name) =>
        Path.Combine(AppContext.BaseDirectory, "Fixtures", "restic-vectors", name);
}

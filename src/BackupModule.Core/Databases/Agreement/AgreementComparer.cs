using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.Agreement;

/// <summary>Compares the paths of uploads that a database names with the files of a backup.</summary>
/// <remarks>Of each file 16 bytes of a hash and a bit are held, whatever its path's length: 17 MB for a million files. The files
/// are walked twice, so that no path need be kept.</remarks>
/// <param name="root">The folder that relative paths are in, and whose files are expected in the database; null for
/// none.</param>
public sealed class AgreementComparer(string? root)
{
    /// <summary>How many paths of each kind are named.</summary>
    public const int MostExamples = 10;

    private readonly string? _root = root is null ? null : Clean(root);

    /// <summary>Compares.</summary>
    /// <param name="uploads">The paths as the database has them.</param>
    /// <param name="walkFiles">Walks the absolute paths of the backup's files, the same each time.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<UploadAgreement> CompareAsync(
        IAsyncEnumerable<string> uploads,
        Func<CancellationToken, IAsyncEnumerable<string>> walkFiles,
        CancellationToken cancellationToken)
    {
        List<UInt128> known = [];
        await foreach (string file in walkFiles(cancellationToken).ConfigureAwait(false))
        {
            known.Add(Hash(file));
        }

        known.Sort();
        ulong[] named = new ulong[(known.Count / 64) + 1];
        Examples dangling = new();
        long count = 0;
        await foreach (string upload in uploads.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            count++;
            string path = Resolve(upload);
            if (known.BinarySearch(Hash(path)) is >= 0 and int place)
            {
                named[place / 64] |= 1UL << (place % 64);
            }
            else
            {
                dangling.Add(path);
            }
        }

        Examples orphaned = new();
        if (_root is not null)
        {
            await foreach (string file in walkFiles(cancellationToken).ConfigureAwait(false))
            {
                if (IsBelowRoot(file)
                    && known.BinarySearch(Hash(file)) is >= 0 and int place
                    && (named[place / 64] & (1UL << (place % 64))) == 0)
                {
                    orphaned.Add(file);
                }
            }
        }

        return new UploadAgreement
        {
            Uploads = count,
            Dangling = dangling.Count,
            DanglingPaths = dangling.Paths,
            Orphaned = orphaned.Count,
            OrphanedPaths = orphaned.Paths,
        };
    }

    private static string Clean(string path) => path.Length > 1 ? Path.GetFullPath(path).TrimEnd('/') : path;

    // What a database calls "2024/a.jpg", "./2024/a.jpg" or "/srv/up/2024//a.jpg" is one file.
    private string Resolve(string upload) => Path.IsPathFullyQualified(upload)
        ? Path.GetFullPath(upload)
        : Path.GetFullPath(upload, _root ?? "/");

    private bool IsBelowRoot(string file) =>
        file.Length > _root!.Length
        && file.StartsWith(_root, StringComparison.Ordinal)
        && (_root[^1] == '/' || file[_root.Length] == '/');

    private static UInt128 Hash(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    private sealed class Examples
    {
        private readonly List<string> _paths = [];

        public long Count { get; private set; }

        public IReadOnlyList<string> Paths => _paths;

        public void Add(string path)
        {
            Count++;
            if (_paths.Count < MostExamples)
            {
                _paths.Add(path);
            }
        }
    }
}

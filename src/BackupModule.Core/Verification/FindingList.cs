using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Hashing;
using BackupModule.Core.Packing;

namespace BackupModule.Core.Verification;

/// <summary>Collects findings from many threads, and which packs and blobs they make unusable.</summary>
internal sealed class FindingList
{
    private readonly ConcurrentQueue<CheckFinding> _findings = new();
    private readonly ConcurrentDictionary<ObjectId, byte> _damagedPacks = new();
    private readonly ConcurrentDictionary<BlobKey, byte> _damagedBlobs = new();

    public IReadOnlyList<CheckFinding> All =>
        [.. _findings.OrderByDescending(static finding => finding.IsError)];

    public IReadOnlyList<ObjectId> DamagedPacks => [.. _damagedPacks.Keys.Order()];

    public ICollection<BlobKey> DamagedBlobs => _damagedBlobs.Keys;

    public void Error(BackupErrorKind kind, string subject, string message) =>
        _findings.Enqueue(new CheckFinding(kind, subject, message, IsError: true));

    public void Error(BackupException failure) =>
        Error(failure.Kind, failure.Subject ?? string.Empty, failure.Message);

    public void Hint(BackupErrorKind kind, string subject, string message) =>
        _findings.Enqueue(new CheckFinding(kind, subject, message, IsError: false));

    public void DamagedPack(ObjectId pack, BackupErrorKind kind, string message)
    {
        _damagedPacks.TryAdd(pack, 0);
        Error(kind, pack.ToString(), message);
    }

    public void DamagedBlob(BlobKey blob) => _damagedBlobs.TryAdd(blob, 0);
}

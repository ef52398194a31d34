using System;
using System.Collections.Generic;
using System.Text.Json;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Alerts;
using BackupModule.Core.Catalog.Notifications;

namespace BackupModule.Core.Jobs.Records;

/// <summary>What a machine's catalog holds besides its history, as it is kept in the repositories of its policies: with it and
/// the records of the runs, a lost catalog is made anew. Holds no secret.</summary>
public sealed record CatalogRecord
{
    /// <summary>The kind of the records in a record store.</summary>
    internal const string Kind = "catalogs";

    /// <summary>When it was written.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The machine whose catalog it is.</summary>
    public required string HostName { get; init; }

    /// <summary>The registered repositories.</summary>
    public IReadOnlyList<RegisteredRepository> Repositories { get; init => field = value ?? []; } = [];

    /// <summary>The policies, as documents (<see cref="Policies.PolicyJson"/>).</summary>
    public IReadOnlyList<string> Policies { get; init => field = value ?? []; } = [];

    /// <summary>The notification channels.</summary>
    public IReadOnlyList<StoredChannel> Channels { get; init => field = value ?? []; } = [];

    /// <summary>The alerts of the last months.</summary>
    public IReadOnlyList<AlertRecord> Alerts { get; init => field = value ?? []; } = [];

    /// <summary>The file's JSON.</summary>
    internal byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, CatalogRecordJsonContext.Default.CatalogRecord);

    /// <summary>Reads the file's JSON.</summary>
    /// <exception cref="JsonException">It is not a record of a catalog.</exception>
    internal static CatalogRecord Decode(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, CatalogRecordJsonContext.Default.CatalogRecord) ?? throw new JsonException();
}

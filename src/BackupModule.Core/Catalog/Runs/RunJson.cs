using System;
using System.Text.Json;
using BackupModule.Core.Catalog.Sql;

namespace BackupModule.Core.Catalog.Runs;

/// <summary>Runs as JSON, in the form that catalogs and repositories keep.</summary>
internal static class RunJson
{
    /// <summary>The record's bytes.</summary>
    public static byte[] Encode(RunRecord run) =>
        JsonSerializer.SerializeToUtf8Bytes(run, CatalogJsonContext.Default.RunRecord);

    /// <summary>Reads the record's bytes.</summary>
    /// <exception cref="JsonException">They are no run.</exception>
    public static RunRecord Decode(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, CatalogJsonContext.Default.RunRecord) ?? throw new JsonException("It is empty.");
}

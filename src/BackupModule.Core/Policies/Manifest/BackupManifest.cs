using System;
using System.Collections.Generic;
using System.Text.Json;
using BackupModule.Core.Databases;
using BackupModule.Core.Databases.Logs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Scheduling;
using BackupModule.Core.Sources.Generated;

namespace BackupModule.Core.Policies.Manifest;

/// <summary>What a policy's backup says about itself, in a file of the backup: which paths belong to which component. Holds
/// no secret.</summary>
public sealed record BackupManifest
{
    /// <summary>The manifest's name below <see cref="GeneratedFile.Top"/>.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The version of the file's form that this module writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The manifest's path in a backup.</summary>
    public const string Path = $"{GeneratedFile.Top}/{FileName}";

    /// <summary>The version of the file's form.</summary>
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>The policy.</summary>
    public required string PolicyName { get; init; }

    /// <summary>What the backup counts as.</summary>
    public BackupKind Kind { get; init; }

    /// <summary>The run that made it.</summary>
    public required string RunId { get; init; }

    /// <summary>The machine.</summary>
    public required string HostName { get; init; }

    /// <summary>Its components, and which paths belong to each.</summary>
    public IReadOnlyList<ComponentPaths> Components { get; init => field = value ?? []; } = [];

    /// <summary>Names of the environment variables in the backup.</summary>
    public IReadOnlyList<string> Variables { get; init => field = value ?? []; } = [];

    /// <summary>The databases in the backup.</summary>
    public IReadOnlyList<DatabaseFacts> Databases { get; init => field = value ?? []; } = [];

    /// <summary>Of a backup of a database's log, which files it has; else null.</summary>
    public LogFacts? Log { get; init; }

    /// <summary>Paths of the policy that were not there.</summary>
    public IReadOnlyList<string> Missing { get; init => field = value ?? []; } = [];

    /// <summary>The file's bytes.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJsonContext.Default.BackupManifest);

    /// <summary>Reads the file's bytes.</summary>
    /// <exception cref="BackupException"><c>BackupDamaged</c>: they are no manifest, or one of a later form.</exception>
    public static BackupManifest Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            BackupManifest manifest = JsonSerializer.Deserialize(json, ManifestJsonContext.Default.BackupManifest)
                ?? throw new JsonException("It is empty.");
            return manifest.SchemaVersion <= CurrentVersion
                ? manifest
                : throw new BackupException(
                    BackupErrorKind.BackupDamaged,
                    $"The backup's manifest has the form {manifest.SchemaVersion}; this module reads forms up to {CurrentVersion}.",
                    "Update the module, or restore by paths with -Include.");
        }
        catch (JsonException failure)
        {
            throw new BackupException(
                BackupErrorKind.BackupDamaged,
                $"The backup's manifest cannot be read: {failure.Message}",
                "Restore by paths with -Include.",
                failure);
        }
    }
}

using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases;

/// <summary>A database source of a policy. Holds no secret.</summary>
/// <remarks>Lists take null for their default: so a compiled serialiser sets what a document does not have.</remarks>
public sealed record DatabaseDefinition
{
    /// <summary>Its name within the policy: the folder below <see cref="DatabasePaths.Top"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The server's kind.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>How it is backed up.</summary>
    public DatabaseMode Mode { get; init; }

    /// <summary>Where the server is and who asks, in the words of the engine's .NET driver, without a password; for SQLite
    /// <c>Data Source=PATH</c>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Where the password is found; null for none.</summary>
    public string? PasswordReference { get; init; }

    /// <summary>Of a logical backup, the databases of the server; empty for all.</summary>
    public IReadOnlyList<string> Databases { get; init => field = value ?? []; } = [];

    /// <summary>The folder of the engine's own programs; null to look for them.</summary>
    public string? ToolFolder { get; init; }

    /// <summary>Of SQL Server, the folder that the server and this machine both see, or a bucket that both reach, as
    /// <c>s3://host:9000/bucket/prefix</c>; else null.</summary>
    public string? ExchangePath { get; init; }

    /// <summary>Of SQL Server, how long differential backups are made after a full one; null for full ones alone.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? FullEvery { get; init; }

    /// <summary>A query that gives the paths of uploaded files, one a row in the first column; null for none. Relative paths
    /// are below <see cref="UploadRoot"/>.</summary>
    public string? UploadQuery { get; init; }

    /// <summary>The folder that relative paths of <see cref="UploadQuery"/> are in.</summary>
    public string? UploadRoot { get; init; }
}

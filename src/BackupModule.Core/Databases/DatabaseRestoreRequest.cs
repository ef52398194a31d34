using System;
using System.Collections.Generic;

namespace BackupModule.Core.Databases;

/// <summary>What of a database is restored, and where to.</summary>
public sealed record DatabaseRestoreRequest
{
    /// <summary>How far it is recovered.</summary>
    public RecoveryTarget Target { get; init; } = RecoveryTarget.Backup;

    /// <summary>The folder that new data directories, and files of databases, are made in; null where nothing is made on
    /// disk.</summary>
    public string? Destination { get; init; }

    /// <summary>True to put the restored database in the place of the live one.</summary>
    public bool IsInPlace { get; init; }

    /// <summary>The TCP port of a new server; null for a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Of a logical backup, the one database that is restored; null for all.</summary>
    public string? Database { get; init; }

    /// <summary>The name under which <see cref="Database"/> is restored; null for a new name made of its own and the backup's
    /// time, or its own where <see cref="IsInPlace"/>.</summary>
    public string? NewName { get; init; }

    /// <summary>Only these tables, as <c>schema.table</c>; empty for all.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Only these schemas; empty for all.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    /// <summary>Places of tablespaces other than new folders in the destination, by their number or old place.</summary>
    public IReadOnlyDictionary<string, string> Tablespaces { get; init; } = new Dictionary<string, string>();

    /// <summary>The longest that recovery may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(24);

    /// <summary>True to stop the new server when it has been checked.</summary>
    public bool StopsAfterwards { get; init; }
}

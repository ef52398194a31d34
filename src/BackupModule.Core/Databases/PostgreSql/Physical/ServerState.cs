using System;
using System.Collections.Generic;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Physical;

/// <summary>What the databases of a server held at a place in its log.</summary>
/// <param name="Position">The place: all commits before it were seen, and no others.</param>
/// <param name="TakenAt">Its moment, by the server's clock.</param>
/// <param name="Fingerprints">What the databases held.</param>
internal sealed record ServerState(Lsn Position, DateTimeOffset TakenAt, IReadOnlyList<DatabaseFingerprint> Fingerprints);

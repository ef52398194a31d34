using System.Collections.Generic;

namespace BackupModule.Core.Databases;

/// <summary>What one database of a server held at the moment of its backup.</summary>
/// <param name="Database">The database.</param>
/// <param name="SchemaHash">SHA-256 in hex of a text that names all tables with their columns, types, constraints, indexes and
/// views, in an order that does not depend on the server.</param>
/// <param name="Tables">The tables, by name.</param>
public sealed record DatabaseFingerprint(
    string Database, string SchemaHash, IReadOnlyList<TableFingerprint> Tables);

/// <summary>What a table held.</summary>
/// <param name="Name">Its name with its schema.</param>
/// <param name="Rows">The number of its rows; null where they could not be counted, or not in the time there was.</param>
/// <param name="Checksum">A sum over its rows that does not depend on their order; null where the table was too large to
/// compute it.</param>
public sealed record TableFingerprint(string Name, long? Rows, string? Checksum);

using System.Collections.Generic;

namespace BackupModule.Core.Catalog;

/// <summary>The steps that lead from an empty catalog to the present one.</summary>
internal static class CatalogSchema
{
    /// <summary>All steps, in order.</summary>
    public static IReadOnlyList<CatalogMigration> Migrations { get; } =
    [
        new(
            1,
            """
            CREATE TABLE repositories (
                name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
                location TEXT NOT NULL,
                provider TEXT NOT NULL,
                repository_id TEXT NOT NULL,
                password_reference TEXT NULL,
                compression_level INTEGER NULL,
                options TEXT NOT NULL,
                registered_at TEXT NOT NULL
            ) STRICT;
            """),
    ];
}

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
        new(
            2,
            """
            ALTER TABLE repositories ADD COLUMN role TEXT NULL;
            ALTER TABLE repositories ADD COLUMN place TEXT NULL;
            ALTER TABLE repositories ADD COLUMN copy_of TEXT NULL;
            ALTER TABLE repositories ADD COLUMN allowed_lag TEXT NULL;
            CREATE TABLE repository_facts (
                repository_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                at TEXT NOT NULL,
                passed INTEGER NOT NULL,
                newest_backup TEXT NULL,
                newest_in_source TEXT NULL,
                waiting INTEGER NOT NULL,
                PRIMARY KEY (repository_id, kind)
            ) STRICT;
            """),
    ];
}

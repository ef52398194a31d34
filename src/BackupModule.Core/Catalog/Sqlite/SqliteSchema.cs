using System.Collections.Generic;
using BackupModule.Core.Catalog.Sql;

namespace BackupModule.Core.Catalog.Sqlite;

/// <summary>The steps that lead from an empty file to the present catalog.</summary>
internal static class SqliteSchema
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
        new(
            3,
            """
            CREATE TABLE notification_channels (
                name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
                document TEXT NOT NULL,
                changed_at TEXT NOT NULL
            ) STRICT;
            """),
        new(
            4,
            """
            CREATE TABLE policies (
                name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
                document TEXT NOT NULL,
                changed_at TEXT NOT NULL
            ) STRICT;
            CREATE TABLE runs (
                run_id TEXT NOT NULL PRIMARY KEY,
                policy_name TEXT NOT NULL COLLATE NOCASE,
                job TEXT NOT NULL,
                kind TEXT NOT NULL,
                trigger TEXT NOT NULL,
                state TEXT NOT NULL,
                started_at TEXT NOT NULL,
                document TEXT NOT NULL
            ) STRICT;
            CREATE INDEX runs_by_policy ON runs (policy_name, started_at);
            CREATE INDEX runs_by_start ON runs (started_at);
            CREATE TABLE alerts (
                alert_id TEXT NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                severity TEXT NOT NULL,
                policy_name TEXT NULL COLLATE NOCASE,
                subject TEXT NULL COLLATE NOCASE,
                opened_at TEXT NOT NULL,
                closed_at TEXT NULL,
                document TEXT NOT NULL
            ) STRICT;
            CREATE UNIQUE INDEX open_alerts
                ON alerts (kind, coalesce(policy_name, '') COLLATE NOCASE, coalesce(subject, '') COLLATE NOCASE)
                WHERE closed_at IS NULL;
            CREATE INDEX alerts_by_opening ON alerts (opened_at);
            CREATE TABLE schedules (
                policy_name TEXT NOT NULL PRIMARY KEY COLLATE NOCASE,
                next_due_at TEXT NULL,
                jobs TEXT NOT NULL,
                suspended_at TEXT NULL,
                suspended_until TEXT NULL,
                suspend_reason TEXT NULL,
                runner TEXT NULL,
                lease_token INTEGER NOT NULL,
                lease_until TEXT NULL
            ) STRICT;
            """),
    ];
}

using System.Collections.Generic;
using BackupModule.Core.Catalog.Sql;

namespace BackupModule.Core.Catalog.Postgres;

/// <summary>The steps that lead from an empty schema to the present catalog. Text that is searched or sorted has the
/// collation <c>C</c>, whatever the database's is: times and ids sort by bytes, names are folded as ASCII.</summary>
internal static class PostgresSchema
{
    /// <summary>The schema that everything is in.</summary>
    public const string Name = "backupmodule";

    /// <summary>All steps, in order.</summary>
    public static IReadOnlyList<CatalogMigration> Migrations { get; } =
    [
        new(
            1,
            """
            CREATE TABLE repositories (
                name text COLLATE "C" PRIMARY KEY,
                location text NOT NULL,
                provider text NOT NULL,
                repository_id text NOT NULL,
                password_reference text NULL,
                compression_level integer NULL,
                options text NOT NULL,
                registered_at text NOT NULL,
                role text NULL,
                place text NULL,
                copy_of text NULL,
                allowed_lag text NULL
            );
            CREATE UNIQUE INDEX repositories_by_name ON repositories (lower(name COLLATE "C"));
            CREATE TABLE repository_facts (
                repository_id text COLLATE "C" NOT NULL,
                kind text COLLATE "C" NOT NULL,
                at text NOT NULL,
                passed boolean NOT NULL,
                newest_backup text NULL,
                newest_in_source text NULL,
                waiting integer NOT NULL,
                PRIMARY KEY (repository_id, kind)
            );
            CREATE TABLE notification_channels (
                name text COLLATE "C" PRIMARY KEY,
                document text NOT NULL,
                changed_at text NOT NULL
            );
            CREATE UNIQUE INDEX notification_channels_by_name ON notification_channels (lower(name COLLATE "C"));
            CREATE TABLE policies (
                name text COLLATE "C" PRIMARY KEY,
                document text NOT NULL,
                changed_at text NOT NULL
            );
            CREATE UNIQUE INDEX policies_by_name ON policies (lower(name COLLATE "C"));
            CREATE TABLE runs (
                run_id text COLLATE "C" PRIMARY KEY,
                policy_name text COLLATE "C" NOT NULL,
                job text NOT NULL,
                kind text NOT NULL,
                trigger text NOT NULL,
                state text NOT NULL,
                started_at text COLLATE "C" NOT NULL,
                document text NOT NULL
            );
            CREATE INDEX runs_by_policy ON runs (lower(policy_name COLLATE "C"), started_at);
            CREATE INDEX runs_by_start ON runs (started_at);
            CREATE TABLE alerts (
                alert_id text COLLATE "C" PRIMARY KEY,
                kind text NOT NULL,
                severity text NOT NULL,
                policy_name text COLLATE "C" NULL,
                subject text COLLATE "C" NULL,
                opened_at text COLLATE "C" NOT NULL,
                closed_at text COLLATE "C" NULL,
                document text NOT NULL
            );
            CREATE UNIQUE INDEX open_alerts
                ON alerts (kind, lower(coalesce(policy_name, '') COLLATE "C"), lower(coalesce(subject, '') COLLATE "C"))
                WHERE closed_at IS NULL;
            CREATE INDEX alerts_by_opening ON alerts (opened_at);
            CREATE TABLE schedules (
                policy_name text COLLATE "C" PRIMARY KEY,
                next_due_at text COLLATE "C" NULL,
                jobs text NOT NULL,
                suspended_at text COLLATE "C" NULL,
                suspended_until text COLLATE "C" NULL,
                suspend_reason text NULL,
                runner text NULL,
                lease_token bigint NOT NULL,
                lease_until text COLLATE "C" NULL
            );
            CREATE UNIQUE INDEX schedules_by_policy ON schedules (lower(policy_name COLLATE "C"));
            """),
    ];
}

using System;
using System.Collections.Generic;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Catalog.Sql;

/// <summary>In what one database differs from another: how it is opened and migrated, the few words of SQL that are its own,
/// and what its failures mean.</summary>
/// <param name="location">Where the catalog is, for people.</param>
/// <param name="migrations">All steps of its schema, in order.</param>
internal abstract class SqlDialect(string location, IReadOnlyList<CatalogMigration> migrations)
{
    /// <summary>Where the catalog is, for people.</summary>
    public string Location => location;

    /// <summary>All steps of its schema, in order.</summary>
    public IReadOnlyList<CatalogMigration> Migrations => migrations;

    /// <summary>False where nothing was ever stored, so that looking need not open anything.</summary>
    public virtual bool IsThere => true;

    /// <summary>What ends a query whose rows are about to be changed.</summary>
    public abstract string LockingRows { get; }

    /// <summary>What ends a query whose rows are about to be changed, and that passes over rows that others are changing.
    /// </summary>
    public abstract string LockingFreeRows { get; }

    /// <summary>An expression that is equal for names that differ in case only.</summary>
    /// <param name="expression">A column of names, or a parameter.</param>
    public abstract string Folded(string expression);

    /// <summary>Opens a connection that works; makes what must be there first.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction.</summary>
    public abstract Task<DbTransaction> BeginAsync(
        DbConnection connection, SessionPurpose purpose, CancellationToken cancellationToken);

    /// <summary>The version of the schema that is there; 0 for none.</summary>
    /// <exception cref="BackupException"><c>CatalogUnavailable</c>: what is there is another program's.</exception>
    public abstract Task<int> ReadVersionAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>Keeps others from migrating until the transaction ends.</summary>
    public abstract Task LockSchemaAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>Makes what must be there before the first step.</summary>
    public abstract Task PrepareSchemaAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>The moment by the clock that leases are reckoned by.</summary>
    public abstract Task<DateTimeOffset> ReadClockAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>True if a statement failed because what must be unique is there already.</summary>
    public abstract bool IsDuplicate(DbException failure);

    /// <summary>What a failure of the database means; null for one that is not the database's.</summary>
    public abstract BackupException? Translate(Exception failure);

    /// <summary>The failure of a catalog whose content makes no sense.</summary>
    public abstract BackupException Damaged(string what, Exception? inner);

    /// <summary>A failure of the catalog.</summary>
    protected BackupException Unavailable(
        string what, string guidance, Exception? inner, bool isTransient = false) =>
        new(BackupErrorKind.CatalogUnavailable, $"The catalog '{location}' {what}.", guidance, inner)
        {
            Subject = location,
            IsTransient = isTransient,
        };
}

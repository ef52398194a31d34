namespace BackupModule.Core.Catalog.Sql;

/// <summary>One step of the catalog's schema.</summary>
/// <param name="Version">The version that the step leads to; steps are numbered 1, 2, 3 …</param>
/// <param name="Sql">The statements. Once released, they never change.</param>
internal sealed record CatalogMigration(int Version, string Sql);

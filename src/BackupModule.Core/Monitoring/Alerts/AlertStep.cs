using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>A step that was taken in the catalog, and is to be told.</summary>
/// <param name="Event">What to tell.</param>
/// <param name="Untold">The alert as it is if nobody can be told; null where that makes no difference.</param>
public sealed record AlertStep(AlertEvent Event, AlertRecord? Untold);

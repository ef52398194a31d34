using System;
using BackupModule.Core.Catalog.Alerts;

namespace BackupModule.Core.Monitoring.Alerts;

/// <summary>Something to tell of an alert.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Alert">The alert as the catalog has it since.</param>
/// <param name="Message">What to say, with figures.</param>
/// <param name="At">When it was found.</param>
public sealed record AlertEvent(AlertEventKind Kind, AlertRecord Alert, string Message, DateTimeOffset At);

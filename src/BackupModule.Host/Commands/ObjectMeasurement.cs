namespace BackupModule.Host.Commands;

/// <summary>What Measure-Object gives; what was not asked for is null.</summary>
public sealed record ObjectMeasurement(
    int Count, double? Average, double? Sum, object? Maximum, object? Minimum, string? Property);

using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;

namespace BackupModule.Core.Jobs;

/// <summary>What a job that was done came to.</summary>
internal sealed record JobOutcome
{
    /// <summary>What it counted.</summary>
    public required RunFigures Figures { get; init; }

    /// <summary>The repository it worked in.</summary>
    public OpenRepository? Repository { get; init; }

    /// <summary>The backup that was made, checked or restored.</summary>
    public string? BackupId { get; init; }

    /// <summary>False if something was left out or found wrong.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>What to say of it; null where the figures say all.</summary>
    public string? Message { get; init; }

    /// <summary>The engine's own result.</summary>
    public object? Result { get; init; }
}

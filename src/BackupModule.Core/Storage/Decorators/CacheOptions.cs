using System;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>Where copies of what remote repositories store are kept on the local disk, and how much of it.</summary>
public sealed record CacheOptions
{
    /// <summary>The folder of all copies, of all repositories; it need not exist.</summary>
    public required string Folder { get; init; }

    /// <summary>Hears, once, that copies cannot be kept; work goes on without them.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>The clock, which says what was used last.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The most bytes of copies in <see cref="Folder"/>.</summary>
    public long Capacity { get; init; } = 2L * 1024 * 1024 * 1024;
}

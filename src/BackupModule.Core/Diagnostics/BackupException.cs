using System;

namespace BackupModule.Core.Diagnostics;

/// <summary>The engine's one exception: what happened, to what, and what to do next.</summary>
public sealed class BackupException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="kind">What went wrong, as a stable name.</param>
    /// <param name="message">What happened and to what, as a sentence.</param>
    /// <param name="guidance">What the user can do next, as a sentence; null where there is nothing to add.</param>
    /// <param name="inner">The cause, if another exception is it.</param>
    public BackupException(BackupErrorKind kind, string message, string? guidance = null, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Guidance = guidance;
    }

    /// <summary>What went wrong, as a stable name.</summary>
    public BackupErrorKind Kind { get; }

    /// <summary>What the user can do next; null where there is nothing to add.</summary>
    public string? Guidance { get; }

    /// <summary>The thing it happened to: a path, an id, a repository name. Null if the message has it all.</summary>
    public string? Subject { get; init; }

    /// <summary>True where the same call may succeed a little later (a dropped connection, a throttled store).</summary>
    public bool IsTransient { get; init; }
}

using System.Collections.Generic;
using System.Threading;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Jobs;

/// <summary>Notes what went wrong in a run, on its way to another observer.</summary>
public sealed class RunJournal(IBackupObserver inner) : IBackupObserver
{
    private const int MaxLines = 100;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    /// <summary>How many items failed.</summary>
    public long Failures { get; private set; }

    /// <summary>True if nothing failed and nothing was warned of.</summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>The first lines of what went wrong.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <inheritdoc/>
    public bool WantsTotals => inner.WantsTotals;

    /// <inheritdoc/>
    public void OnProgress(OperationProgress progress) => inner.OnProgress(progress);

    /// <inheritdoc/>
    public void OnItemFailed(BackupException failure)
    {
        Note(failure.Message, isFailure: true);
        inner.OnItemFailed(failure);
    }

    /// <inheritdoc/>
    public void OnWarning(string message)
    {
        Note(message, isFailure: false);
        inner.OnWarning(message);
    }

    /// <inheritdoc/>
    public void OnDecision(string message) => inner.OnDecision(message);

    private void Note(string line, bool isFailure)
    {
        lock (_lock)
        {
            IsClean = false;
            Failures += isFailure ? 1 : 0;
            if (_lines.Count < MaxLines)
            {
                _lines.Add(line);
            }
        }
    }
}

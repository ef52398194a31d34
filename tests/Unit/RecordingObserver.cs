using System.Collections.Concurrent;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Tests;

/// <summary>Keeps everything an engine run says.</summary>
internal sealed class RecordingObserver : IBackupObserver
{
    public ConcurrentQueue<BackupException> Failures { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<string> Decisions { get; } = new();

    public ConcurrentQueue<OperationProgress> Progress { get; } = new();

    public void OnProgress(OperationProgress progress) => Progress.Enqueue(progress);

    public void OnItemFailed(BackupException failure) => Failures.Enqueue(failure);

    public void OnWarning(string message) => Warnings.Enqueue(message);

    public void OnDecision(string message) => Decisions.Enqueue(message);
}

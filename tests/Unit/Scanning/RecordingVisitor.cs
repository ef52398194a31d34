using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Repositories.Trees;
using BackupModule.Core.Scanning;

namespace BackupModule.Tests.Scanning;

/// <summary>Answers every place with the node that it was given, and keeps what it was told in order.</summary>
internal sealed class RecordingVisitor : IScanVisitor
{
    private int _calls;

    /// <summary>Happens for each file before it is answered.</summary>
    public Func<ScannedFile, ValueTask> OnFile { get; init; } = static _ => ValueTask.CompletedTask;

    /// <summary>Paths of files, and of directories with a slash at the end, in the order of the calls.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Directories that were completed.</summary>
    public ConcurrentQueue<DirectoryScan> Directories { get; } = new();

    /// <summary>True if a call came while another one ran.</summary>
    public bool Overlapped { get; private set; }

    public async ValueTask OnFileAsync(ScannedFile file, CancellationToken cancellationToken)
    {
        Overlapped |= Interlocked.Increment(ref _calls) != 1;
        Calls.Enqueue(file.Path);
        await OnFile(file);
        Interlocked.Decrement(ref _calls);
        if (file.Directory.Complete(file.Slot, file.Node))
        {
            await OnDirectoryCompleteAsync(file.Directory, cancellationToken);
        }
    }

    public ValueTask OnDirectoryCompleteAsync(DirectoryScan directory, CancellationToken cancellationToken)
    {
        Overlapped |= Interlocked.Increment(ref _calls) != 1;
        for (DirectoryScan? done = directory; done is not null;)
        {
            Calls.Enqueue(done.Path.TrimEnd('/') + "/");
            Directories.Enqueue(done);
            TreeNode? node = done.Node;
            done = done.Parent is { } parent && parent.Complete(done.Slot, node) ? parent : null;
        }

        Interlocked.Decrement(ref _calls);
        return ValueTask.CompletedTask;
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Catalog;
using BackupModule.Core.Catalog.Runs;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Recovery;
using BackupModule.Core.Repositories.Snapshots;
using BackupModule.Core.Restore;

namespace BackupModule.Core.Jobs;

/// <summary>Restores the latest backup of a policy into a folder of its own, reads every file again and compares it with the
/// backup, and removes the folder.</summary>
internal sealed class RestoreTestJob : IJob
{
    private const string FolderPrefix = "restore-test-";

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        OpenRepository open = await context.OpenAsync(context.Entry.RepositoryName, cancellationToken).ConfigureAwait(false);
        Snapshot snapshot = await FindLatestAsync(context, open, cancellationToken).ConfigureAwait(false);
        DirectoryInfo folder = CreateFolder(context, snapshot);
        try
        {
            RestoreResult result = await context.MeasureAsync(
                "restore",
                () => new RestoreRunner(open.Repository, context.Time, context.Journal).RunAsync(
                    new RestoreOptions
                    {
                        Snapshot = snapshot, Destination = folder.FullName, Verify = true, LockWait = context.LockWait,
                    },
                    cancellationToken)).ConfigureAwait(false);
            return Describe(open, snapshot, result);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Removes what a test that was killed left behind on this machine.</summary>
    internal static void RemoveLeftOver(string runId)
    {
        string path = PathOf(runId);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static string PathOf(string runId) => Path.Combine(BackupHome.Locate().Folder, FolderPrefix + runId);

    private static JobOutcome Describe(OpenRepository open, Snapshot snapshot, RestoreResult result)
    {
        JobOutcome outcome = new()
        {
            Repository = open,
            BackupId = snapshot.Id.ToString(),
            Result = result,
            Figures = new RunFigures
            {
                Files = snapshot.Summary?.TotalFilesProcessed ?? 0,
                SourceBytes = result.BytesWritten,
                Failures = result.Failures,
            },
        };
        return result.IsComplete
            ? outcome
            : throw new JobFailedException(outcome, new BackupException(
                BackupErrorKind.VerificationFailed,
                $"{result.Failures} items of backup {snapshot.Id.ShortText} did not come back as they were backed up.",
                $"Check the repository with Test-BackupRepository {open.Name} -ReadData.")
            {
                Subject = open.Name,
            });
    }

    private static async Task<Snapshot> FindLatestAsync(
        JobContext context, OpenRepository open, CancellationToken cancellationToken)
    {
        IReadOnlyList<Snapshot> all = await open.Repository.Snapshots
            .ListAsync(context.Journal.OnItemFailed, cancellationToken).ConfigureAwait(false);
        return PolicyBackups.Newest(all, context.Policy.Name, open.Name);
    }

    // Below the local state, not in /tmp: what is restored may be secret, and larger than memory.
    private static DirectoryInfo CreateFolder(JobContext context, Snapshot snapshot)
    {
        string path = PathOf(context.RunId);
        DirectoryInfo folder = OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        long needed = snapshot.Summary?.TotalBytesProcessed ?? 0;
        long free = new DriveInfo(folder.FullName).AvailableFreeSpace;
        if (needed <= free)
        {
            return folder;
        }

        string home = folder.Parent!.FullName;
        folder.Delete();
        throw new BackupException(
            BackupErrorKind.StorageFull,
            $"A restore test needs {needed} bytes below {home}; {free} are free.",
            $"Free some, or set {BackupHome.FolderVariable} to a folder on a larger disk.")
        {
            Subject = home,
        };
    }
}

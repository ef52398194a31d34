using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Threading.Tasks;
using BackupModule.Cmdlets;

namespace BackupModule.Jobs;

/// <summary>The jobs that run in this process. None outlives the session it was started in, the module, or the process:
/// it is stopped then, and releases its locks.</summary>
internal static class RunningJobs
{
    // A store that hangs must not keep the process from ending.
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<BackupJob, Guid> s_jobs = new();

    static RunningJobs() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => StopAtExit();

    /// <summary>Notes a job of the current runspace until its work has ended.</summary>
    public static void Add(BackupJob job, Task work)
    {
        s_jobs[job] = Runspace.DefaultRunspace?.InstanceId ?? Guid.Empty;
        work.ContinueWith(
            _ => s_jobs.TryRemove(job, out Guid _), default, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Stops the jobs of the current runspace, and waits for their end.</summary>
    public static void StopThoseOfThisRunspace()
    {
        Guid here = Runspace.DefaultRunspace?.InstanceId ?? Guid.Empty;
        foreach (BackupJob job in s_jobs.Where(entry => entry.Value == here).Select(static entry => entry.Key))
        {
            job.StopJob();
        }
    }

    private static void StopAtExit()
    {
        Task stopping = Task.WhenAll(s_jobs.Keys.Select(static job => Task.Run(job.StopJob)));
        PipelineBridge.WaitFor(Task.WhenAny(stopping, Task.Delay(s_exitLimit)));
    }
}

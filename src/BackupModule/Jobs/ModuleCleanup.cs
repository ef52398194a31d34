using System.Management.Automation;

namespace BackupModule.Jobs;

/// <summary>What PowerShell runs when the module is removed from a session.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <summary>Stops the jobs that the module's commands started there.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => RunningJobs.StopThoseOfThisRunspace();
}

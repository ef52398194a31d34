using System.Management.Automation;

namespace BackupModule.Jobs;

/// <summary>The parameters of every cmdlet whose work can be a job. They are dynamic because these cmdlets have no base
/// class that the others have not.</summary>
internal sealed class JobParameters
{
    /// <summary>Returns a job at once, which does the work in the background.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }
}

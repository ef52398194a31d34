using System.Management.Automation;
using BackupModule.Completion;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that suspends or resumes schedules of policies.</summary>
public abstract class ScheduleSwitchCommand : ScheduleStateCommand
{
    /// <summary>Names or wildcard patterns of policies.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Policy")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PolicyNameCompleter))]
    public string[] PolicyName { get; set; } = [];
}

using System.Management.Automation;
using BackupModule.Completion;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that works on one backup at a time, as <c>Get-Backup</c> gives them.</summary>
public abstract class BackupCommand : LockingRepositoryCommand
{
    /// <summary>The backup's id or the start of it; <c>latest</c> for the newest.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public string BackupId { get; set; } = string.Empty;
}

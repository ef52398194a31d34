using System;
using System.Management.Automation;
using BackupModule.Binding;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that works on one backup for each input object, under a lock on its repository.</summary>
public abstract class LockingBackupCommand : BackupCommand
{
    /// <summary>How long to wait while somebody else holds a conflicting lock, e.g. <c>30s</c>, <c>5m</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan LockWait { get; set; }
}

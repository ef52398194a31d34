using System;
using System.Management.Automation;
using BackupModule.Binding;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet that takes a lock on the repository it works in.</summary>
public abstract class LockingRepositoryCommand : RepositoryCommand
{
    /// <summary>How long to wait while somebody else holds a conflicting lock, e.g. <c>30s</c>, <c>5m</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan LockWait { get; set; }
}

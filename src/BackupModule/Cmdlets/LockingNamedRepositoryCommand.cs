using System;
using System.Management.Automation;
using BackupModule.Binding;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet whose noun is the repository and that takes a lock on it.</summary>
public abstract class LockingNamedRepositoryCommand : NamedRepositoryCommand
{
    /// <summary>How long to wait while somebody else holds a conflicting lock, e.g. <c>30s</c>, <c>5m</c>.</summary>
    [Parameter]
    [TimeSpanTransformation]
    public TimeSpan LockWait { get; set; }
}

using System.Collections.ObjectModel;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>What Group-Object gives for each group.</summary>
public sealed record ObjectGroup(int Count, string Name, Collection<PSObject> Group);

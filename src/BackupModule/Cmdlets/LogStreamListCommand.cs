using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using BackupModule.Core.Catalog;
using BackupModule.Core.Recovery.LogStreams;

namespace BackupModule.Cmdlets;

/// <summary>A cmdlet about streams that there are on this machine.</summary>
public abstract class LogStreamListCommand : CatalogCommand
{
    /// <summary>Databases of the policies, with wildcards; all if left out.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] DatabaseName { get; set; } = [];

    /// <summary>What streams of this machine have written down.</summary>
    private protected static LogStreamStates States => LogStreamStates.Of(BackupHome.Locate().Folder);

    /// <summary>True for a stream that was named.</summary>
    private protected bool Selects(IReadOnlyCollection<string> policies, LogStreamState state) =>
        Fits(policies, state.PolicyName) && Fits(DatabaseName, state.DatabaseName);

    private static bool Fits(IReadOnlyCollection<string> patterns, string name) => patterns.Count == 0
        || patterns.Any(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name));
}

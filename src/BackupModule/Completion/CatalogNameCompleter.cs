using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Completion;

/// <summary>Completes names from the catalog.</summary>
public abstract class CatalogNameCompleter : IArgumentCompleter
{
    // Whoever types waits: a catalog server that does not answer soon is left out.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        try
        {
            using CancellationTokenSource patience = new(s_patience);
            ICatalog catalog = Catalogs.Open(BackupHome.Locate());
            return Suggestions.For(wordToComplete, PipelineBridge.WaitFor(() =>
                ListAsync(catalog, fakeBoundParameters, patience.Token)));
        }
        catch (Exception failure) when (failure is BackupException or ArgumentException or OperationCanceledException)
        {
            // No completion is better than an error in the middle of a line.
            return [];
        }
    }

    /// <summary>All names, each with what its tooltip says.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="bound">The parameters that the line has so far; null for none.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    private protected abstract Task<IReadOnlyList<(string Name, string ToolTip)>> ListAsync(
        ICatalog catalog, IDictionary? bound, CancellationToken cancellationToken);
}

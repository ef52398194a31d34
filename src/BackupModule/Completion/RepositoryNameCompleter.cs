using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using BackupModule.Cmdlets;
using BackupModule.Core.Catalog;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Completion;

/// <summary>Completes the names of registered repositories from the catalog.</summary>
public sealed class RepositoryNameCompleter : IArgumentCompleter
{
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
            SqliteCatalog catalog = new(BackupHome.Locate().CatalogFile);
            return Suggestions.For(
                wordToComplete,
                PipelineBridge.WaitFor(() => catalog.ListRepositoriesAsync(CancellationToken.None))
                    .Select(static repository => (repository.Name, repository.Location)));
        }
        catch (Exception failure) when (failure is BackupException or ArgumentException)
        {
            // No completion is better than an error in the middle of a line.
            return [];
        }
    }
}

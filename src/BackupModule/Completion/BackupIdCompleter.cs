using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace BackupModule.Completion;

/// <summary>Completes the ids of backups that this session has shown.</summary>
public sealed class BackupIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        string? name = fakeBoundParameters?["RepositoryName"] as string;
        return Suggestions.For(
            wordToComplete,
            RecentBackups.Backups(name).Select(static backup =>
                (backup.ShortId, $"{backup.Time:yyyy-MM-dd HH:mm} {string.Join(", ", backup.Path)}")));
    }
}

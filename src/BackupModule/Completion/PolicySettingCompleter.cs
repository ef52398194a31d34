using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using BackupModule.Core.Policies;

namespace BackupModule.Completion;

/// <summary>Completes the names of a policy's settings.</summary>
public sealed class PolicySettingCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters) =>
        Suggestions.For(wordToComplete, PolicyResolver.SettingNames.Select(static name => (name, string.Empty)));
}

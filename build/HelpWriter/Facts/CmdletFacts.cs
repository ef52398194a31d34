using System.Collections.Generic;

namespace BackupModule.HelpWriter.Facts;

/// <summary>A cmdlet as compiled.</summary>
/// <param name="Verb">The first half of its name.</param>
/// <param name="Noun">The second half of its name.</param>
/// <param name="ParameterSets">The names of its parameter sets, the default one first.</param>
/// <param name="Parameters">Its own parameters in the order of the code, inherited ones after them, without those that
/// all cmdlets have.</param>
/// <param name="OutputTypes">Full names of the types it writes.</param>
internal sealed record CmdletFacts(
    string Verb,
    string Noun,
    IReadOnlyList<string> ParameterSets,
    IReadOnlyList<ParameterFacts> Parameters,
    IReadOnlyList<string> OutputTypes)
{
    /// <summary>The name users type.</summary>
    public string Name => $"{Verb}-{Noun}";
}

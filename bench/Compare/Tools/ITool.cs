using System.Collections.Generic;

namespace BackupModule.Compare.Tools;

/// <summary>A backup program: which commands do a step.</summary>
internal interface ITool
{
    /// <summary>How the tool is called on the command line and in reports.</summary>
    string Name { get; }

    /// <summary>The command that prints the tool's version.</summary>
    ToolCommand VersionCommand { get; }

    /// <summary>How the tool is set, for the report.</summary>
    string Settings { get; }

    /// <summary>The commands that do the step, one after the other.</summary>
    IReadOnlyList<ToolCommand> CommandsFor(StepRequest request);

    /// <summary>The environment that all commands run in, besides that of this process: the password, and the places
    /// of whatever the tool keeps outside its repository.</summary>
    IReadOnlyDictionary<string, string> EnvironmentAt(ToolPlace place);
}

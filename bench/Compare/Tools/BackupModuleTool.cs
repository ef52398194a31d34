using System;
using System.Collections.Generic;

namespace BackupModule.Compare.Tools;

/// <summary>This module, as a scheduled job runs it: one <c>psbackup</c> a step, which imports the module.</summary>
/// <param name="console">Path of <c>psbackup</c>.</param>
/// <param name="module">Path of the module's folder.</param>
internal sealed class BackupModuleTool(string console, string module) : ITool
{
    /// <summary>The tool's name, by which it is told from its peers.</summary>
    public const string ToolName = "backupmodule";

    /// <inheritdoc/>
    public string Name => ToolName;

    /// <inheritdoc/>
    public ToolCommand VersionCommand => Run("\"BackupModule $((Get-Module BackupModule).Version)\"");

    /// <inheritdoc/>
    public string Settings => "defaults: repository version 2, zstd level 3; AES-256-CTR with Poly1305; "
        + "import of the module and scrypt in every process";

    /// <inheritdoc/>
    public IReadOnlyList<ToolCommand> CommandsFor(StepRequest request) => [Run(ScriptFor(request))];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> EnvironmentAt(ToolPlace place) => new Dictionary<string, string>
    {
        [BenchPassword.Variable] = BenchPassword.Value,
        ["BACKUPMODULE_HOME"] = place.State,
        ["TMPDIR"] = place.Temporary,
    };

    private static string ScriptFor(StepRequest request) => request.Step switch
    {
        Step.Init => $"New-BackupRepository -Name bench -Location {Quote(request.Place.Repository)} "
            + $"-Password env:{BenchPassword.Variable}",
        Step.First or Step.Unchanged or Step.Changed =>
            $"Invoke-Backup -RepositoryName bench -Path {Quote(request.Source)}",
        Step.Restore => "Get-Backup -RepositoryName bench -Latest | "
            + $"Restore-Backup -Destination {Quote(request.Place.Restored)}",
        Step.Check => "if (-not (Test-BackupRepository -Name bench -ReadData -Quiet)) { exit 1 }",
        Step.Forget => "Get-Backup -RepositoryName bench | Sort-Object Time -Descending | "
            + "Select-Object -Skip 1 | Remove-Backup -Confirm:$false; Optimize-BackupRepository -Name bench",
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private ToolCommand Run(string script) =>
        new(console, "-NonInteractive", "-Command", $"Import-Module {Quote(module)}; {script}");
}

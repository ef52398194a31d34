using System.Collections.Generic;

namespace BackupModule.HelpWriter.Facts;

/// <summary>What the compiled module says of itself.</summary>
/// <param name="AssemblyFile">The file name by which PowerShell looks for the help, e.g. <c>BackupModule.dll</c>.</param>
/// <param name="Cmdlets">The cmdlets, by name.</param>
/// <param name="ErrorIds">Every error id there is.</param>
internal sealed record ModuleFacts(
    string AssemblyFile, IReadOnlyList<CmdletFacts> Cmdlets, IReadOnlySet<string> ErrorIds);

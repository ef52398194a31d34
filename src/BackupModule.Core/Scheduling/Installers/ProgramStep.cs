using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Runs a program.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ProgramStep(string Program, IReadOnlyList<string> Arguments)
    : InstallStep($"Run {Program} {string.Join(' ', Arguments)}")
{
    internal override async Task ExecuteAsync(IProgramRunner programs, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync(Program, Arguments, input: [], cancellationToken).ConfigureAwait(false);
        result.RequireSuccess(Program);
    }
}

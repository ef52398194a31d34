using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Runs the programs of the machine that installers need.</summary>
internal interface IProgramRunner
{
    /// <summary>Runs a program to its end, without a shell.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Diagnostics.BackupException"><c>PlatformUnsupported</c>: there is no such program.</exception>
    Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken);
}

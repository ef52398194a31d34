using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>One thing that is done to install or remove a call.</summary>
/// <param name="Description">What it is, as a sentence for people.</param>
public abstract record InstallStep(string Description)
{
    /// <summary>Does it.</summary>
    /// <exception cref="Diagnostics.BackupException">It could not be done.</exception>
    internal abstract Task ExecuteAsync(IProgramRunner programs, CancellationToken cancellationToken);
}

using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Cmdlets;

/// <summary>Work that a cmdlet has prepared: nothing of it needs the pipeline any more.</summary>
/// <param name="output">Where it says what it has to say.</param>
/// <param name="cancellationToken">Stops the work.</param>
internal delegate Task Work(IWorkOutput output, CancellationToken cancellationToken);

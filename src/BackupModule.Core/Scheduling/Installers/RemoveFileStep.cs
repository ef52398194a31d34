using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Removes a file, if it is there.</summary>
/// <param name="Path">The file.</param>
internal sealed record RemoveFileStep(string Path) : InstallStep($"Remove the file {Path}")
{
    internal override Task ExecuteAsync(IProgramRunner programs, CancellationToken cancellationToken)
    {
        try
        {
            if (File.Exists(Path))
            {
                File.Delete(Path);
            }

            return Task.CompletedTask;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileFailure.At(Path, "removed", cause);
        }
    }
}

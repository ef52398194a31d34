using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Scheduling.Installers;

/// <summary>Writes a file in place of what is there.</summary>
/// <param name="Path">The file.</param>
/// <param name="Content">Its text.</param>
/// <param name="Encoding">How the text is written.</param>
/// <param name="Mode">Its permissions, where there are such.</param>
internal sealed record WriteFileStep(string Path, string Content, Encoding Encoding, UnixFileMode Mode)
    : InstallStep($"Write the file {Path}:\n{Content.TrimEnd()}")
{
    internal override async Task ExecuteAsync(IProgramRunner programs, CancellationToken cancellationToken)
    {
        string unfinished = Path + ".new";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            await File.WriteAllTextAsync(unfinished, Content, Encoding, cancellationToken).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(unfinished, Mode);
            }

            File.Move(unfinished, Path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw FileFailure.At(Path, "written", cause);
        }
    }
}

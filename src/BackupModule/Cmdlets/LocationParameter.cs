using System;
using System.Management.Automation;
using System.Threading.Tasks;
using BackupModule.Core.Storage;

namespace BackupModule.Cmdlets;

/// <summary>Reads the locations of repositories that users type.</summary>
internal static class LocationParameter
{
    /// <summary>A URI as it stands; a path relative to PowerShell's location, with its drives.</summary>
    /// <exception cref="Core.Diagnostics.BackupException"><c>InvalidArgument</c>, <c>LocationUnsupported</c>.
    /// </exception>
    public static Task<StoreLocation> ReadLocationAsync(this PSCmdlet cmdlet, PipelineBridge pipeline, string text) =>
        pipeline.InvokeAsync(() => StoreLocation.Parse(
            text.Contains("://", StringComparison.Ordinal) ? text : FilePaths.Resolve(cmdlet, text),
            FilePaths.CurrentFolder(cmdlet)));
}

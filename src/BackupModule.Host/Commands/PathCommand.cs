using System;
using System.IO;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Base of the commands that take paths of any drive; one path that fails does not end the others.</summary>
public abstract class PathCommand : PSCmdlet
{
    protected void ForEachPath(string[] paths, Action<string> process)
    {
        foreach (string path in paths)
        {
            try
            {
                process(path);
            }
            catch (PipelineStoppedException)
            {
                throw;
            }
            catch (RuntimeException e)
            {
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(e, e.GetType().Name, ErrorCategory.ReadError, path));
            }
        }
    }

    /// <summary>The files that a path stands for; null when it is not of the file system.</summary>
    protected string[]? ResolveFiles(string path, bool literal)
    {
        if (literal)
        {
            string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo owner, out _);
            return owner.Name == "FileSystem" ? [file] : null;
        }

        string[] files = [.. SessionState.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider)];
        return provider.Name == "FileSystem" ? files : null;
    }
}

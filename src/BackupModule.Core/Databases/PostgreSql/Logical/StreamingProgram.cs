using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Logical;

/// <summary>A program of the server that runs, and whose output or input is a dump. Disposing kills it if it has not ended.
/// </summary>
internal sealed class StreamingProgram : IDisposable
{
    private readonly Process _process;
    private readonly Task<IReadOnlyList<string>> _errors;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _cancellation;

    private StreamingProgram(Process process, CancellationToken cancellationToken)
    {
        _process = process;
        _errors = ListenAsync();

        // A read of a pipe may wait for ever; it ends with the program.
        _cancellation = cancellationToken.Register(Kill);
    }

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts a program.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">What it is told; never a secret.</param>
    /// <param name="variables">How it finds the server and logs in.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>: it cannot be started.</exception>
    public static StreamingProgram Start(
        string path,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> variables,
        CancellationToken cancellationToken) =>
        new(ProgramRun.Start([path, .. arguments], variables, "/", ProgramVariables.Unwanted), cancellationToken);

    /// <summary>Waits until it has ended. Its output must have been read.</summary>
    /// <returns>Its exit code, and the last lines that it complained.</returns>
    public async Task<(int ExitCode, IReadOnlyList<string> Lines)> EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code says why.
        }

        IReadOnlyList<string> lines = await _errors.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return (_process.ExitCode, lines);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        Kill();
        _stop.Cancel();
        _process.Dispose();
        _stop.Dispose();
    }

    private void Kill()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended at the same moment.
        }
    }

    private async Task<IReadOnlyList<string>> ListenAsync()
    {
        try
        {
            return await ProgramRun.ReadTailAsync(_process.StandardError, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The program was killed, and nobody asks what it said.
            return [];
        }
    }
}

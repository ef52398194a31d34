using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases;

/// <summary>A program of a database server while it runs: without a shell, its complaints kept for the error. Disposing it
/// ends it.</summary>
/// <remarks>Secrets go into its environment or into files that only this user can read, never into its arguments.</remarks>
internal sealed class ExternalProgram : IAsyncDisposable
{
    private const int KeptLines = 20;
    private const int ShownLines = 3;

    // Its input ends when the process that started it does, by whatever signal.
    private const string TiedScript =
        """
        exec 3<&0
        "$@" </dev/null 3<&- & program=$!
        (read -r _ <&3; trap '' TERM; kill -9 $program; rm -rf -- "$0") & watch=$!
        exec 3<&-
        wait $program; code=$?
        kill $watch 2>/dev/null
        exit $code
        """;

    private readonly Process _process;
    private readonly Queue<string> _complaints = new();
    private readonly Task _draining;
    private bool _isDetached;

    private ExternalProgram(string path, Process process)
    {
        Name = Path.GetFileName(path);
        _process = process;
        _draining = DrainAsync();
    }

    /// <summary>The program's name.</summary>
    public string Name { get; }

    /// <summary>What it prints.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads; close it at the end.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote to its standard error.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    /// <summary>The last complaints as a part of a sentence; empty where there are none.</summary>
    public string Said => Complaints.Count == 0 ? string.Empty : $": {string.Join(" / ", Complaints.TakeLast(ShownLines))}";

    /// <summary>Starts a program.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments; no secret.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>: it cannot be started.</exception>
    public static ExternalProgram Start(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        Process process = ProgramRun.Start([path, .. arguments], environment ?? new Dictionary<string, string>(), Path.GetTempPath());
        return new ExternalProgram(path, process);
    }

    /// <summary>Starts a program that reads and prints nothing and would go on for ever: it ends with this process, even if that
    /// is killed, and then its folder is removed.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments; no secret.</param>
    /// <param name="folder">What it writes into.</param>
    /// <remarks><see cref="Input"/> must stay open. On Windows, a program whose starter was killed goes on.</remarks>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>: it cannot be started.</exception>
    public static ExternalProgram StartTied(string path, IEnumerable<string> arguments, PrivateFolder folder)
    {
        IReadOnlyList<string> command = OperatingSystem.IsWindows()
            ? [path, .. arguments]
            : ["/bin/sh", "-c", TiedScript, folder.Path, path, .. arguments];
        return new ExternalProgram(path, ProgramRun.Start(command, new Dictionary<string, string>(), Path.GetTempPath()));
    }

    /// <summary>Runs a program that reads nothing to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="BackupException"><c>DatabaseToolMissing</c>, or <paramref name="kind"/>: it failed.</exception>
    public static async Task<string> RunAsync(
        string path, IEnumerable<string> arguments, BackupErrorKind kind, CancellationToken cancellationToken)
    {
        ExternalProgram program = Start(path, arguments);
        await using (program.ConfigureAwait(false))
        {
            program.Input.Close();
            using StreamReader output = new(program.Output);
            string text = await output.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await program.RequireSuccessAsync(kind, cancellationToken).ConfigureAwait(false);
            return text;
        }
    }

    /// <summary>Waits until it has ended and all its complaints are read.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await _draining.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="BackupException"><paramref name="kind"/>: its exit code was not 0.</exception>
    public async Task RequireSuccessAsync(BackupErrorKind kind, CancellationToken cancellationToken)
    {
        int code = await WaitAsync(cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            throw new BackupException(kind, $"{Name} ended with the exit code {code}{Said}")
            {
                Subject = Name,
            };
        }
    }

    /// <summary>Lets it run on when this is disposed, and when this process ends.</summary>
    public void Detach() => _isDetached = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_isDetached && !_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private async Task DrainAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            lock (_complaints)
            {
                _complaints.Enqueue(line.Trim());
                while (_complaints.Count > KeptLines)
                {
                    _complaints.Dequeue();
                }
            }
        }
    }
}

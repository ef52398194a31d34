using System;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Threading;

namespace BackupModule.Host.Running;

/// <summary>Turns Ctrl+C (SIGINT) and SIGTERM into a request to stop what runs, and ignores SIGHUP.</summary>
/// <remarks>
/// A Ctrl+C is never lost: one that comes while nothing can be stopped, as between a command line and its pipeline, stops
/// what <see cref="SendTo"/> names next, unless <see cref="ForgetInterrupt"/> comes before that.
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    private const int Sigint = 2;
    private const int Sigterm = 15;

    /// <summary>After so many unanswered requests the signal is left to end the process.</summary>
    private const int Patience = 2;

    private readonly object _gate = new();
    private readonly PosixSignalRegistration[] _registrations;
    private Action? _stop;
    private bool _isPending;
    private int _unanswered;

    public StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, Sigint)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, Sigterm)),

            // A run that lost its terminal goes on; its locks and uploads are worth finishing.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true),
        ];
    }

    /// <summary>The signal that asked for the latest stop; null when none did since <see cref="ForgetInterrupt"/>.</summary>
    public int? Received { get; private set; }

    public bool TerminationRequested => Received == Sigterm;

    /// <summary>Sends requests to stop, and one that nothing has taken yet, to what runs now.</summary>
    /// <param name="stop">Begins to stop it, and returns at once; null while nothing runs.</param>
    /// <returns>What they were sent to until now.</returns>
    public Action? SendTo(Action? stop)
    {
        lock (_gate)
        {
            Action? before = _stop;
            _stop = stop;
            if (_isPending && stop is not null)
            {
                _isPending = false;
                stop();
            }

            return before;
        }
    }

    /// <summary>Asks for a stop as the signal does, after a Ctrl+C that was read as a key.</summary>
    public void Interrupt() => Ask(Sigint);

    /// <summary>Waits as long as nobody asks for a stop.</summary>
    /// <exception cref="PipelineStoppedException">A stop was asked for, since <see cref="ForgetInterrupt"/>.</exception>
    public void WaitForStop(TimeSpan longest)
    {
        lock (_gate)
        {
            if (Received is null)
            {
                Monitor.Wait(_gate, longest);
            }

            if (Received is not null)
            {
                throw new PipelineStoppedException();
            }
        }
    }

    /// <summary>Call when a Ctrl+C that came until now is done with and must not stop what runs next.</summary>
    public void ForgetInterrupt()
    {
        lock (_gate)
        {
            _isPending = false;
            _unanswered = 0;
            Received = TerminationRequested ? Received : null;
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Stop(PosixSignalContext context, int signal)
    {
        lock (_gate)
        {
            context.Cancel = ++_unanswered <= Patience && (_stop is not null || signal == Sigint);
            Ask(signal);
        }
    }

    private void Ask(int signal)
    {
        lock (_gate)
        {
            Received = signal;
            Monitor.PulseAll(_gate);
            _isPending = _stop is null;
            _stop?.Invoke();
        }
    }
}

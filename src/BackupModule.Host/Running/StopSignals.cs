using System;
using System.Runtime.InteropServices;

namespace BackupModule.Host.Running;

/// <summary>Turns SIGINT and SIGTERM into a request to stop the running pipeline, and ignores SIGHUP.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int Sigint = 2;
    private const int Sigterm = 15;

    /// <summary>After so many unanswered requests the signal is left to end the process.</summary>
    private const int Patience = 2;

    private readonly PosixSignalRegistration[] _registrations;
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

    /// <summary>Stops what runs now; null while nothing does.</summary>
    public Action? Stopping { get; set; }

    /// <summary>The signal that asked for the latest stop; null when none did since <see cref="Reset"/>.</summary>
    public int? Received { get; private set; }

    public bool TerminationRequested => Received == Sigterm;

    /// <summary>Call when a pipeline has ended and the next one may begin.</summary>
    public void Reset()
    {
        Received = null;
        _unanswered = 0;
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
        Received = signal;
        Action? stopping = Stopping;
        context.Cancel = ++_unanswered <= Patience && (stopping is not null || signal == Sigint);
        stopping?.Invoke();
    }
}

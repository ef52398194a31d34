using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Databases.Logs;

/// <summary>Takes a log that is streamed, gathers it for a moment, and stores it. Used by one caller at a time.</summary>
public interface ILogSink
{
    /// <summary>Eight hexadecimal digits that no other stream has: for what the engine keeps on the server for this one.
    /// </summary>
    string StreamId { get; }

    /// <summary>Says which server the log is of; called first.</summary>
    /// <param name="sourceId">What tells the server's data from all others, restored copies with a history of their own
    /// included: log files of different ones have the same names.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The log of that server that the repository has.</returns>
    Task<LogCoverage> OpenAsync(string sourceId, CancellationToken cancellationToken);

    /// <summary>The end of what is durable in the repository, of what was written to this sink; null before the first piece is
    /// stored. Only so far may the server be told that its log is safe.</summary>
    LogPosition? Durable { get; }

    /// <summary>Takes the next bytes of a log file. Bytes of a file come in order without holes; a next file begins when the
    /// one before has ended. Waits while the store is behind.</summary>
    /// <param name="file">The file, as the engine names it; without <c>~</c> and <c>/</c>.</param>
    /// <param name="offset">Where in the file the bytes belong.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="until">Everything that the server committed until then, by its own clock, is in these bytes or before
    /// them.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Diagnostics.BackupException">Storing failed; the stream must end.</exception>
    ValueTask WriteAsync(
        string file, long offset, ReadOnlyMemory<byte> content, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Says that the server has committed nothing since the last bytes, up to a moment by its own clock.</summary>
    /// <param name="until">The moment.</param>
    /// <param name="next">Where the next bytes belong; null where nobody knows before they come.</param>
    void OnIdle(DateTimeOffset until, LogPosition? next);

    /// <summary>Says that no more bytes of the file come.</summary>
    ValueTask EndFileAsync(string file, CancellationToken cancellationToken);

    /// <summary>Says how the server stands, for whoever watches the stream.</summary>
    void OnServer(LogServerState state);
}

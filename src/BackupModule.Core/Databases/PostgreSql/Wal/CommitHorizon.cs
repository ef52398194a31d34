using System;
using BackupModule.Core.Databases.PostgreSql.Protocol;

namespace BackupModule.Core.Databases.PostgreSql.Wal;

/// <summary>
/// Works out up to which moment the log that was received holds all that the server has committed.
/// </summary>
/// <remarks>
/// A moment is proved only by what the server did after it. XLogData names the end of the server's log, which was looked up
/// after the message before it was made: up to that one's clock, all is before this end. A keepalive names no end of the log
/// but only what was sent, which is less while the server is behind: it proves nothing but that the server still sends. But
/// between two answers of which the second was asked for when the first had come, the server looks for more log to send; if it
/// sent none, all that was committed at the first one's clock had been sent.
/// </remarks>
/// <param name="until">The moment that is known from before.</param>
internal sealed class CommitHorizon(DateTimeOffset until)
{
    private DateTimeOffset? _lastClock;
    private (Lsn End, DateTimeOffset Clock)? _claim;
    private (Lsn Sent, DateTimeOffset Clock)? _answer;

    /// <summary>Everything that was committed until then, by the server's clock, has been received.</summary>
    public DateTimeOffset Until { get; private set; } = until;

    /// <summary>True while the server streams the timeline that it writes: the end of an older one says nothing of what is
    /// committed now.</summary>
    public bool IsCurrent { get; private set; }

    /// <summary>True while an answer is to come. Nothing may be asked before: of two questions that the server reads at once,
    /// the answers would prove nothing.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>A stream begins.</summary>
    /// <param name="isCurrent">See <see cref="IsCurrent"/>.</param>
    public void Begin(bool isCurrent)
    {
        IsCurrent = isCurrent;
        IsAsking = false;
        (_claim, _answer, _lastClock) = (null, null, null);
    }

    /// <summary>The server is asked for a keepalive.</summary>
    public void OnQuestion() => IsAsking = true;

    /// <summary>Bytes of the log came.</summary>
    /// <param name="received">The end of what has been received, with them.</param>
    /// <param name="serverEnd">The end of the server's log, as the message says.</param>
    /// <param name="clock">The server's clock when it made the message.</param>
    public void OnData(Lsn received, Lsn serverEnd, DateTimeOffset clock)
    {
        if (_claim is null && _lastClock is { } before)
        {
            _claim = (serverEnd, before);
        }

        if (_claim is { } claim && received >= claim.End)
        {
            Advance(claim.Clock);
            _claim = null;
        }

        _lastClock = clock;
    }

    /// <summary>A keepalive came.</summary>
    /// <param name="sent">The end of what the server has sent, all of which has been received.</param>
    /// <param name="clock">The server's clock when it made the message.</param>
    /// <param name="isAnswer">True for one that was asked for.</param>
    /// <returns>True if it proves that everything is received that was committed until <see cref="Until"/>, and that there is no
    /// more of it.</returns>
    public bool OnKeepAlive(Lsn sent, DateTimeOffset clock, bool isAnswer)
    {
        _lastClock = clock;
        if (!isAnswer)
        {
            return false;
        }

        IsAsking = false;
        bool isIdle = IsCurrent && _answer is { } first && first.Sent == sent;
        if (isIdle)
        {
            Advance(_answer!.Value.Clock);
        }

        _answer = (sent, clock);
        return isIdle;
    }

    private void Advance(DateTimeOffset moment)
    {
        if (IsCurrent && moment > Until)
        {
            Until = moment;
        }
    }
}

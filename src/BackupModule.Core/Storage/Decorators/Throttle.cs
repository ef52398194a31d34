using System;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>
/// Lets bytes pass at the rate that a limit allows at the time. Each caller's bytes are booked after those before, so
/// that the rate holds over all callers; who comes first waits for nothing.
/// </summary>
/// <param name="limit">The limit to begin with.</param>
/// <param name="time">The clock, whose local time chooses the rate.</param>
/// <param name="look">Asked every few seconds, while bytes pass, whether the limit has been changed elsewhere; null, or an
/// answer of null, leaves it as it is.</param>
public sealed class Throttle(
    BandwidthLimit limit, TimeProvider time, Func<CancellationToken, Task<BandwidthLimit?>>? look = null)
{
    // A shorter one may be nothing to a clock, and the wait for the last part of a byte would never end.
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(1);

    // A limit that is raised or lifted is noticed this soon by those who wait.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private volatile BandwidthLimit _limit = limit;
    private double _owed;
    private long _settled = time.GetTimestamp();
    private long _looked = time.GetTimestamp();
    private int _isLooking;

    /// <summary>The limit; setting it takes effect within a second, for those who wait already, too.</summary>
    public BandwidthLimit Limit
    {
        get => _limit;
        set => _limit = value;
    }

    /// <summary>Waits until so many bytes may be sent or received.</summary>
    public async Task TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        double ahead = Book(bytes);
        while (ahead > 0 && Limit.RateAt(time.GetLocalNow()) is { } rate)
        {
            TimeSpan pause = TimeSpan.FromSeconds(
                Math.Clamp(ahead / rate, s_shortestPause.TotalSeconds, s_longestPause.TotalSeconds));
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            ahead -= pause.TotalSeconds * rate;
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // One caller looks, and the others go on.
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (look is null
            || time.GetElapsedTime(Interlocked.Read(ref _looked)) < s_betweenLooks
            || Interlocked.Exchange(ref _isLooking, 1) == 1)
        {
            return;
        }

        try
        {
            Limit = await look(cancellationToken).ConfigureAwait(false) ?? Limit;
        }
        finally
        {
            Interlocked.Exchange(ref _looked, time.GetTimestamp());
            Interlocked.Exchange(ref _isLooking, 0);
        }
    }

    // Gives the bytes of others that go first.
    private double Book(long bytes)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            double passed = time.GetElapsedTime(_settled, now).TotalSeconds;
            _settled = now;
            double ahead = Limit.RateAt(time.GetLocalNow()) is { } rate ? Math.Max(0, _owed - (passed * rate)) : 0;
            _owed = ahead + bytes;
            return ahead;
        }
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests;

/// <summary>
/// A clock that the test moves. Waits below a second are over at once, so that the pause in which a lock settles costs
/// nothing; longer ones are over when <see cref="ElapseAsync"/> says so. <see cref="Jump"/> moves the wall clock alone,
/// as an operator or NTP does.
/// </summary>
internal sealed class TestTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _waiting = [];
    private TimeSpan _elapsed;
    private TimeSpan _jumped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _elapsed + _jumped;

    public override long GetTimestamp() => System.GetTimestamp() / (System.TimestampFrequency / TimeSpan.TicksPerSecond)
        + _elapsed.Ticks;

    /// <summary>Sets the wall clock forward or back.</summary>
    public void Jump(TimeSpan by) => _jumped += by;

    /// <summary>Lets time pass, once somebody waits for it.</summary>
    public async Task ElapseAsync(TimeSpan by)
    {
        await UntilAwaitedAsync();
        Timer[] due;
        lock (_lock)
        {
            _elapsed += by;
            due = [.. _waiting.Where(timer => timer.Due <= _elapsed)];
            _waiting.RemoveAll(timer => timer.Due <= _elapsed);
        }

        foreach (Timer timer in due)
        {
            timer.Fire();
        }
    }

    /// <summary>Waits until somebody waits for time to pass.</summary>
    public async Task UntilAwaitedAsync()
    {
        for (int i = 0; i < 500 && !IsAwaited(); i++)
        {
            await Task.Delay(10);
        }
    }

    private bool IsAwaited()
    {
        lock (_lock)
        {
            return _waiting.Count > 0;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(TestTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._waiting.Remove(this);
                if (dueTime >= TimeSpan.FromSeconds(1))
                {
                    Due = time._elapsed + dueTime;
                    time._waiting.Add(this);
                    return true;
                }
            }

            if (dueTime >= TimeSpan.Zero)
            {
                ThreadPool.QueueUserWorkItem(_ => Fire());
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._waiting.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

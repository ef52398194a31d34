using System;
using System.Management.Automation;
using BackupModule.Cmdlets;
using BackupModule.Core.Diagnostics;
using Xunit;

namespace BackupModule.Tests.Module;

public sealed class ProgressMeterTests
{
    private readonly ManualTime _time = new();
    private readonly ProgressMeter _meter;

    public ProgressMeterTests() => _meter = new ProgressMeter(_time);

    [Fact]
    public void A_flood_of_reports_gives_five_records_a_second()
    {
        int records = 0;
        for (int i = 0; i < 10_000; i++)
        {
            _meter.Report(new OperationProgress("Backing up", null, i, null, i, null));
            records += _meter.TakeRecord() is null ? 0 : 1;
            _time.Advance(TimeSpan.FromMicroseconds(100));
        }

        Assert.Equal(5, records);
    }

    [Fact]
    public void A_record_has_items_bytes_rate_and_remaining_time()
    {
        _meter.Report(new OperationProgress("Backing up", "/a", 0, 40, 0, 100 << 20));
        Assert.NotNull(_meter.TakeRecord());
        _time.Advance(TimeSpan.FromSeconds(10));
        _meter.Report(new OperationProgress("Backing up", "/b", 10, 40, 25 << 20, 100 << 20));

        ProgressRecord record = Assert.IsType<ProgressRecord>(_meter.TakeRecord());

        Assert.Equal(("Backing up", "/b"), (record.Activity, record.CurrentOperation));
        Assert.Equal("10 of 40 items, 25.0 MB of 100 MB, 2.50 MB/s", record.StatusDescription);
        Assert.Equal((25, 30), (record.PercentComplete, record.SecondsRemaining));
        Assert.Null(_meter.TakeRecord());
        Assert.Equal(ProgressRecordType.Completed, _meter.TakeCompletion()?.RecordType);
        Assert.Null(_meter.TakeCompletion());
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}

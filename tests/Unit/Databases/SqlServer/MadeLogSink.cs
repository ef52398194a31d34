using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;
using Xunit;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>Keeps a log that is streamed, and holds the stream to what sinks ask for.</summary>
internal sealed class MadeLogSink : ILogSink
{
    private readonly Dictionary<string, MemoryStream> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);
    private string? _open;
    private string? _last;

    public string StreamId => "0123abcd";

    public string? SourceId { get; private set; }

    /// <summary>Whether what is written is durable at once, or not at all.</summary>
    public bool IsDurable { get; set; } = true;

    public LogPosition? Durable { get; private set; }

    public List<LogServerState> States { get; } = [];

    /// <summary>The files of the log.</summary>
    public IReadOnlyCollection<string> Files => _files.Keys;

    public LogCoverage Coverage => new([.. _files.OrderBy(static file => file.Key, StringComparer.Ordinal)
        .Select(file => new LogFile(file.Key, 0, file.Value.Length, _until[file.Key]))]);

    public byte[] this[string file] => _files[file].ToArray();

    /// <summary>Loses a file, as a damaged repository does.</summary>
    public void Lose(string file) => _files.Remove(file);

    /// <summary>Loses the end of a file that was being sent.</summary>
    public void Cut(string file, long length) => _files[file].SetLength(length);

    public Task<LogCoverage> OpenAsync(string sourceId, CancellationToken cancellationToken)
    {
        SourceId = sourceId;
        _open = null;
        Durable = null;
        return Task.FromResult(Coverage);
    }

    public ValueTask WriteAsync(
        string file, long offset, ReadOnlyMemory<byte> content, DateTimeOffset until, CancellationToken cancellationToken)
    {
        Assert.NotNull(SourceId);
        Assert.True(_open is null || _open == file, "the file before has not ended");
        Assert.DoesNotContain(file, static c => c is '~' or '/');
        Assert.InRange(file.Length, 1, 215);
        _open = _last = file;
        if (!_files.TryGetValue(file, out MemoryStream? stored))
        {
            _files.Add(file, stored = new MemoryStream());
        }

        Assert.Equal(stored.Length, offset);
        stored.Position = offset;
        stored.Write(content.Span);
        _until[file] = DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds());
        if (IsDurable)
        {
            Durable = new LogPosition(file, stored.Length);
        }

        return ValueTask.CompletedTask;
    }

    public void OnIdle(DateTimeOffset until, LogPosition? next)
    {
        if (_last is not null)
        {
            _until[_last] = until;
        }
    }

    public ValueTask EndFileAsync(string file, CancellationToken cancellationToken)
    {
        Assert.Equal(_open, file);
        _open = null;
        return ValueTask.CompletedTask;
    }

    public void OnServer(LogServerState state) => States.Add(state);
}

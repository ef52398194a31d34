using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Databases.Logs;

namespace BackupModule.Tests.Databases.MySql;

/// <summary>Keeps a log that is streamed in a folder, as a repository would.</summary>
internal sealed class FolderSink : ILogSink
{
    private readonly LogCoverage _coverage;
    private readonly string _folder;
    private readonly Dictionary<string, LogFile> _files;
    private readonly HashSet<string> _ended;

    /// <summary>Goes on from a coverage.</summary>
    /// <param name="folder">Where the log is kept.</param>
    /// <param name="coverage">What is there.</param>
    /// <param name="ended">The files that have their end, to be added to.</param>
    public FolderSink(string folder, LogCoverage coverage, HashSet<string> ended)
    {
        _ended = ended;
        _folder = Directory.CreateDirectory(folder).FullName;
        _coverage = coverage;
        _files = coverage.Files.ToDictionary(static file => file.Name);
    }

    public string StreamId => "8badf00d";

    /// <summary>The server that the log is of.</summary>
    public string? SourceId { get; private set; }

    public LogPosition? Durable { get; private set; }

    public DateTimeOffset Until { get; private set; }

    public LogServerState? Server { get; private set; }

    /// <summary>What there is.</summary>
    public LogCoverage Now
    {
        get
        {
            lock (_files)
            {
                return new LogCoverage([.. _files.Values.OrderBy(static file => file.Name, StringComparer.Ordinal)]);
            }
        }
    }

    public Task<LogCoverage> OpenAsync(string sourceId, CancellationToken cancellationToken)
    {
        SourceId = sourceId;
        return Task.FromResult(_coverage);
    }

    public ValueTask WriteAsync(
        string file, long offset, ReadOnlyMemory<byte> content, DateTimeOffset until, CancellationToken cancellationToken)
    {
        lock (_files)
        {
            LogFile known = _files.GetValueOrDefault(file) ?? new LogFile(file, offset, offset, until);
            if (known.End != offset || _ended.Contains(file))
            {
                throw new InvalidOperationException($"{file} goes on at {offset} instead of {known.End}.");
            }

            using FileStream output = new(Path.Combine(_folder, file), FileMode.OpenOrCreate);
            output.Position = offset;
            output.Write(content.Span);
            _files[file] = known with { End = offset + content.Length, Until = until };
            Durable = new LogPosition(file, offset + content.Length);
            Until = until;
        }

        return ValueTask.CompletedTask;
    }

    public void OnIdle(DateTimeOffset until, LogPosition? next)
    {
        lock (_files)
        {
            Until = until;
            if (_files.Count > 0)
            {
                string last = _files.Keys.Max(StringComparer.Ordinal)!;
                _files[last] = _files[last] with { Until = until };
            }
        }
    }

    public ValueTask EndFileAsync(string file, CancellationToken cancellationToken)
    {
        lock (_files)
        {
            _ended.Add(file);
        }

        return ValueTask.CompletedTask;
    }

    public void OnServer(LogServerState state) => Server = state;
}

using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Scheduling.Installers;

namespace BackupModule.Tests.Scheduling.Installers;

/// <summary>The program <c>crontab</c> with one user's crontab.</summary>
internal sealed class FakeCrontab : IProgramRunner
{
    /// <summary>The crontab; null for none.</summary>
    public byte[]? Content { get; set; }

    /// <summary>What somebody else makes of it once it was read.</summary>
    public byte[]? ContentAfterRead { get; set; }

    /// <summary>True to keep something else than what is written.</summary>
    public bool IsFaulty { get; set; }

    public string Text => Content is null ? "(none)" : Encoding.UTF8.GetString(Content);

    public Task<ProgramResult> RunAsync(
        string program, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        return Task.FromResult(arguments[0] switch
        {
            "-l" => Read(),
            "-r" => Write(null),
            _ => Write(IsFaulty && Encoding.UTF8.GetString(input).Contains("BackupModule", System.StringComparison.Ordinal)
                ? [.. input, (byte)'#', (byte)'\n']
                : input),
        });
    }

    private ProgramResult Read()
    {
        byte[]? content = Content;
        (Content, ContentAfterRead) = (ContentAfterRead ?? Content, null);
        return content is null ? new ProgramResult(1, [], "no crontab for shop\n") : new ProgramResult(0, content, string.Empty);
    }

    private ProgramResult Write(byte[]? content)
    {
        Content = content;
        return new ProgramResult(0, [], string.Empty);
    }
}

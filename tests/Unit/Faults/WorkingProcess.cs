using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace BackupModule.Tests.Faults;

/// <summary>A process that does one kind of work on a repository until it is killed.</summary>
internal sealed class WorkingProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly WorkOrder _order;

    /// <summary>Starts it. It opens the repository and waits for <see cref="GoAsync"/>.</summary>
    public WorkingProcess(WorkOrder order)
    {
        _order = order;
        File.Delete(order.ReadyPath);
        File.Delete(order.GoPath);
        ProcessStartInfo start = new(
            "dotnet",
            ["exec", typeof(WorkingProcess).Assembly.Location, "-method", Worker.Method, "-explicit", "only"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[WorkOrder.Variable] = order.ToText();

        // What the killed process cannot tidy up goes with the test's own folder.
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(order.Scratch, "temporary")).FullName;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Lets it begin its work.</summary>
    public async Task GoAsync()
    {
        using CancellationTokenSource limit = new(s_startLimit);
        while (!File.Exists(_order.ReadyPath))
        {
            await PauseAsync(limit.Token);
        }

        await File.WriteAllTextAsync(_order.GoPath, string.Empty);
    }

    /// <summary>Waits a moment, while it must go on working.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (_process.HasExited)
        {
            Assert.Fail($"The process ended on its own: {await _output}");
        }

        await Task.Delay(5, cancellationToken);
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        Assert.False(_process.HasExited, "The process ended on its own.");
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }
}

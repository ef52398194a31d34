using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Jobs.Health;
using BackupModule.Core.Policies;
using BackupModule.Tests.Servers;
using Xunit;

namespace BackupModule.Tests.Jobs;

public sealed class HealthCheckerTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_attemptLimit = TimeSpan.FromSeconds(10);

    private readonly ManualTime _time = new();
    private readonly RecordingObserver _observer = new();
    private readonly WebServer _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(302)]
    public async Task A_page_that_answers_is_well(int status)
    {
        _server.Answer(status, string.Empty, ("Location", "http://127.0.0.1:1/elsewhere"));

        HealthResult result = await AskAsync(_server.Address + "health");

        Assert.Equal((true, 1, null), (result.Passed, result.Attempts, result.Message));
        Assert.Equal(("GET", "/health"), (Assert.Single(_server.Requests).Method, _server.Requests[0].Target));
    }

    [Fact]
    public async Task An_application_that_starts_slowly_is_asked_again()
    {
        _server.Answer(503).Answer(503).Answer(200);

        HealthResult result = await AskAsync(_server.Address.ToString());

        Assert.Equal((true, 3, null), (result.Passed, result.Attempts, result.Message));
        Assert.Equal(2 * s_interval, result.Duration);
    }

    [Fact]
    public async Task An_application_that_stays_ill_fails_when_its_time_is_over()
    {
        _server.Usual = new WebAnswer(503, "no database");

        HealthResult result = await AskAsync(_server.Address.ToString());

        Assert.Equal((false, "it answered 503"), (result.Passed, result.Message));
        Assert.Equal((60, s_limit - s_interval), (result.Attempts, result.Duration));
        Assert.Equal(60, _server.Requests.Count);
        BackupException failure = result.ToFailure();
        Assert.Equal(BackupErrorKind.HealthCheckFailed, failure.Kind);
        Assert.Contains("it answered 503", failure.Message, StringComparison.Ordinal);
        Assert.Contains("is restored", failure.Guidance, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_never_answered_is_given_up_and_made_again()
    {
        _server.Hang();

        HealthResult result = await AskAsync(_server.Address.ToString(), hanging: 1);

        Assert.Equal((true, 2, s_attemptLimit + s_interval), (result.Passed, result.Attempts, result.Duration));
    }

    [Fact]
    public async Task A_server_that_never_answers_fails_when_its_time_is_over()
    {
        const int Requests = 6;
        for (int request = 0; request < Requests; request++)
        {
            _server.Hang();
        }

        HealthResult result = await AskAsync(_server.Address.ToString(), Requests);

        Assert.Equal((false, Requests, s_limit), (result.Passed, result.Attempts, result.Duration));
        Assert.Equal("there was no answer within 5 s", result.Message);
    }

    [Fact]
    public async Task A_port_is_well_when_it_takes_a_connection()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.True((await AskAsync($"tcp://127.0.0.1:{port}")).Passed);

        listener.Stop();
        HealthResult closed = await AskAsync($"tcp://127.0.0.1:{port}");

        Assert.False(closed.Passed);
        Assert.Contains("refused", closed.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Results_are_in_the_order_of_the_checks()
    {
        string page = _server.Address.ToString();

        // What fails at once cannot be asked again within this time, and the clock stands still for what takes its time.
        IReadOnlyList<HealthResult> results = await new HealthChecker(_time, _observer).RunAsync(
            [HealthCheck.Parse("tcp://127.0.0.1:1"), HealthCheck.Parse(page)], s_interval, default);

        Assert.Equal([("tcp://127.0.0.1:1", false), (page, true)], [(results[0].Address, results[0].Passed), (results[1].Address, results[1].Passed)]);
    }

    [Fact]
    public async Task Whoever_stops_the_command_does_not_wait()
    {
        using CancellationTokenSource stop = new();
        _server.Hang();
        Task<IReadOnlyList<HealthResult>> asking = new HealthChecker(TimeProvider.System, _observer)
            .RunAsync([HealthCheck.Parse(_server.Address.ToString())], TimeSpan.FromHours(1), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    // The clock moves on when an attempt is over, or the server has heard one that it will not answer.
    private async Task<HealthResult> AskAsync(string address, int hanging = 0)
    {
        int before = _observer.Decisions.Count;
        TimeSpan elapsed = TimeSpan.Zero;
        Task<IReadOnlyList<HealthResult>> asking = new HealthChecker(_time, _observer)
            .RunAsync([HealthCheck.Parse(address)], s_limit, default);
        for (int attempt = 1; !asking.IsCompleted; attempt++)
        {
            if (attempt <= hanging)
            {
                await UntilAsync(() => _server.Requests.Count == attempt);
                TimeSpan left = s_limit - elapsed;
                Advance(left < s_attemptLimit ? left : s_attemptLimit);
            }

            await UntilAsync(() => _observer.Decisions.Count == before + attempt);
            await UntilAsync(() => asking.IsCompleted || _time.HasTimers);
            Advance(asking.IsCompleted ? TimeSpan.Zero : s_interval);
        }

        return Assert.Single(await asking);

        void Advance(TimeSpan by)
        {
            elapsed += by;
            _time.Advance(by);
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }
    }
}

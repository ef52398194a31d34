using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Core.Jobs.Health;

/// <summary>Asks an application whether it works, again and again until it does or its time is over: what was just started needs
/// a while.</summary>
/// <param name="time">The clock.</param>
/// <param name="observer">Hears how it goes.</param>
public sealed class HealthChecker(TimeProvider time, IBackupObserver observer)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    // A program that takes a connection while it starts, and never answers it, is asked anew.
    private static readonly TimeSpan s_attemptLimit = TimeSpan.FromSeconds(10);

    /// <summary>Makes all checks at the same time.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="limit">How long each may take to be well.</param>
    /// <param name="cancellationToken">Stops them.</param>
    /// <returns>A result for each check, in their order.</returns>
    public async Task<IReadOnlyList<HealthResult>> RunAsync(
        IReadOnlyList<HealthCheck> checks, TimeSpan limit, CancellationToken cancellationToken)
    {
        using HttpClient client = CreateClient();
        return await Task.WhenAll(checks.Select(check => RunAsync(client, check, limit, cancellationToken))).ConfigureAwait(false);
    }

    private async Task<HealthResult> RunAsync(
        HttpClient client, HealthCheck check, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        for (int attempts = 1; ; attempts++)
        {
            TimeSpan left = limit - time.GetElapsedTime(started);
            string? fault = await FindFaultAsync(client, check, left < s_attemptLimit ? left : s_attemptLimit, cancellationToken)
                .ConfigureAwait(false);
            TimeSpan taken = time.GetElapsedTime(started);
            observer.OnDecision($"Health check {check}: {fault ?? "well"}.");
            if (fault is null || taken + s_interval >= limit)
            {
                return new HealthResult(check.ToString(), fault is null, attempts, taken, fault);
            }

            await Task.Delay(s_interval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> FindFaultAsync(
        HttpClient client, HealthCheck check, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = new(limit, time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return check.IsPort
                ? await ConnectAsync(check.Address, stop.Token).ConfigureAwait(false)
                : await GetAsync(client, check.Address, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"there was no answer within {Math.Round(limit.TotalSeconds)} s";
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or IOException)
        {
            // The innermost cause says what is wrong with a certificate; what is around it says that something is.
            return failure.GetBaseException().Message.TrimEnd('.');
        }
    }

    private static async Task<string?> GetAsync(HttpClient client, Uri page, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await client
            .GetAsync(page, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        int status = (int)answer.StatusCode;
        return status is >= 200 and < 400 ? null : $"it answered {status}";
    }

    private static async Task<string?> ConnectAsync(Uri port, CancellationToken cancellationToken)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(port.DnsSafeHost, port.Port, cancellationToken).ConfigureAwait(false);
        return null;
    }

    // The application itself is asked: by no proxy, and over a connection that it did not have before it was started.
    private static HttpClient CreateClient()
    {
        HttpClient client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("BackupModule", typeof(HealthChecker).Assembly.GetName().Version?.ToString(3)));
        return client;
    }
}

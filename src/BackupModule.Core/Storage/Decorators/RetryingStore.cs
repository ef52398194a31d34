using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace BackupModule.Core.Storage.Decorators;

/// <summary>
/// Tries calls again that failed for a while: with growing pauses, by chance longer or shorter so that many clients do not
/// come back at the same moment. When nothing at all gets through for long, calls fail at once until it has rested.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="options">How often and how patiently.</param>
/// <param name="time">The clock.</param>
/// <param name="onRetry">Hears each time what failed and after which pause it is tried again.</param>
public sealed class RetryingStore(
    IObjectStore inner, RetryOptions options, TimeProvider time, Action<BackupException, TimeSpan>? onRetry = null)
    : IObjectStore, IStoreFeatures
{
    private readonly ResiliencePipeline _pipeline = Build(options, time, onRetry);

    /// <inheritdoc/>
    public IStoreUpkeep? Upkeep => inner.Upkeep() is { } upkeep ? new RetryingUpkeep(upkeep, this) : null;

    /// <inheritdoc/>
    public IPartedUploads? Uploads => inner.Uploads() is { } uploads ? new RetryingPartedUploads(uploads, this) : null;

    /// <inheritdoc/>
    public IRetentionStore? Retention =>
        inner.Retention() is { } retention ? new RetryingRetention(retention, RunAsync) : null;

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public IArchiveStore? Archive => inner.Archive() is { } archive ? new RetryingArchive(archive, this) : null;

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken) =>
        RunAsync(token => inner.PrepareAsync(folders, token), cancellationToken);

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RunAsync(token => inner.PutAsync(key, content, token), cancellationToken);

    /// <inheritdoc/>
    public Task PutContentsAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RunAsync(token => inner.PutContentsAsync(key, content, token), cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        int attempts = 0;
        bool isCreated = await RunAsync(
            token =>
            {
                attempts++;
                return inner.TryCreateAsync(key, content, token);
            },
            cancellationToken).ConfigureAwait(false);

        // An attempt whose answer was lost may have created it.
        return isCreated
            || (attempts > 1 && await HoldsAsync(key, content, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task<long?> GetSizeAsync(string key, CancellationToken cancellationToken) =>
        RunAsync(token => inner.GetSizeAsync(key, token), cancellationToken);

    /// <inheritdoc/>
    public Task ReadAsync(string key, long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
        RunAsync(token => inner.ReadAsync(key, offset, destination, token), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>A listing that breaks off goes on where it did, or is begun again, and what was shown before is not shown
    /// twice.</remarks>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<string> shown = new(StringComparer.Ordinal);
        IAsyncEnumerator<StoredObject> listing = inner.ListAsync(prefix, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        bool hasBrokenOff = false;
        try
        {
            while (await RunAsync(MoveNextAsync, cancellationToken).ConfigureAwait(false))
            {
                if (listing is IResumableListing || shown.Add(listing.Current.Key))
                {
                    yield return listing.Current;
                }
            }
        }
        finally
        {
            await listing.DisposeAsync().ConfigureAwait(false);
        }

        async Task<bool> MoveNextAsync(CancellationToken token)
        {
            if (hasBrokenOff && listing is not IResumableListing)
            {
                await listing.DisposeAsync().ConfigureAwait(false);
                listing = inner.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
            }

            hasBrokenOff = true;
            bool hasNext = await listing.MoveNextAsync().ConfigureAwait(false);
            hasBrokenOff = false;
            return hasNext;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        RunAsync(token => inner.DeleteAsync(key, token), cancellationToken);

    private static ResiliencePipeline Build(
        RetryOptions options, TimeProvider time, Action<BackupException, TimeSpan>? onRetry) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<BackupException>(static failure => failure.IsTransient),
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.FirstPause,
                MaxDelay = options.LongestPause,
                OnRetry = attempt =>
                {
                    onRetry?.Invoke((BackupException)attempt.Outcome.Exception!, attempt.RetryDelay);
                    return default;
                },
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<BackupException>(static failure => failure.IsTransient),
                FailureRatio = 1,
                MinimumThroughput = options.FailuresUntilRest,
                SamplingDuration = options.Sampling,
                BreakDuration = options.Rest,
            })
            .Build();

    private async Task<bool> HoldsAsync(
        string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (await GetSizeAsync(key, cancellationToken).ConfigureAwait(false) != content.Length)
        {
            return false;
        }

        byte[] found = new byte[content.Length];
        await ReadAsync(key, 0, found, cancellationToken).ConfigureAwait(false);
        return content.Span.SequenceEqual(found);
    }

    /// <summary>Makes a call, again where it fails for a while.</summary>
    internal Task RunAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => RunAsync(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Makes a call, again where it fails for a while.</summary>
    internal async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (work, token) => await work(token).ConfigureAwait(false), call, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (BrokenCircuitException failure)
        {
            throw new BackupException(
                BackupErrorKind.StorageFailure,
                $"{Location} has not answered a single call for some time, so no more are tried for now: "
                + (failure.InnerException?.Message ?? "it is down."),
                "Check the network and the server, then run the command again: what was stored is used again.",
                failure)
            {
                Subject = Location,
                IsTransient = true,
            };
        }
    }
}

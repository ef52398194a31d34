using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Storage.Gcs;

/// <summary>Uploads in chunks, each of which may break and be taken up again where the server has it.</summary>
/// <remarks>Protocol: Cloud Storage, "Perform resumable uploads". The address of the session stands for the credentials, so
/// requests to it carry no token. What stays interrupted is left to whoever tries the whole put again; the server forgets
/// the session by itself after a week and shows nothing of it.</remarks>
/// <param name="transport">Sends the requests.</param>
/// <param name="requests">Makes them.</param>
/// <param name="chunk">Bytes of a chunk, a multiple of <see cref="GcsLimits.ChunkUnit"/>.</param>
/// <param name="location">The store, for messages.</param>
internal sealed class GcsResumableUpload(GcsTransport transport, GcsRequests requests, int chunk, string location)
{
    private const int Sessions = 3;
    private const int RequestsWithoutProgress = 4;
    private const HttpStatusCode ResumeIncomplete = HttpStatusCode.PermanentRedirect;

    /// <summary>Uploads the content.</summary>
    /// <returns>False if the object was there already and was to be left.</returns>
    /// <exception cref="BackupException">As for <see cref="IObjectStore.PutAsync"/>.</exception>
    public async Task<bool> RunAsync(GcsUpload upload, CancellationToken cancellationToken)
    {
        for (int sessions = 1; ; sessions++)
        {
            Uri? session = await StartAsync(upload, cancellationToken).ConfigureAwait(false);
            GcsUploadStep end = session is null
                ? GcsUploadStep.Exists
                : await SendAsync(session, upload, cancellationToken).ConfigureAwait(false);
            if (end != GcsUploadStep.Lost)
            {
                return end == GcsUploadStep.Complete;
            }

            // A lost session may have created the object: beginning again would find it and take it for somebody else's.
            if (sessions == Sessions || upload.OnlyIfNone)
            {
                throw Broken(upload, "the server lost the upload.");
            }
        }
    }

    // Null if there is an object that stays.
    private Task<Uri?> StartAsync(GcsUpload upload, CancellationToken cancellationToken) => transport.SendAsync(
        () => requests.StartUpload(upload),
        answer => ReadSessionAsync(answer, upload),
        upload.Action,
        cancellationToken);

    private async Task<Uri?> ReadSessionAsync(GcsAnswer answer, GcsUpload upload)
    {
        if (answer.IsSuccess)
        {
            return answer.Headers.Location is { IsAbsoluteUri: true } session
                ? session
                : throw Broken(upload, "the server opened no upload.");
        }

        GcsRefusal refusal = await answer.ReadRefusalAsync().ConfigureAwait(false);
        return GcsErrors.IsForestalled(answer.Status, refusal, upload) ? null : throw answer.Explain(refusal);
    }

    // Ends with Complete, Exists or Lost.
    private async Task<GcsUploadStep> SendAsync(Uri session, GcsUpload upload, CancellationToken cancellationToken)
    {
        long received = 0;
        bool isKnown = true;
        BackupException? failure = null;
        for (int fruitless = 0; ;)
        {
            GcsUploadState state = await TakeStepAsync(session, upload, (int)received, isKnown, cancellationToken)
                .ConfigureAwait(false);
            if (state.Step is not (GcsUploadStep.Incomplete or GcsUploadStep.Interrupted))
            {
                return state.Step == GcsUploadStep.Refused ? throw state.Failure! : state.Step;
            }

            failure = state.Failure ?? failure;
            isKnown = state.Step == GcsUploadStep.Incomplete;
            fruitless = isKnown && state.Received > received ? 0 : fruitless + 1;
            received = isKnown ? state.Received : received;
            if (fruitless == RequestsWithoutProgress)
            {
                throw failure ?? Broken(upload, $"the server keeps no more than {received} bytes of it.");
            }
        }
    }

    // Sends what follows the bytes that the server is known to have, or asks which it has.
    private async Task<GcsUploadState> TakeStepAsync(
        Uri session, GcsUpload upload, int received, bool isKnown, CancellationToken cancellationToken)
    {
        int length = Math.Min(chunk, upload.Content.Length - received);
        try
        {
            return await transport.SendWithoutTokenAsync(
                () => isKnown && length > 0
                    ? GcsRequests.UploadChunk(session, upload, received, length)
                    : GcsRequests.AskForProgress(session, upload),
                answer => ReadStateAsync(answer, upload),
                upload.Action,
                cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException failure) when (failure.IsTransient)
        {
            return new GcsUploadState(GcsUploadStep.Interrupted, Failure: failure);
        }
    }

    private static async Task<GcsUploadState> ReadStateAsync(GcsAnswer answer, GcsUpload upload)
    {
        if (answer.IsSuccess)
        {
            await answer.RequireStoredAsync(upload).ConfigureAwait(false);
            return new GcsUploadState(GcsUploadStep.Complete);
        }

        if (answer.Status == ResumeIncomplete)
        {
            return new GcsUploadState(GcsUploadStep.Incomplete, Math.Min(Received(answer.Headers), upload.Content.Length));
        }

        if (answer.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            return new GcsUploadState(GcsUploadStep.Lost);
        }

        GcsRefusal refusal = await answer.ReadRefusalAsync().ConfigureAwait(false);
        return GcsErrors.IsForestalled(answer.Status, refusal, upload)
            ? new GcsUploadState(GcsUploadStep.Exists)
            : new GcsUploadState(
                GcsErrors.IsTransient(answer.Status) ? GcsUploadStep.Interrupted : GcsUploadStep.Refused,
                Failure: answer.Explain(refusal));
    }

    // Without the header, nothing has been kept.
    private static long Received(HttpResponseHeaders headers) =>
        headers.TryGetValues("Range", out IEnumerable<string>? values)
            && RangeHeaderValue.TryParse(values.First(), out RangeHeaderValue? range)
            && range.Ranges.First().To is { } last
            ? last + 1
            : 0;

    private BackupException Broken(GcsUpload upload, string what) => new(
        BackupErrorKind.StorageFailure,
        $"Cannot {upload.Action} in {location}: {what}",
        "Run the command again; if it happens again, check the network and any proxy.")
    {
        Subject = location,
        IsTransient = true,
    };
}

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage;
using BackupModule.Core.Storage.Gcs;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>As much of Google Cloud Storage's JSON API on loopback as a store needs, with faults to order.</summary>
/// <remarks>It keeps to the documented behaviour: tokens, preconditions, checksums, customer's keys, paging, fields, ranges,
/// and resumable uploads that keep whole units of a chunk that broke.</remarks>
internal sealed class FakeGcsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, FakeGcsBucket> _buckets = new();
    private readonly ConcurrentQueue<FakeGcsFault> _faults = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Task _work;

    public FakeGcsServer()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        Tokens = new FakeGcsTokens(Address);
        CredentialFile = Tokens.WriteServiceAccount(_folder.Path);
        _work = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public FakeGcsTokens Tokens { get; }

    /// <summary>The file of an account that the server knows.</summary>
    public string CredentialFile { get; }

    /// <summary>Everything asked so far, in order: <c>Start</c>, <c>Chunk bytes 0-262143/300000</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>True to change a bit of every content that comes in.</summary>
    public bool DamageUploads { get; set; }

    public StoreSettings Settings => new() { Endpoint = Address, CredentialFile = CredentialFile };

    /// <summary>Makes a bucket, or gives the one there is.</summary>
    public FakeGcsBucket this[string bucket] => _buckets.GetOrAdd(bucket, static name => new FakeGcsBucket(name));

    /// <summary>A fault of one kind of request.</summary>
    public FakeGcsFault On(GcsCall call)
    {
        FakeGcsFault fault = new(call);
        _faults.Enqueue(fault);
        return fault;
    }

    /// <summary>Waits until so many requests were made.</summary>
    public async Task UntilAskedAsync(int count)
    {
        while (_requests.Count < count)
        {
            await Task.Delay(5);
        }
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>A store in a bucket that is there.</summary>
    public GcsObjectStore OpenStore(
        string bucket = "bucket",
        string prefix = "",
        StoreSettings? settings = null,
        StoreSecrets? secrets = null,
        GcsLimits? limits = null)
    {
        _ = this[bucket];
        return new GcsObjectStore(
            StoreLocation.Parse($"gs://{bucket}/{prefix}", "/"),
            settings ?? Settings,
            secrets ?? StoreSecrets.None,
            limits ?? new GcsLimits(),
            static _ => null);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _work.GetAwaiter().GetResult();
        Tokens.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException
                or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(socket));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using FakeHttpConnection connection = new(socket);
        try
        {
            while (await connection.ReadHeadAsync(_stop.Token) is { } head
                && await ServeAsync(connection, head))
            {
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException
            or ObjectDisposedException)
        {
            // The client has gone, or the test is over.
        }
    }

    // False if the connection was cut.
    private async Task<bool> ServeAsync(FakeHttpConnection connection, FakeHttpRequest head)
    {
        FakeGcsRequest request = new(head);
        _requests.Enqueue(request.ToString());
        FakeGcsFault? fault = _faults.FirstOrDefault(one => one.Takes(request.Call));
        if (fault?.Effect == FakeGcsFault.Kind.CutRequest)
        {
            byte[] part = await connection.ReadContentAsync(fault.Bytes, _stop.Token);
            if (request.Call == GcsCall.Chunk)
            {
                this[request.Bucket].Continue(request, part);
            }

            connection.Cut();
            return false;
        }

        byte[] content = await connection.ReadContentAsync(head.ContentLength, _stop.Token);
        switch (fault?.Effect)
        {
            case FakeGcsFault.Kind.Stall:
                await Task.Delay(Timeout.Infinite, _stop.Token);
                break;
            case FakeGcsFault.Kind.Hold:
                await fault.Held.Task;
                break;
            default:
                break;
        }

        FakeGcsAnswer answer = fault?.Answer ?? Answer(request, content);
        switch (fault?.Effect)
        {
            case FakeGcsFault.Kind.LoseAnswer:
                connection.Cut();
                return false;
            case FakeGcsFault.Kind.CutAnswer:
                await connection.SendAsync(answer, answer.Body.Length / 2, _stop.Token);
                return false;
            case FakeGcsFault.Kind.StallAnswer:
                await connection.SendAsync(answer, answer.Body.Length / 2, _stop.Token);
                await Task.Delay(Timeout.Infinite, _stop.Token);
                return false;
            default:
                await connection.SendAsync(answer, answer.Body.Length, _stop.Token);
                return true;
        }
    }

    private FakeGcsAnswer Answer(FakeGcsRequest request, byte[] content)
    {
        if (request.Call == GcsCall.Token)
        {
            return Tokens.Exchange(request, content);
        }

        // The address of an upload under way stands for the credentials.
        bool isSession = request.Call is GcsCall.Chunk or GcsCall.Progress;
        if (!isSession && Tokens.Refusal(request) is { } refusal)
        {
            return refusal;
        }

        if (!_buckets.TryGetValue(request.Bucket, out FakeGcsBucket? bucket))
        {
            return FakeGcsAnswer.NoBucket();
        }

        switch (request.Call)
        {
            case GcsCall.Upload when request["uploadType"] == "media":
                return bucket.Store(request, [], content);
            case GcsCall.Upload:
                (JsonObject metadata, byte[] media) = FakeGcsMultipart.Split(request.ContentType, content);
                return bucket.Store(request, metadata, Arrived(media));
            case GcsCall.Start:
                return bucket.Start(request, JsonNode.Parse(Encoding.UTF8.GetString(content))!.AsObject(), Address);
            case GcsCall.Chunk or GcsCall.Progress:
                return bucket.Continue(request, Arrived(content));
            case GcsCall.Read:
                return bucket.Read(request);
            case GcsCall.List:
                return bucket.List(request);
            case GcsCall.Delete:
                return bucket.Delete(request);
            default:
                return bucket.Look(request);
        }
    }

    private byte[] Arrived(byte[] content)
    {
        if (DamageUploads && content.Length > 0)
        {
            content[^1] ^= 1;
        }

        return content;
    }
}

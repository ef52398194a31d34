using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Servers;

/// <summary>
/// Stands between a client and a real server on loopback and passes requests on, or does to them what a test says. It is
/// also a proxy in the sense of HTTP: for requests that name a server, and for tunnels.
/// </summary>
internal sealed class FaultProxy : IDisposable
{
    private readonly Uri _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private long _packBytes;

    public FaultProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>The address for clients.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>What is done to a request; null where it is passed on as it is. Called once for each request.</summary>
    public Func<ProxiedRequest, ProxyFault?> Fault { get; set; } = static _ => null;

    /// <summary>Every request that came, in no order.</summary>
    public ConcurrentQueue<ProxiedRequest> Requests { get; } = new();

    /// <summary>The bytes of packs that were put and passed on whole.</summary>
    public long PackBytes => Interlocked.Read(ref _packBytes);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                connections.RemoveAll(static connection => connection.IsCompleted);
                connections.Add(Task.Run(() => ServeAsync(client)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    // One request a connection: the answer is then whatever comes before its end.
    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                using NetworkStream client = new(socket);
                ProxiedRequest request = await ReadHeadAsync(client);
                Requests.Enqueue(request);
                if (request.Method == "CONNECT")
                {
                    await TunnelAsync(client, request);
                }
                else if (!await ServeAsync(client, request, Fault(request)))
                {
                    socket.LingerState = new LingerOption(enable: true, 0);
                }
            }
            catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
            {
                // The connection ended: by its client, its server, or the test.
            }
        }
    }

    // False where the connection is to break.
    private async Task<bool> ServeAsync(NetworkStream client, ProxiedRequest request, ProxyFault? fault)
    {
        if (fault?.Answer is { } answer)
        {
            await SkipAsync(client, request.ContentLength);
            await client.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
            return true;
        }

        using TcpClient upstream = new() { NoDelay = true };
        bool isProxied = Uri.TryCreate(request.Target, UriKind.Absolute, out Uri? target) && target.Scheme == "http";
        Uri to = isProxied ? target! : _server;
        await upstream.ConnectAsync(to.Host, to.Port, _stop.Token);
        NetworkStream server = upstream.GetStream();
        ProxiedRequest passed = (fault?.Change?.Invoke(request) ?? request).With("Connection", "close");
        if (isProxied)
        {
            passed = passed with { Target = target!.PathAndQuery };
        }

        await server.WriteAsync(Encoding.Latin1.GetBytes(passed.ToString()), _stop.Token);
        await CopyAsync(client, server, Math.Min(request.ContentLength, fault?.CutRequestAfter ?? int.MaxValue), null);
        if (fault?.CutRequestAfter is not null)
        {
            return false;
        }

        if (request.IsPackPut)
        {
            Interlocked.Add(ref _packBytes, request.ContentLength);
        }

        await CopyAsync(server, client, fault?.CutAnswerAfter ?? fault?.StallAfter ?? int.MaxValue, fault?.Trickle);
        if (fault?.StallAfter is not null)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        return fault?.CutAnswerAfter is null;
    }

    private async Task TunnelAsync(NetworkStream client, ProxiedRequest request)
    {
        string[] to = request.Target.Split(':');
        using TcpClient upstream = new() { NoDelay = true };
        await upstream.ConnectAsync(to[0], int.Parse(to[1]), _stop.Token);
        await client.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n\r\n"), _stop.Token);
        NetworkStream server = upstream.GetStream();
        await Task.WhenAny(
            CopyAsync(client, server, int.MaxValue, null), CopyAsync(server, client, int.MaxValue, null));
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, int bytes, int? pieces)
    {
        byte[] buffer = new byte[pieces ?? 64 * 1024];
        while (bytes > 0)
        {
            int count = await from.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)), _stop.Token);
            if (count == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            bytes -= count;
            if (pieces is not null)
            {
                await Task.Delay(1, _stop.Token);
            }
        }
    }

    private async Task SkipAsync(NetworkStream client, int bytes)
    {
        byte[] buffer = new byte[64 * 1024];
        while (bytes > 0)
        {
            int count = await client.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)), _stop.Token);
            bytes -= count > 0 ? count : throw new IOException("The client went away.");
        }
    }

    private async Task<ProxiedRequest> ReadHeadAsync(NetworkStream client)
    {
        byte[] one = new byte[1];
        StringBuilder head = new();
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            head.Append(await client.ReadAsync(one, _stop.Token) == 1
                ? (char)one[0] : throw new IOException("The client went away."));
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        List<(string, string)> headers = [];
        foreach (string line in lines[1..])
        {
            string[] header = line.Split(':', 2);
            headers.Add((header[0], header[1].Trim()));
        }

        return new ProxiedRequest(first[0], first[1], headers);
    }
}

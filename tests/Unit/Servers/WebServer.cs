using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace BackupModule.Tests.Servers;

/// <summary>A web server on loopback that records what is asked, and answers as it is told: 200 if it was told nothing.
/// </summary>
internal sealed class WebServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<WebAnswer> _answers = new();
    private readonly ConcurrentQueue<WebRequestRecord> _requests = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _work;

    public WebServer()
    {
        (_listener, Address) = Listen();
        _work = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<WebRequestRecord> Requests => [.. _requests];

    /// <summary>The answer to a request that nothing else was planned for.</summary>
    public WebAnswer Usual { get; set; } = new(200, "ok");

    /// <summary>Plans the answer to the next request that has none yet.</summary>
    public WebServer Answer(int status, string body = "", params (string Name, string Value)[] headers)
    {
        _answers.Enqueue(new WebAnswer(status, body) { Headers = headers });
        return this;
    }

    /// <summary>Lets the next request wait for ever.</summary>
    public WebServer Hang()
    {
        _answers.Enqueue(new WebAnswer(200, string.Empty) { Hangs = true });
        return this;
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _listener.Close();
        _work.GetAwaiter().GetResult();
    }

    // Another process may take a port between finding and using it.
    private static (HttpListener Listener, Uri Address) Listen()
    {
        for (int attempt = 0; ; attempt++)
        {
            using TcpListener finder = new(IPAddress.Loopback, 0);
            finder.Start();
            int port = ((IPEndPoint)finder.LocalEndpoint).Port;
            finder.Stop();
            HttpListener listener = new();
            Uri address = new($"http://127.0.0.1:{port}/");
            listener.Prefixes.Add(address.ToString());
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException
                or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => ServeAsync(context));
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        try
        {
            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            _requests.Enqueue(new WebRequestRecord(
                context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers, body.ToArray()));
            WebAnswer answer = _answers.TryDequeue(out WebAnswer? planned) ? planned : Usual;
            if (answer.Hangs)
            {
                await _end.Task;
                return;
            }

            context.Response.StatusCode = answer.Status;
            foreach ((string name, string value) in answer.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.Body));
            context.Response.Close();
        }
        catch (Exception failure) when (failure is IOException or HttpListenerException or ObjectDisposedException)
        {
            // The client has gone, or the test is over.
        }
    }
}

using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Servers.Gcs;

/// <summary>One connection of a server of HTTP/1.1 that a test may cut at any byte.</summary>
internal sealed class FakeHttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly BufferedStream _input;

    public FakeHttpConnection(Socket socket)
    {
        _socket = socket;
        // Head and content are sent one after the other, without a wait in between.
        socket.NoDelay = true;
        _stream = new NetworkStream(socket);
        _input = new BufferedStream(_stream);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads the head of the next request; null when the client has closed the connection.</summary>
    public async Task<FakeHttpRequest?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not { Length: > 0 } first)
        {
            return null;
        }

        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            string[] header = line.Split(':', 2);
            headers[header[0]] = header[1].Trim();
        }

        string[] parts = first.Split(' ');
        return new FakeHttpRequest(parts[0], parts[1], headers);
    }

    /// <summary>Reads that many bytes of content.</summary>
    public async Task<byte[]> ReadContentAsync(int length, CancellationToken cancellationToken)
    {
        byte[] content = new byte[length];
        await _input.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    /// <summary>Sends an answer, or only the first bytes of its content.</summary>
    public async Task SendAsync(FakeGcsAnswer answer, int bytes, CancellationToken cancellationToken)
    {
        StringBuilder head = new($"HTTP/1.1 {(int)answer.Status} {answer.Status}\r\nContent-Length: {answer.Body.Length}\r\n");
        foreach ((string name, string value) in answer.Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{head}\r\n"), cancellationToken);
        await _stream.WriteAsync(answer.Body.AsMemory(0, bytes), cancellationToken);
    }

    /// <summary>Breaks the connection off, without a farewell.</summary>
    public void Cut()
    {
        _socket.LingerState = new LingerOption(enable: true, 0);
        _socket.Close();
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        byte[] one = new byte[1];
        StringBuilder line = new();
        while (await _input.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
            {
                return line.ToString();
            }

            if (one[0] != '\r')
            {
                line.Append((char)one[0]);
            }
        }

        return null;
    }
}

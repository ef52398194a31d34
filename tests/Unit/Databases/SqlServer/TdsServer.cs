using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Tests.Databases.SqlServer;

/// <summary>A server on the loopback address that speaks as much of SQL Server's protocol (MS-TDS 7.4) as Microsoft's client
/// needs: logins, encryption, batches of text, and cancelling them. What it answers, its owner says.</summary>
internal sealed class TdsServer : IAsyncDisposable
{
    public const string User = "backup";
    public const string Password = "p;w'd";

    private const byte BatchPacket = 0x01;
    private const byte AttentionPacket = 0x06;
    private const byte LoginPacket = 0x10;
    private const byte PreLoginPacket = 0x12;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<string, TdsAnswer, CancellationToken, Task> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    /// <summary>Starts a server.</summary>
    /// <param name="answer">Answers a batch; the token is cancelled when the client gives it up.</param>
    /// <param name="isEncrypted">True to speak TLS with a certificate that nobody trusts.</param>
    public TdsServer(Func<string, TdsAnswer, CancellationToken, Task> answer, bool isEncrypted = false)
    {
        _answer = answer;
        _certificate = isEncrypted ? MakeCertificate() : null;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How clients reach it, without the password.</summary>
    public string ConnectionString =>
        $"Server=127.0.0.1,{Port};User ID={User};Connect Timeout=10;ConnectRetryCount=0;"
        + (_certificate is null ? "Encrypt=Optional" : "Encrypt=Mandatory");

    /// <summary>Hears of connections that have ended.</summary>
    public Action<object> Closed { get; set; } = static _ => { };

    /// <summary>Everything that was asked.</summary>
    public ConcurrentQueue<string> Batches { get; } = new();

    /// <summary>Stops it and breaks all connections. A second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_accepting.IsCompleted)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 made = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        client.NoDelay = true;
        try
        {
            Stream stream = await BeginAsync(client.GetStream());
            await using (stream)
            {
                if (await LogInAsync(stream))
                {
                    try
                    {
                        await AnswerAsync(stream);
                    }
                    finally
                    {
                        Closed(stream);
                    }
                }
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or AuthenticationException)
        {
            // The client went away.
        }
    }

    /// <summary>Agrees on encryption.</summary>
    private async Task<Stream> BeginAsync(Stream socket)
    {
        await ReadMessageAsync(socket);

        // Version and encryption: on, or not there at all.
        byte[] reply = [0x00, 0, 11, 0, 6, 0x01, 0, 17, 0, 1, 0xff, 16, 0, 4, 0, 0, 0, (byte)(_certificate is null ? 2 : 1)];
        await WriteMessageAsync(socket, TdsAnswer.Packet, reply, isLast: true, _stop.Token);
        if (_certificate is null)
        {
            return socket;
        }

        HandshakeStream handshake = new(socket);
        SslStream tls = new(handshake);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls12 },
            _stop.Token);
        handshake.End();
        return tls;
    }

    private async Task<bool> LogInAsync(Stream stream)
    {
        (byte type, byte[] login) = await ReadMessageAsync(stream);
        if (type != LoginPacket)
        {
            throw new IOException("It is no login.");
        }

        using TdsAnswer answer = new(stream, _stop.Token);
        bool isRight = ReadLogin(login, 40, isSecret: false) == User && ReadLogin(login, 44, isSecret: true) == Password;
        if (isRight)
        {
            answer.AcceptLogin();
        }
        else
        {
            answer.AddError(18456, 14, $"Login failed for user '{User}'.");
        }

        await answer.EndAsync();
        return isRight;
    }

    private async Task AnswerAsync(Stream stream)
    {
        Task<(byte Type, byte[] Content)> next = ReadMessageAsync(stream);
        while (true)
        {
            (byte type, byte[] content) = await next;
            if (type != BatchPacket)
            {
                throw new IOException("It is no batch.");
            }

            int headers = BinaryPrimitives.ReadInt32LittleEndian(content);
            string sql = Encoding.Unicode.GetString(content.AsSpan(headers));
            Batches.Enqueue(sql);
            using TdsAnswer answer = new(stream, _stop.Token);
            using CancellationTokenSource given = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            next = ReadMessageAsync(stream);
            Task work = _answer(sql, answer, given.Token);
            if (await Task.WhenAny(work, next) == next && !work.IsCompleted && (await next).Type == AttentionPacket)
            {
                await given.CancelAsync();
                await work.ContinueWith(static _ => { }, TaskScheduler.Default);
                answer.AcknowledgeAttention();
                next = ReadMessageAsync(stream);
            }
            else
            {
                await work;
            }

            await answer.EndAsync();
        }
    }

    /// <summary>Reads a text of a login, whose place and length are at an offset. A password is scrambled.</summary>
    private static string ReadLogin(byte[] login, int offset, bool isSecret)
    {
        int start = BinaryPrimitives.ReadUInt16LittleEndian(login.AsSpan(offset));
        int length = BinaryPrimitives.ReadUInt16LittleEndian(login.AsSpan(offset + 2)) * 2;
        byte[] text = login[start..(start + length)];
        if (isSecret)
        {
            for (int i = 0; i < text.Length; i++)
            {
                int plain = text[i] ^ 0xa5;
                text[i] = (byte)((plain << 4) | (plain >> 4));
            }
        }

        return Encoding.Unicode.GetString(text);
    }

    private async Task<(byte Type, byte[] Content)> ReadMessageAsync(Stream stream)
    {
        using MemoryStream content = new();
        byte[] header = new byte[8];
        do
        {
            await stream.ReadExactlyAsync(header, _stop.Token);
            byte[] part = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - header.Length];
            await stream.ReadExactlyAsync(part, _stop.Token);
            content.Write(part);
        }
        while ((header[1] & 1) == 0);

        return (header[0], content.ToArray());
    }

    internal static async Task WriteMessageAsync(
        Stream stream, byte type, ReadOnlyMemory<byte> content, bool isLast, CancellationToken cancellationToken)
    {
        const int packetSize = 4096 - 8;
        do
        {
            ReadOnlyMemory<byte> part = content[..Math.Min(packetSize, content.Length)];
            content = content[part.Length..];
            byte[] packet = new byte[8 + part.Length];
            packet[0] = type;
            packet[1] = (byte)(isLast && content.IsEmpty ? 1 : 0);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            part.Span.CopyTo(packet.AsSpan(8));
            await stream.WriteAsync(packet, cancellationToken);
        }
        while (!content.IsEmpty);

        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>Carries the handshake of TLS within packets, and everything after it as it is.</summary>
    private sealed class HandshakeStream(Stream socket) : Stream
    {
        private byte[] _received = [];
        private int _taken;
        private bool _isOver;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void End() => _isOver = true;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_taken == _received.Length)
            {
                if (_isOver)
                {
                    return await socket.ReadAsync(buffer, cancellationToken);
                }

                byte[] header = new byte[8];
                await socket.ReadExactlyAsync(header, cancellationToken);
                _received = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - header.Length];
                _taken = 0;
                await socket.ReadExactlyAsync(_received, cancellationToken);
            }

            int length = Math.Min(buffer.Length, _received.Length - _taken);
            _received.AsMemory(_taken, length).CopyTo(buffer);
            _taken += length;
            return length;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_isOver)
            {
                await socket.WriteAsync(buffer, cancellationToken);
            }
            else
            {
                await WriteMessageAsync(socket, PreLoginPacket, buffer, isLast: true, cancellationToken);
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => socket.FlushAsync(cancellationToken);

        public override void Flush() => socket.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                socket.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

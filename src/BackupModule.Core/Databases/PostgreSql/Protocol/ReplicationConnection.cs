using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Diagnostics;

namespace BackupModule.Core.Databases.PostgreSql.Protocol;

/// <summary>
/// A connection by which a server hands out its files and its log: PostgreSQL's protocol 3.0 with <c>replication=true</c>, as
/// in the chapters "Frontend/Backend Protocol" and "Streaming Replication Protocol" of its documentation.
/// </summary>
/// <remarks>Npgsql has no way to ask for a base backup, and cannot follow a change of timeline; of it, only the connection
/// string is used. One caller at a time, but for <see cref="SendCopyDataAsync"/>, which may be called while another reads.
/// </remarks>
internal sealed class ReplicationConnection : IAsyncDisposable
{
    private const int ProtocolVersion = 3 << 16;

    private readonly ServerAddress _address;
    private readonly Stream _stream;
    private readonly MessageReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);

    private ReplicationConnection(ServerAddress address, Stream stream)
    {
        _address = address;
        _stream = stream;
        _reader = new MessageReader(stream);
    }

    /// <summary>Hears warnings of the server.</summary>
    public Action<string>? OnNotice { get; set; }

    /// <summary>The server's version, as <c>15.18</c>.</summary>
    public string ServerVersion { get; private set; } = string.Empty;

    /// <summary>Connects and logs in.</summary>
    /// <exception cref="BackupException"><c>DatabaseUnreachable</c>, <c>DatabaseAccessDenied</c>.</exception>
    public static async Task<ReplicationConnection> OpenAsync(
        ServerAddress address, string password, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(Math.Max(address.Settings.Timeout, 1)), time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Stream? stream = null;
        try
        {
            stream = await ConnectAsync(address, stop.Token).ConfigureAwait(false);
            ReplicationConnection connection = new(address, stream);
            await connection.LogInAsync(password, stop.Token).ConfigureAwait(false);
            stream = null;
            return connection;
        }
        catch (Exception failure) when (PostgresErrors.IsOfConnection(failure))
        {
            throw PostgresErrors.Unreachable(address.Display, failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw PostgresErrors.Unreachable(address.Display, new IOException("it did not answer in time."));
        }
        finally
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs a command and gives the rows of its answer as text.</summary>
    /// <exception cref="BackupException">The server's error, or <c>DatabaseUnreachable</c>.</exception>
    public async Task<IReadOnlyList<string?[]>> QueryAsync(string command, CancellationToken cancellationToken)
    {
        await SendQueryAsync(command, cancellationToken).ConfigureAwait(false);
        return await ReadRowsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a command; the caller reads its answer.</summary>
    public Task SendQueryAsync(string command, CancellationToken cancellationToken) =>
        SendAsync('Q', (byte[])[.. Encoding.UTF8.GetBytes(command), 0], cancellationToken);

    /// <summary>Sends a piece of a copy.</summary>
    public Task SendCopyDataAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        SendAsync('d', content, cancellationToken);

    /// <summary>Says that no more pieces of a copy come.</summary>
    public Task SendCopyDoneAsync(CancellationToken cancellationToken) => SendAsync('c', default, cancellationToken);

    /// <summary>Reads rows up to the end of a command's answer.</summary>
    /// <exception cref="BackupException">The server's error, or <c>DatabaseUnreachable</c>.</exception>
    public async Task<IReadOnlyList<string?[]>> ReadRowsAsync(CancellationToken cancellationToken)
    {
        List<string?[]> rows = [];
        BackupException? failure = null;
        while (true)
        {
            BackendMessage message = await ReadAnyAsync(cancellationToken).ConfigureAwait(false);
            switch (message.Type)
            {
                case 'D':
                    rows.Add(message.ReadRow());
                    break;
                case 'E':
                    failure ??= Fail(message);
                    break;
                case 'Z':
                    return failure is null ? rows : throw failure;
            }
        }
    }

    /// <summary>The next message that is not about the connection itself.</summary>
    /// <exception cref="BackupException">The server's error, or <c>DatabaseUnreachable</c>.</exception>
    public async ValueTask<BackendMessage> ReadAsync(CancellationToken cancellationToken)
    {
        BackendMessage message = await ReadAnyAsync(cancellationToken).ConfigureAwait(false);
        return message.Type == 'E' ? throw Fail(message) : message;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    private static async Task<Stream> ConnectAsync(ServerAddress address, CancellationToken cancellationToken)
    {
        Socket socket = address.IsSocket
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (address.IsSocket)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address.SocketPath), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await socket.ConnectAsync(address.Host, address.Port, cancellationToken).ConfigureAwait(false);
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            }

            return await ServerCertificate.NegotiateAsync(
                new NetworkStream(socket, ownsSocket: true), address, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task LogInAsync(string password, CancellationToken cancellationToken)
    {
        MemoryStream startup = new();
        startup.Write(new byte[4]);
        startup.Write([0, ProtocolVersion >> 16, 0, 0]);
        foreach (string text in (string[])
            ["user", _address.User, "replication", "true", "client_encoding", "UTF8", "application_name", "BackupModule"])
        {
            startup.Write(Encoding.UTF8.GetBytes(text));
            startup.WriteByte(0);
        }

        startup.WriteByte(0);
        byte[] bytes = startup.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await AuthenticateAsync(password, cancellationToken).ConfigureAwait(false);
        while ((await ReadAsync(cancellationToken).ConfigureAwait(false)).Type != 'Z')
        {
            // Keys for cancelling; the connection is closed instead.
        }
    }

    private async Task AuthenticateAsync(string password, CancellationToken cancellationToken)
    {
        ScramClient? scram = null;
        while (true)
        {
            BackendMessage message = await ReadAsync(cancellationToken).ConfigureAwait(false);
            if (message.Type != 'R')
            {
                throw new IOException("What the server sent is not PostgreSQL's protocol.");
            }

            ReadOnlyMemory<byte> rest = message.Payload[4..];
            int kind = BinaryPrimitives.ReadInt32BigEndian(message.Payload.Span);
            if (kind is 3 or 10 && password.Length == 0)
            {
                throw new BackupException(
                    BackupErrorKind.DatabaseAccessDenied,
                    $"The PostgreSQL server {_address.Display} asks for a password of the role '{_address.User}', and none is given.",
                    "Give a reference to it with -Password env:NAME or file:PATH.")
                {
                    Subject = _address.Display,
                };
            }

            switch (kind)
            {
                case 0:
                    return;
                case 3 when _stream is not NetworkStream || _address.IsSocket:
                    await SendAsync('p', (byte[])[.. Encoding.UTF8.GetBytes(password), 0], cancellationToken).ConfigureAwait(false);
                    break;
                case 10:
                    string mechanisms = Encoding.UTF8.GetString(rest.Span);
                    byte[]? binding = mechanisms.Contains("SCRAM-SHA-256-PLUS", StringComparison.Ordinal)
                        ? ServerCertificate.FindBinding(_stream)
                        : null;
                    scram = ScramClient.Start(password, binding);
                    byte[] first = scram.First();
                    byte[] length = new byte[4];
                    BinaryPrimitives.WriteInt32BigEndian(length, first.Length);
                    await SendAsync(
                        'p', (byte[])[.. Encoding.UTF8.GetBytes(scram.Mechanism), 0, .. length, .. first], cancellationToken)
                        .ConfigureAwait(false);
                    break;
                case 11 when scram is not null:
                    await SendAsync('p', scram.Answer(Encoding.UTF8.GetString(rest.Span)), cancellationToken).ConfigureAwait(false);
                    break;
                case 12 when scram is not null:
                    scram.Finish(Encoding.UTF8.GetString(rest.Span));
                    break;
                default:
                    throw new BackupException(
                        BackupErrorKind.DatabaseAccessDenied,
                        $"The PostgreSQL server {_address.Display} wants a way of logging in that is not supported here (number {kind}).",
                        "Set password_encryption to scram-sha-256 on the server, set the role's password anew, and use scram-sha-256 in pg_hba.conf.")
                    {
                        Subject = _address.Display,
                    };
            }
        }
    }

    private async ValueTask<BackendMessage> ReadAnyAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                BackendMessage message = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                switch (message.Type)
                {
                    case 'S':
                        NoteParameter(message);
                        break;
                    case 'N':
                        OnNotice?.Invoke(message.ReadField('M'));
                        break;
                    default:
                        return message;
                }
            }
        }
        catch (Exception failure) when (PostgresErrors.IsOfConnection(failure))
        {
            throw PostgresErrors.Unreachable(_address.Display, failure);
        }
    }

    private void NoteParameter(BackendMessage message)
    {
        string[] parts = Encoding.UTF8.GetString(message.Payload.Span).Split('\0');
        if (parts is ["server_version", { } version, ..])
        {
            ServerVersion = version.Split(' ')[0];
        }
    }

    private BackupException Fail(BackendMessage message) => PostgresErrors.Of(message, _address.User, _address.Display);

    private async Task SendAsync(char type, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] message = new byte[5 + payload.Length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + payload.Length);
        payload.CopyTo(message.AsMemory(5));
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgresErrors.IsOfConnection(failure))
        {
            throw PostgresErrors.Unreachable(_address.Display, failure);
        }
        finally
        {
            _writing.Release();
        }
    }
}

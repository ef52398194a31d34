using System.IO;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage.Decorators;

namespace BackupModule.Core.Storage.Http;

/// <summary>The content of a request, sent through a <see cref="PacedStream"/>.</summary>
internal sealed class PacedRequestContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly Throttle? _throttle;
    private readonly StallWatch _watch;

    /// <summary>The content with its headers.</summary>
    /// <param name="content">The content.</param>
    /// <param name="throttle">The rate; null for none.</param>
    /// <param name="watch">The exchange's watch.</param>
    public PacedRequestContent(HttpContent content, Throttle? throttle, StallWatch watch)
    {
        _content = content;
        _throttle = throttle;
        _watch = watch;
        Headers.TakeFrom(content);
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _content.CopyToAsync(new PacedStream(stream, _throttle, _watch), context, cancellationToken);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}

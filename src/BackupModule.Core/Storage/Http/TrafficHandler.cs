using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace BackupModule.Core.Storage.Http;

/// <summary>Lets the content of requests and answers pass evenly at the rate of a throttle, and gives an exchange up in
/// which nothing moves: a server that hangs would hold a run for ever.</summary>
/// <param name="inner">Sends the requests.</param>
/// <param name="traffic">Rate and patience.</param>
internal sealed class TrafficHandler(HttpMessageHandler inner, HttpTraffic traffic) : DelegatingHandler(inner)
{
    private const string Xml = "application/xml";

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using StallWatch watch = new(traffic.StallLimit, cancellationToken);
        HttpContent? content = request.Content;
        if (content is not null)
        {
            request.Content = new PacedRequestContent(content, traffic.Throttle, watch);
        }

        try
        {
            watch.Restart();
            HttpResponseMessage response = await base.SendAsync(request, watch.Token).ConfigureAwait(false);
            response.Content = await PaceAsync(response.Content, cancellationToken).ConfigureAwait(false);
            return response;
        }
        finally
        {
            // Who made the request may send it again, and looks at what it made.
            request.Content = content;
        }
    }

    private async Task<HttpContent> PaceAsync(HttpContent content, CancellationToken cancellationToken)
    {
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        StreamContent paced = new(new PacedStream(
            stream, traffic.Throttle, new StallWatch(traffic.StallLimit, CancellationToken.None)));
        paced.Headers.TakeFrom(content);
        if (content.Headers.ContentType?.MediaType == Xml)
        {
            // Listings and errors are parsed with blocking reads, which nothing could cancel.
            await paced.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        return paced;
    }
}

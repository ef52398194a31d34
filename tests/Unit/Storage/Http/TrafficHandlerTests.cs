using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Core.Storage.Decorators;
using BackupModule.Core.Storage.Http;
using Xunit;

namespace BackupModule.Tests.Storage.Http;

public sealed class TrafficHandlerTests
{
    private const int Size = 1 << 20;

    private static readonly byte[] s_content = TestData.Generate("content", Size);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Content_passes_as_it_is_with_its_headers()
    {
        using HttpClient client = Client(new HttpTraffic(), async request => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(await request.Content!.ReadAsByteArrayAsync())
            {
                Headers = { ContentType = request.Content.Headers.ContentType, ContentLength = request.Content.Headers.ContentLength },
            },
        });
        using ByteArrayContent content = new(s_content);
        content.Headers.ContentType = new MediaTypeHeaderValue("x/y");

        using HttpResponseMessage answer = await client.PostAsync("http://server/", content, TestContext.Current.CancellationToken);

        Assert.Equal(s_content, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal((Size, "x/y"), (answer.Content.Headers.ContentLength, answer.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task A_limit_lets_content_pass_evenly_and_not_in_one_piece()
    {
        TimedSink sink = new(_time);
        using HttpClient client = Client(
            new HttpTraffic { Throttle = new Throttle(BandwidthLimit.Parse("64KB"), _time) },
            async request =>
            {
                await request.Content!.CopyToAsync(sink);
                return new HttpResponseMessage(HttpStatusCode.OK);
            });
        DateTimeOffset start = _time.GetUtcNow();

        using HttpResponseMessage answer = await _time.RunAsync(
            client.PostAsync("http://server/", new ByteArrayContent(s_content), TestContext.Current.CancellationToken));

        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(14.5), TimeSpan.FromSeconds(17));
        Assert.Equal(s_content, sink.Content);
        Assert.InRange(sink.MostInASecond, 1, 3 * 64 * 1024);
    }

    [Fact]
    public async Task Who_waits_for_a_throttle_has_not_stalled()
    {
        using HttpClient client = Client(
            new HttpTraffic
            {
                Throttle = new Throttle(BandwidthLimit.Parse("64KB"), TimeProvider.System),
                StallLimit = TimeSpan.FromMilliseconds(200),
            },
            async request => new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new ByteArrayContent(await request.Content!.ReadAsByteArrayAsync()),
            });

        using HttpResponseMessage answer = await client.PostAsync(
            "http://server/", new ByteArrayContent(s_content, 0, 160 * 1024), TestContext.Current.CancellationToken);

        Assert.Equal(160 * 1024, (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task An_exchange_that_hangs_is_given_up()
    {
        HttpTraffic impatient = new() { StallLimit = TimeSpan.FromMilliseconds(50) };
        using HttpClient silent = Client(impatient, static async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using HttpClient halting = Client(impatient, static (_, _) => Task.FromResult(
            new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new HangingStream()) }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => silent.GetAsync("http://server/", TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => halting.GetAsync("http://server/", TestContext.Current.CancellationToken));
    }

    private static HttpClient Client(HttpTraffic traffic, Func<HttpRequestMessage, Task<HttpResponseMessage>> answer) =>
        Client(traffic, (request, _) => answer(request));

    private static HttpClient Client(
        HttpTraffic traffic, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) =>
        new(new TrafficHandler(new Server(answer), traffic));

    private sealed class Server(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
        : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => answer(request, cancellationToken);
    }
}

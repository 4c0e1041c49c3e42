using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ProviderAgent.Bidding;

/// <summary>Asks a price service: the document by POST; the answer is a price as text, or JSON <c>{"price": "…"}</c>. Statuses 403 and 422 are its refusals.</summary>
internal static class HttpHook
{
    public static async Task<HookReply> AskAsync(HttpClient http, HttpHookOptions options, PricingRequest request, CancellationToken ct)
    {
        var url = options.Url ?? throw new InvalidOperationException("the policy http has no address");
        try
        {
            using var question = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(PriceDocument.Write(request)) };
            question.Content.Headers.ContentType = new("application/json");
            if (options.TokenFile.Length > 0) question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(options.TokenFile, ct)).Trim());
            using var answer = await http.SendAsync(question, HttpCompletionOption.ResponseHeadersRead, ct);
            if (await SmallBody.ReadAsync(answer, HookAnswer.MaxBytes, ct) is not { } body)
                return new HookReply.None(new(DeclineReason.HookAnswerInvalid, $"{url.Host} answers with more than {HookAnswer.MaxBytes} bytes"));
            var text = Encoding.UTF8.GetString(body);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Read(text),
                HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity => new HookReply.None(new(DeclineReason.HookRefused, $"{url.Host} refuses: {HookAnswer.Shown(text)}")),
                var status => new HookReply.None(new(DeclineReason.HookFailed, $"{url.Host} answers {(int)status}: {HookAnswer.Shown(text)}")),
            };
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException or FormatException)
        {
            return new HookReply.None(new(DeclineReason.HookFailed, $"{url.Host} cannot be asked: {error.Message}"));
        }
    }

    private static HookReply Read(string text)
    {
        var plain = text.TrimStart();
        if (!plain.StartsWith('{')) return new HookReply.Said(text);
        try
        {
            using var document = JsonDocument.Parse(plain);
            if (document.RootElement.TryGetProperty("price", out var price))
            {
                if (price.ValueKind == JsonValueKind.String) return new HookReply.Said(price.GetString() ?? "");
                if (price.ValueKind == JsonValueKind.Number) return new HookReply.Said(price.GetRawText());
            }

            if (document.RootElement.TryGetProperty("refuse", out var why) && why.ValueKind == JsonValueKind.String)
                return new HookReply.None(new(DeclineReason.HookRefused, HookAnswer.Shown(why.GetString() ?? "")));
        }
        catch (JsonException)
        {
            // said below
        }

        return new HookReply.None(new(DeclineReason.HookAnswerInvalid, $"'{HookAnswer.Shown(text)}' is neither a number nor JSON with a price"));
    }
}

/// <summary>Reads answers that must be small.</summary>
internal static class SmallBody
{
    /// <summary>The whole body; null when it is longer than <paramref name="max"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpResponseMessage answer, int max, CancellationToken ct)
    {
        if (answer.Content.Headers.ContentLength > max) return null;
        await using var stream = await answer.Content.ReadAsStreamAsync(ct);
        using var body = new MemoryStream();
        var buffer = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (body.Length + read > max) return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>A client for places that the operator names: no redirects, since those would lead elsewhere.</summary>
    public static HttpClient CreateClient(int connections) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxConnectionsPerServer = connections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // so that a changed name is noticed
        AutomaticDecompression = DecompressionMethods.All,
    })
    {
        Timeout = System.Threading.Timeout.InfiniteTimeSpan, // each question has its own deadline
    };

    /// <summary>True for https, and for http on this machine.</summary>
    public static bool IsAllowed(Uri url) => url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);
}

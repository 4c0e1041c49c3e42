using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.Operator;
using ProviderAgent.Operator.Views;

namespace ProviderAgent.Cli;

/// <summary>Asks the running daemon.</summary>
internal sealed class OperatorClient : IDisposable
{
    private const long MaxAnswerBytes = 64 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly string _address;

    public OperatorClient(OperatorOptions options, TimeSpan deadline)
    {
        _address = options.Listen;
        _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3) })
        {
            BaseAddress = new($"http://{_address}"),
            Timeout = deadline,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) => SendAsync(HttpMethod.Get, path, type, ct);

    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) => SendAsync(HttpMethod.Post, path, type, ct);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Headers = { { OperatorServer.ActionHeader, "cli" } } };
            using var response = await _http.SendAsync(request, ct);
            var text = await response.Content.ReadAsStringAsync(ct);
            if (!response.IsSuccessStatusCode) throw Explain(response.StatusCode, text);
            return JsonSerializer.Deserialize(text, type) ?? throw new ExitException(ExitCode.Failed, $"the daemon at {_address} sent an empty answer");
        }
        catch (HttpRequestException error)
        {
            throw new ExitException(ExitCode.Failed, $"no daemon answers at {_address}: start it with 'systemctl start provider-agent' or 'provider-agent run', or correct operator.listen", error);
        }
        catch (TaskCanceledException error) when (!ct.IsCancellationRequested)
        {
            throw new ExitException(ExitCode.Failed, $"the daemon at {_address} did not answer within {_http.Timeout.TotalSeconds:0} s", error);
        }
        catch (JsonException error)
        {
            throw new ExitException(ExitCode.Failed, $"what answers at {_address} is not this daemon, or another version of it", error);
        }
    }

    private ExitException Explain(HttpStatusCode status, string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, OperatorJson.Default.ErrorView) is { Error.Length: > 0 } view)
                return new(view.ExitCode is { } code && Enum.IsDefined((ExitCode)code) ? (ExitCode)code : ExitCode.Failed, view.Error);
        }
        catch (JsonException)
        {
            // not our kind of answer: the status has to do
        }

        return new(ExitCode.Failed, $"the daemon at {_address} answered {(int)status}");
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ProviderAgent.Bench.World;

namespace ProviderAgent.Bench.ManifestToStarted;

/// <summary>The container engine as anybody can use it: plain calls of its API over its socket.</summary>
internal sealed class Engine : IDisposable
{
    private const string SocketPath = "/var/run/docker.sock";

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new("http://engine/v1.41/"),
        Timeout = TimeSpan.FromMinutes(1),
    };

    /// <exception cref="BenchException">The engine refused.</exception>
    public async Task<JsonNode> GetAsync(string path, CancellationToken ct) => await SendAsync(HttpMethod.Get, path, null, ct) ?? throw new BenchException($"the engine answers {path} with nothing");

    /// <summary>Makes and starts a container.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="BenchException">The engine refused.</exception>
    public async Task<string> RunAsync(string name, JsonNode settings, CancellationToken ct)
    {
        var created = await SendAsync(HttpMethod.Post, $"containers/create?name={name}", settings, ct);
        var id = created?["Id"]?.GetValue<string>() ?? throw new BenchException("the engine made a container without an id");
        await SendAsync(HttpMethod.Post, $"containers/{id}/start", null, ct);
        return id;
    }

    /// <exception cref="BenchException">The engine refused.</exception>
    public Task RemoveAsync(string id, CancellationToken ct) => SendAsync(HttpMethod.Delete, $"containers/{id}?force=true&v=true", null, ct);

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (!answer.IsSuccessStatusCode) throw new BenchException($"the engine refused {method} {path}: {text.Trim()}");
        return answer.StatusCode == HttpStatusCode.NoContent || text.Length == 0 ? null : JsonNode.Parse(text);
    }
}

using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ProviderAgent.Workloads.Tests.Images;

/// <summary>The test image under another name of the local registry, with something else said in it.</summary>
internal static class LocalImage
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const string From = "test/busybox";

    private static readonly Uri Registry = new("http://127.0.0.1:5000/");

    /// <param name="repository">As <c>test/name</c>.</param>
    /// <param name="change">What its config says otherwise.</param>
    /// <returns>Its full name, with the tag <c>1</c>.</returns>
    public static async Task<string> PushAsync(string repository, Action<JsonObject> change)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var ask = new HttpRequestMessage(HttpMethod.Get, new Uri(Registry, $"v2/{From}/manifests/1"));
        ask.Headers.Accept.Add(new(ManifestType));
        using var answer = await http.SendAsync(ask);
        answer.EnsureSuccessStatusCode();
        var manifest = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        var image = JsonNode.Parse(await http.GetStringAsync(new Uri(Registry, $"v2/{From}/blobs/{manifest["config"]!["digest"]}")))!.AsObject();
        change(image["config"]!.AsObject());
        var config = Encoding.UTF8.GetBytes(image.ToJsonString());
        manifest["config"]!["size"] = config.Length;
        manifest["config"]!["digest"] = Digest(config);

        foreach (var layer in manifest["layers"]!.AsArray())
        {
            using var mounted = await http.PostAsync(new Uri(Registry, $"v2/{repository}/blobs/uploads/?mount={layer!["digest"]}&from={From}"), null);
            mounted.EnsureSuccessStatusCode();
        }

        using var begun = await http.PostAsync(new Uri(Registry, $"v2/{repository}/blobs/uploads/"), null);
        begun.EnsureSuccessStatusCode();
        var place = new Uri(Registry, begun.Headers.Location!).ToString();
        using var content = new ByteArrayContent(config);
        using var put = await http.PutAsync(new Uri($"{place}{(place.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Uri.EscapeDataString(Digest(config))}"), content);
        put.EnsureSuccessStatusCode();
        using var named = new StringContent(manifest.ToJsonString());
        named.Headers.ContentType = new MediaTypeHeaderValue(ManifestType);
        using var done = await http.PutAsync(new Uri(Registry, $"v2/{repository}/manifests/1"), named);
        done.EnsureSuccessStatusCode();
        return $"{Registry.Authority}/{repository}:1";
    }

    private static string Digest(byte[] bytes) => string.Create(CultureInfo.InvariantCulture, $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}");
}

using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Images;

/// <summary>An image of few bytes that unpacks to many: one file of zeros.</summary>
internal static class BombImage
{
    public const string Name = "127.0.0.1:5000/test/bomb:1";

    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private const int MemberSize = (int)(64 * ByteSize.MiB);
    private const int Members = 64;

    private static readonly Uri Repository = new("http://127.0.0.1:5000/v2/test/bomb/");

    /// <summary>Puts it into the local registry.</summary>
    public static async Task PushAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var layer = Layer();
        // Nobody comes as far as comparing the unpacked bytes with this.
        var config = Encoding.UTF8.GetBytes($$$"""{"architecture":"{{{ImageLane.EngineArchitecture}}}","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{Digest([0])}}}"]}}""");
        foreach (var blob in new[] { config, layer })
        {
            using var begun = await http.PostAsync(new Uri(Repository, "blobs/uploads/"), null);
            begun.EnsureSuccessStatusCode();
            var place = new Uri(Repository, begun.Headers.Location!).ToString();
            using var content = new ByteArrayContent(blob);
            using var put = await http.PutAsync(new Uri($"{place}{(place.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Uri.EscapeDataString(Digest(blob))}"), content);
            put.EnsureSuccessStatusCode();
        }

        var manifest = $$$"""
            {"schemaVersion":2,"mediaType":"{{{ManifestType}}}",
             "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":{{{config.Length}}},"digest":"{{{Digest(config)}}}"},
             "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":{{{layer.Length}}},"digest":"{{{Digest(layer)}}}"}]}
            """;
        using var named = new StringContent(manifest);
        named.Headers.ContentType = new MediaTypeHeaderValue(ManifestType);
        using var done = await http.PutAsync(new Uri(Repository, "manifests/1"), named);
        done.EnsureSuccessStatusCode();
    }

    /// <summary>A packed archive may consist of several packed pieces: one of zeros, repeated.</summary>
    private static byte[] Layer()
    {
        using var layer = new MemoryStream();
        Pack(layer, Header((long)MemberSize * Members));
        using var zeros = new MemoryStream();
        Pack(zeros, new byte[MemberSize]);
        for (var i = 0; i < Members; i++) zeros.WriteTo(layer);
        Pack(layer, new byte[1_024]);
        return layer.ToArray();
    }

    private static void Pack(Stream to, byte[] bytes)
    {
        using var packer = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true);
        packer.Write(bytes);
    }

    private static byte[] Header(long size)
    {
        const int checksumAt = 148;
        var header = new byte[512];
        Text(0, "zeros");
        Text(100, "0000644\0");
        Text(108, "0000000\0");
        Text(116, "0000000\0");
        Text(124, Convert.ToString(size, 8).PadLeft(11, '0'));
        Text(136, "00000000000\0");
        Text(checksumAt, "        ");
        header[156] = (byte)'0';
        Text(257, "ustar\0" + "00");
        Text(checksumAt, Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ");
        return header;

        void Text(int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);
    }

    private static string Digest(byte[] bytes) => string.Create(CultureInfo.InvariantCulture, $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}");
}

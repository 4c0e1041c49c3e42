using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.TestKit;

/// <summary>A registry with one image of one random layer, which it can be told to withhold, to spoil or to guard.</summary>
/// <remarks>The engine pulls from it over plain HTTP, as from every registry on loopback.</remarks>
public sealed class FakeRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly WebApplication _app;
    private readonly byte[] _layer;
    private readonly byte[] _config;

    private FakeRegistry(WebApplication app)
    {
        _app = app;
        (_layer, var diffId) = MakeLayer();
        _config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Cmd = new[] { "true" } },
            rootfs = new { type = "layers", diff_ids = new[] { diffId } },
        });
    }

    private byte[] Manifest => JsonSerializer.SerializeToUtf8Bytes(new
    {
        schemaVersion = 2,
        mediaType = ManifestType,
        config = new { mediaType = "application/vnd.docker.container.image.v1+json", size = _config.Length, digest = Digest(_config) },
        layers = new[] { new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", size = ClaimedLayerBytes ?? _layer.Length, digest = Digest(_layer) } },
    });

    /// <summary>Host and port as in an image reference.</summary>
    public string Authority { get; private set; } = "";

    public string Image => $"{Authority}/docker-tests/image:1";

    public string ManifestDigest => Digest(Manifest);

    /// <summary>The only password that is let in; null for everybody.</summary>
    public string? Password { get; set; }

    /// <summary>The status that every request is refused with; null for none.</summary>
    public int? Refuses { get; set; }

    /// <summary>What goes with a refusal. Not always JSON: there may be a proxy in between.</summary>
    public string RefusalText { get; set; } = "";

    /// <summary>Bytes that the layer claims to have; what comes of it are zeros without end. Null for what it has.</summary>
    public long? ClaimedLayerBytes { get; set; }

    /// <summary>True: the layer has other bytes than its digest says.</summary>
    public bool Spoiled { get; set; }

    /// <summary>True: the layer stops half-way until <see cref="Resume"/>, and drips byte by byte then.</summary>
    public bool Stalls { get; set; }

    /// <summary>Lets a stalled layer go on.</summary>
    public TaskCompletionSource Resume { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set when the engine has begun to read a layer that stalls.</summary>
    public TaskCompletionSource LayerBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set when the engine has given up a layer that stalls.</summary>
    public TaskCompletionSource LayerAborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<FakeRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var registry = new FakeRegistry(app);
        app.Run(registry.ServeAsync);
        await app.StartAsync();
        registry.Authority = new Uri(app.Urls.Single()).Authority;
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    private static (byte[] Layer, string DiffId) MakeLayer()
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "random") { DataStream = new MemoryStream(RandomNumberGenerator.GetBytes(200_000)) });
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(tar.ToArray());
        return (packed.ToArray(), Digest(tar.ToArray()));
    }

    private async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (Refuses is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(RefusalText);
        }
        else if (Password is not null && !IsLetIn(context, out var given))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"fake\"";
            context.Response.ContentType = "application/json";
            // As hostile as can be: it repeats what it was sent.
            await context.Response.WriteAsync(
                $$"""{"errors":[{"code":"UNAUTHORIZED","message":"not let in: {{given}} {{context.Request.Headers.Authorization}}"}]}""");
        }
        else if (path == "/v2/") await context.Response.WriteAsync("{}");
        else if (path.EndsWith("/manifests/1", StringComparison.Ordinal) || path.EndsWith(ManifestDigest, StringComparison.Ordinal))
        {
            await SendAsync(context, Manifest, ManifestType);
        }
        else if (path.EndsWith(Digest(_config), StringComparison.Ordinal)) await SendAsync(context, _config, "application/octet-stream");
        else if (path.EndsWith(Digest(_layer), StringComparison.Ordinal)) await SendLayerAsync(context);
        else context.Response.StatusCode = 404;
    }

    private bool IsLetIn(HttpContext context, out string given)
    {
        var header = context.Request.Headers.Authorization.ToString();
        given = header.StartsWith("Basic ", StringComparison.Ordinal) ? Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])) : "";
        return given.EndsWith($":{Password}", StringComparison.Ordinal);
    }

    private static async Task SendAsync(HttpContext context, byte[] content, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        context.Response.Headers["Docker-Content-Digest"] = Digest(content);
        if (context.Request.Method == "GET") await context.Response.Body.WriteAsync(content);
    }

    private static async Task SendZerosAsync(HttpContext context, long claimed)
    {
        context.Response.ContentLength = claimed;
        var zeros = new byte[1 << 20];
        try
        {
            while (true)
            {
                await context.Response.Body.WriteAsync(zeros, context.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // the engine has given up
        }
    }

    private async Task SendLayerAsync(HttpContext context)
    {
        if (ClaimedLayerBytes is { } claimed)
        {
            await SendZerosAsync(context, claimed);
            return;
        }

        var layer = Spoiled ? [.. _layer[..^8], .. new byte[8]] : _layer;
        if (!Stalls)
        {
            await SendAsync(context, layer, "application/octet-stream");
            return;
        }

        context.Response.ContentLength = layer.Length;
        await context.Response.Body.WriteAsync(layer.AsMemory(0, layer.Length / 2));
        await context.Response.Body.FlushAsync();
        await using var aborted = context.RequestAborted.Register(() => LayerAborted.TrySetResult());
        LayerBegun.TrySetResult();
        await Task.WhenAny(Resume.Task, LayerAborted.Task);
        // Engines notice that a pull was cancelled when further bytes of the layer arrive.
        for (var at = layer.Length / 2; at < layer.Length - 1 && !LayerAborted.Task.IsCompleted; at++)
        {
            if (_app.Lifetime.ApplicationStopping.IsCancellationRequested) return;
            await context.Response.Body.WriteAsync(layer.AsMemory(at, 1));
            await context.Response.Body.FlushAsync();
            await Task.WhenAny(LayerAborted.Task, Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System));
        }
    }
}

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProviderAgent.Devnet.Grpc;
using ProviderAgent.Devnet.Rpc;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>The listening side of the RPC.</summary>
internal sealed class DevnetServer : IAsyncDisposable
{
    // A real node's: it pings about this often and drops a silent peer soon after.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(27);
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(30);

    // Calls that are in flight when the server stops get this long.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly ConnectionGuard _guard;

    private DevnetServer(WebApplication app, ConnectionGuard guard, Uri address, Uri? grpcAddress) =>
        (_app, _guard, Address, GrpcAddress) = (app, guard, address, grpcAddress);

    /// <summary>Where it listens, with the port that was really taken.</summary>
    public Uri Address { get; }

    /// <summary>Where gRPC listens; null when it does not.</summary>
    public Uri? GrpcAddress { get; }

    /// <exception cref="IOException">The address is taken or cannot be listened on; the message names the option.</exception>
    public static async Task<DevnetServer> StartAsync(
        DevnetOptions options, string listenAddress, string grpcListen, DevnetFaults faults, Func<CancellationToken, RpcEndpoints> endpoints, GrpcEndpoints grpc, ILoggerFactory loggers, CancellationToken ct)
    {
        var guard = new ConnectionGuard(faults);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = StopGrace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Limits.MaxBody.Bytes;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.MaxConnections;
            kestrel.Listen(IPEndPoint.Parse(listenAddress), listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(guard.Wrap);
            });
            if (grpcListen.Length == 0) return;
            kestrel.Listen(IPEndPoint.Parse(grpcListen), listen =>
            {
                listen.Protocols = HttpProtocols.Http2; // without TLS there is no choosing
                listen.Use(guard.Wrap);
            });
        });
        var app = builder.Build();
        app.UseWebSockets(new() { KeepAliveInterval = PingInterval, KeepAliveTimeout = PongTimeout });
        if (grpcListen.Length > 0) app.Use(next => context => grpc.InvokeAsync(context, next));
        endpoints(app.Lifetime.ApplicationStopping).Map(app);
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            guard.Dispose();
            await app.DisposeAsync();
            throw new IOException($"the local chain cannot listen on {listenAddress} (devnet.listen): {e.Message}", e);
        }

        // In the order in which they were asked for.
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToArray();
        return new(app, guard, new Uri(addresses[0]), grpcListen.Length > 0 ? new Uri(addresses[1]) : null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _guard.Dispose();
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Gateway;

/// <summary>The HTTPS listener for tenants. Has a web host of its own inside, so that nothing else of this process can be reached through it.</summary>
internal sealed partial class GatewayServer(
    FrontDoor frontDoor,
    IGatewayCertificate certificate,
    GatewayLifetime lifetime,
    GatewayMetrics metrics,
    IOptions<GatewayOptions> options,
    ILoggerFactory logs,
    ILogger<GatewayServer> log) : IHostedService, IGatewayListener, IAsyncDisposable
{
    private const int MaxHeaders = 64;
    private const int MaxRequestLine = 8192;

    private readonly ConditionalWeakTable<GatewayIdentity, SslStreamCertificateContext> _contexts = [];
    private WebApplication? _app;

    public IPEndPoint? Endpoint { get; private set; }

    /// <exception cref="GatewayListenException">The address is taken or not this host's.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        if (!GatewayOptionsValidator.TryParseListener(options.Value.Rest, out var endpoint)) throw new GatewayListenException($"gateway.rest: '{options.Value.Rest}' is not an address with a port");
        var app = Build(endpoint);
        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new GatewayListenException($"gateway.rest: cannot listen on {endpoint}: {Cause(e)}", e);
        }

        _app = app;
        Endpoint = ReadEndpoint(app, endpoint);
        Log.Listening(log, Endpoint.ToString());
    }

    public async Task StopAsync(CancellationToken ct)
    {
        if (_app is not { } app) return;
        await lifetime.StopAsync();
        await app.StopAsync(ct);
        Endpoint = null;
        Log.Stopped(log);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app) await app.DisposeAsync();
        _app = null;
    }

    private WebApplication Build(IPEndPoint endpoint)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, endpoint));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(frontDoor.HandleAsync);
        return app;
    }

    private void Configure(KestrelServerOptions kestrel, IPEndPoint endpoint)
    {
        var limits = options.Value.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = limits.Body.Bytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = (int)limits.Headers.Bytes;
        kestrel.Limits.MaxRequestHeaderCount = MaxHeaders;
        kestrel.Limits.MaxRequestLineSize = (int)Math.Min(MaxRequestLine, limits.Headers.Bytes);
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTimeout;
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.Streams;
        var guard = new ConnectionGuard(limits.ConnectionsPerAddress, metrics);
        kestrel.Listen(endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1; // tenants' WebSocket clients know nothing newer
            listen.Use(guard.Wrap);
            listen.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = limits.HandshakeTimeout, OnConnection = _ => ValueTask.FromResult(Handshake()) });
        });
    }

    private SslServerAuthenticationOptions Handshake()
    {
        var identity = certificate.Current ?? throw new AuthenticationException("the gateway has no certificate yet");
        return new()
        {
            ServerCertificateContext = _contexts.GetValue(identity, CreateContext),
            ClientCertificateRequired = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = SslProtocols.Tls13,
        };
    }

    // Offline: building a chain must not fetch anything while a caller waits.
    private static SslStreamCertificateContext CreateContext(GatewayIdentity identity) =>
        SslStreamCertificateContext.Create(identity.Certificate, [.. identity.Intermediates], offline: true);

    private static IPEndPoint ReadEndpoint(WebApplication app, IPEndPoint asked)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return bound is null ? asked : new(asked.Address, new Uri(bound).Port);
    }

    private static string Cause(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                    return "the port is in use; stop the other program or choose another port";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return "this host does not have the address; use 0.0.0.0 for all";
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return "not allowed; ports below 1024 need a privilege, choose a higher one";
                default:
                    break;
            }
        }

        return error.Message;
    }

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Information, "The tenant gateway listens on {Endpoint}", EventName = "GatewayListening")]
        public static partial void Listening(ILogger logger, string endpoint);

        [LoggerMessage(6002, LogLevel.Information, "The tenant gateway has stopped; leases go on", EventName = "GatewayStopped")]
        public static partial void Stopped(ILogger logger);
    }
}

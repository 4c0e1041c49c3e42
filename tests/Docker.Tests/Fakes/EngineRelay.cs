using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Docker.Tests;

/// <summary>Passes connections on to the engine of this machine; can speak TLS to its clients, and can cut them all off, as an engine that dies does.</summary>
internal sealed class EngineRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _clients = [];
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<Stream, Task<Stream>> _wrap;
    private readonly Task _accepting;

    private EngineRelay(Func<Stream, Task<Stream>> wrap)
    {
        _wrap = wrap;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>A relay without TLS.</summary>
    public static EngineRelay Plain() => new(Task.FromResult);

    /// <summary>A relay that shows <paramref name="server"/> and wants a client certificate of <paramref name="authority"/>.</summary>
    public static EngineRelay WithTls(X509Certificate2 server, X509Certificate2 authority) => new(async stream =>
    {
        var tls = new SslStream(stream);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = server,
            ClientCertificateRequired = true,
            CertificateChainPolicy = policy,
        });
        return tls;
    });

    /// <summary>Ends every connection at once, without a word.</summary>
    public void CutAll()
    {
        foreach (var client in _clients.Keys)
        {
            try
            {
                client.LingerState = new LingerOption(true, 0); // a reset, as the kernel sends for a killed process with unread data
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended by itself.
            }

            client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CutAll();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                _clients.TryAdd(client, 0);
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await engine.ConnectAsync(new UnixDomainSocketEndPoint(MachineNeeds.DockerSocket));
            await using var near = await _wrap(new NetworkStream(client, ownsSocket: true));
            await using var far = new NetworkStream(engine, ownsSocket: true);
            var upward = CopyAsync(near, far, engine);
            await CopyAsync(far, near, client);
            client.Dispose();
            await upward;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // One side is gone, or the handshake failed: what the client makes of it is what is tested.
        }
        finally
        {
            client.Dispose();
            _clients.TryRemove(client, out _);
        }
    }

    /// <summary>Passes bytes on; an orderly end as an orderly end, a broken connection as a broken one.</summary>
    private static async Task CopyAsync(Stream from, Stream to, Socket target)
    {
        try
        {
            await from.CopyToAsync(to);
            if (to is SslStream tls) await tls.ShutdownAsync();
            else target.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            target.Dispose();
        }
    }
}

/// <summary>An authority and what it signs, for one test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DateTimeOffset _from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly DateTimeOffset _to = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Certificate = request.CreateSelfSigned(_from, _to);
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(Certificate, _from, _to, RandomNumberGenerator.GetBytes(8));
        using var whole = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    public void Dispose() => Certificate.Dispose();
}
